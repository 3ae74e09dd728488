import type { VirtualServerGroup } from "../../schema/virtual-server-group.ts";
import { familyOf } from "../../values/ip.ts";
import { alerts } from "../alerts.ts";
import type { Config, ForwardingMethod, GroupEntry, RealServer, Tunnel, VirtualServer } from "../config.ts";
import { deeper, each, fixed, heading, items, type Layout, line, script, value, when } from "./layout.ts";
import { decimals, enabled, endpoint, upperOnOff, weightText, yesNo } from "./numbers.ts";

type V = VirtualServer;

/** `none` for firewall marks, which have no protocol. */
function protocolOf(virtual: V): string {
  return virtual.service.type === "fwmark" ? "none" : (virtual.protocol ?? "UDP");
}

/** A virtual server as logs name it. */
export function virtualServerName(virtual: V): string {
  const { service } = virtual;
  if (service.type === "group") return `[${service.group}]:0`;
  if (service.type === "fwmark") return `FWM ${service.fwmark}`;
  return endpoint(service.address, service.port, protocolOf(virtual).toLowerCase());
}

/** A real server as logs name it. */
export function realServerName(virtual: V, real: RealServer): string {
  return endpoint(real.server.address, portOf(virtual, real), protocolOf(virtual).toLowerCase());
}

/** Packets of a firewall mark keep their port. */
function portOf({ service }: V, { server }: RealServer): number {
  return service.type === "fwmark" ? 0 : server.port;
}

function addressOf(entry: GroupEntry): string | undefined {
  if (entry.type === "address") return entry.address;
  return entry.type === "range" ? entry.from : undefined;
}

function groupFamilies({ entries }: VirtualServerGroup): Set<number> {
  return new Set(
    entries.flatMap((entry) => {
      const address = addressOf(entry);
      if (address !== undefined) return familyOf(address);
      return entry.type === "fwmark" && entry.family !== undefined ? entry.family : [];
    }),
  );
}

function familyOfService(virtual: V, config: Config): 4 | 6 {
  const { service } = virtual;
  if (service.type === "address") return familyOf(service.address);
  const real = virtual.real_server[0]?.server.address;
  if (service.type === "fwmark" && virtual.ip_family !== undefined)
    return virtual.ip_family === "inet6" ? 6 : 4;
  const group =
    service.type === "group" && config.virtual_server_group.find(({ name }) => name === service.group);
  if (group && groupFamilies(group).size === 1) return groupFamilies(group).has(6) ? 6 : 4;
  return real === undefined ? 4 : familyOf(real);
}

function entryLine(entry: GroupEntry): string {
  if (entry.type === "fwmark") return `FWMARK = ${entry.fwmark}`;
  if (entry.type === "range") return `VIP Range = ${entry.from}-${entry.to}, VPORT = ${entry.port}`;
  return `VIP = ${entry.address}, VPORT = ${entry.port}`;
}

export const groupLayout: Layout<VirtualServerGroup> = [
  fixed(heading("Virtual server group")),
  line((group) => {
    const families = groupFamilies(group);
    return `Virtual Server Group = ${group.name}, IPv4 = ${yesNo(families.has(4))}, IPv6 = ${yesNo(families.has(6))}`;
  }),
  (group) => group.entries.map((entry) => `  ${entryLine(entry)}`),
];

const CHECKSUMS = { nocsum: "no checksum", csum: "checksum", remcsum: "remote checksum" } as const;

function tunnelText(tunnel: Tunnel = { type: "ipip" }): string {
  const port = tunnel.type === "gue" ? `, port = ${tunnel.port ?? 0}` : "";
  const checksum = tunnel.type === "ipip" ? "" : `, ${CHECKSUMS[tunnel.checksum ?? "nocsum"]}`;
  return `type = ${tunnel.type.toUpperCase()}${port}${checksum}`;
}

function forwardingText(way: ForwardingMethod): string {
  return way.method === "TUN" ? `TUN, ${tunnelText(way.tunnel)}` : way.method;
}

/** What a service has that says nothing else: plain IP in IP, or no tunnel. */
const isPlain = ({ tunnel }: ForwardingMethod): boolean => tunnel === undefined || tunnel.type === "ipip";

/** The flags of schedulers that give them names; others have them by number. */
const FLAGS: Readonly<Record<string, readonly ("sh-port" | "sh-fallback" | "mh-port" | "mh-fallback")[]>> = {
  sh: ["sh-port", "sh-fallback"],
  mh: ["mh-port", "mh-fallback"],
};
const NUMBERED = ["flag-1", "flag-2", "flag-3"] as const;

function granularity(virtual: V, config: Config): string | number | undefined {
  const length = virtual.persistence_granularity?.length;
  if (length === undefined || familyOfService(virtual, config) === 6) return length;
  const mask = length === 0 ? 0 : (0xffff_ffff << (32 - length)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (mask >>> shift) & 0xff).join(".");
}

const scheduling: Layout<V> = [
  line(({ service }) => {
    if (service.type === "group") return `VS GROUP = [${service.group}]:0`;
    if (service.type === "fwmark") return `VS FWMARK = ${service.fwmark}`;
    return `VS VIP = ${service.address}, VPORT = ${service.port}`;
  }),
  deeper(2, [
    value("VirtualHost", (v) => v.virtualhost),
    value("Address family", (v, { config }) => (familyOfService(v, config) === 4 ? "inet" : "inet6")),
    value("connection timeout", (v) => decimals(v.connect_timeout)),
    value("delay_loop", (v) => decimals(v.delay_loop)),
    value("lvs_sched", (v) => v.lb_algo),
    value("Hashed", (v) => enabled(v.hashed)),
    (v) => (FLAGS[v.lb_algo] ?? NUMBERED).map((flag) => `${flag} = ${enabled(v[flag])}`),
    value("One packet scheduling", (v) => enabled(v.ops)),
    value("persistence timeout", (v) => v.persistence_timeout),
    value("persistence granularity", (v, { config }) => granularity(v, config)),
    value("persistence engine", (v) => v.persistence_engine),
    value("protocol", protocolOf),
  ]),
];

/** Times of checks that are only there when something says so. */
function retries<B extends Pick<RealServer, "retry" | "delay_before_retry" | "warmup">>(): Layout<B> {
  return [
    value("Retry count", (block) => block.retry),
    value("Retry delay", ({ delay_before_retry: delay }) =>
      delay === undefined ? undefined : decimals(delay),
    ),
    value("Warmup", ({ warmup }) => (warmup === undefined ? undefined : decimals(warmup))),
  ];
}

const health: Layout<V> = [
  line((v) => `alpha is ${upperOnOff(v.alpha)}`),
  line((v) => `omega is ${upperOnOff(v.omega)}`),
  ...retries<V>(),
  line((v) => `Inhibit on failure is ${upperOnOff(v.inhibit_on_failure)}`),
  value("quorum", (v) => `${v.quorum}, hysteresis = ${v.hysteresis}`),
  value("Quorum up notify script", (v, scope) => script(v.quorum_up, scope)),
  value("Quorum down notify script", (v, scope) => script(v.quorum_down, scope)),
  when((v) => v.ha_suspend, "Using HA suspend"),
  value("Using smtp notification", (v, { config }) => yesNo(alerts(v, config, "smtp_alert_checker", false))),
  // keepalived leaves "default" out for tunnels with a port or a checksum.
  line((v) => `${isPlain(v.lb_kind) ? "default " : ""}forwarding method = ${forwardingText(v.lb_kind)}`),
];

const sorry: Layout<V> = [
  value(
    "sorry server",
    (v) => v.sorry_server && endpoint(v.sorry_server.address, sorryPort(v), protocolOf(v).toLowerCase()),
  ),
  (v) =>
    v.sorry_server === undefined
      ? []
      : [
          `  forwarding method = ${forwardingText(v.sorry_server_lvs_method ?? v.lb_kind)}`,
          `  Inhibit on failure is ${upperOnOff(v.sorry_server_inhibit)}`,
        ],
];

/** Without address translation the sorry server gets packets with the service's port. */
function sorryPort({ service, sorry_server, lb_kind, sorry_server_lvs_method }: V): number {
  if (service.type === "fwmark") return 0;
  const translated = (sorry_server_lvs_method ?? lb_kind).method === "NAT";
  return translated || service.type === "group" ? (sorry_server?.port ?? 0) : service.port;
}

interface Placed {
  readonly real: RealServer;
  readonly virtual: V;
}

const realServerLayout: Layout<Placed> = [
  fixed(heading("Real server")),
  line(({ virtual, real }) => {
    const { address } = real.server;
    return `RIP = ${address}, RPORT = ${portOf(virtual, real)}, WEIGHT = ${real.weight} EFF WEIGHT = ${real.weight}`;
  }),
  value("forwarding method", ({ real, virtual }) => forwardingText(real.lvs_method ?? virtual.lb_kind)),
  line(({ real }) => `Alpha is ${upperOnOff(real.alpha)}`),
  value("connection timeout", ({ real }) => decimals(real.connect_timeout)),
  value("connection limit range", ({ real }) => `${real.lthreshold} -> ${real.uthreshold}`),
  value("Delay loop", ({ real }) => decimals(real.delay_loop)),
  ({ real }, scope) => retries<RealServer>().flatMap((entry) => entry(real, scope)),
  line(({ real }) => `Inhibit on failure is ${upperOnOff(real.inhibit_on_failure)}`),
  value("RS up notify script", ({ real }, scope) => script(real.notify_up, scope)),
  value("RS down notify script", ({ real }, scope) => script(real.notify_down, scope)),
  line(({ real }) =>
    real.$.of.virtualhost === undefined ? undefined : ` VirtualHost = '${real.virtualhost}'`,
  ),
  value("Using smtp notification", ({ real }, { config }) =>
    yesNo(alerts(real, config, "smtp_alert_checker", true)),
  ),
  value("initial weight", ({ real }) => real.weight),
  items("Tracked Files", ({ real }, { config }) =>
    real.FILE_CHECK.map((check) => {
      const own = config.track_file.find(({ name }) => name === check.track_file)?.weight;
      return `${check.track_file}, weight ${weightText(check.weight ?? own ?? { weight: 1, reverse: false })}`;
    }),
  ),
  items("Tracked BFDs", ({ real }) => real.BFD_CHECK.map(({ name }) => name)),
];

/** A virtual_server and the servers behind it. */
export const virtualServerLayout: Layout<V> = [
  fixed(heading("Virtual server")),
  ...scheduling,
  deeper(2, [
    ...health,
    ...sorry,
    each((virtual) => virtual.real_server.map((real) => ({ virtual, real })), realServerLayout),
  ]),
];
