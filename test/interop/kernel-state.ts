/** What a router makes of a host's kernel: taken at moments of its life, and compared between two programs. */
import { HOLDFAST } from "../lab/holdfast.ts";
import { KEEPALIVED } from "../lab/keepalived.ts";
import { type Host, Lab } from "../lab/netns.ts";
import { eventually, isIdle, processTree, signalProcess } from "../lab/process.ts";
import { Router, type RouterProgram } from "../lab/router.ts";
import { firewallState, linkState, parameterState } from "./kernel-state-host.ts";

/** Lines by subject ("addresses of eth0", "IPv4 routes"); each line is one object with all that `ip -d -j` tells. */
export type KernelState = ReadonlyMap<string, readonly string[]>;

/** When the state is taken. */
export type Moment = "started" | "master" | "stopped";

/** Parts that differ between two hosts, or between two moments, whatever a router does. */
const VOLATILE = new Set([
  "ifindex",
  "link_index",
  "link_netnsid",
  "valid_life_time",
  "expires",
  "error",
  "cache",
  "metrics_cacheinfo",
]);

type Json = Readonly<Record<string, unknown>>;

function listed(host: Host, ...words: string[]): readonly Json[] {
  const parsed: unknown = JSON.parse(host.exec("ip", "-d", "-j", ...words) || "[]");
  return parsed as readonly Json[]; // `ip -j` lists objects
}

/** One object as a line: its parts in one order, without what is volatile. */
function line(object: Json): string {
  const parts = Object.entries(object)
    .filter(([key]) => !VOLATILE.has(key))
    .map(([key, value]) => `${key}=${typeof value === "object" ? JSON.stringify(value) : value}`);
  return parts.sort().join(" ");
}

/** The address lists of every interface, in the kernel's order. */
function addressState(host: Host): [subject: string, lines: string[]][] {
  return listed(host, "address").map((link) => {
    const infos = link.addr_info as readonly Json[]; // of every link that `ip address` lists
    return [`addresses of ${String(link.ifname)}`, infos.map(line)];
  });
}

/** What the kernel of a host holds now. */
export function kernelState(host: Host): KernelState {
  return new Map<string, readonly string[]>([
    ...addressState(host),
    ["IPv4 routes", listed(host, "-4", "route", "show", "table", "all").map(line)],
    ["IPv6 routes", listed(host, "-6", "route", "show", "table", "all").map(line)],
    ["IPv4 rules", listed(host, "-4", "rule").map(line)],
    ["IPv6 rules", listed(host, "-6", "rule").map(line)],
    ...linkState(host, line),
    ...parameterState(host),
    ...firewallState(host),
  ]);
}

/** What one state has and the other has not, a line each; and where only the order differs. */
export function differences(
  [left, before]: readonly [name: string, state: KernelState],
  [right, after]: readonly [name: string, state: KernelState],
): string[] {
  const found: string[] = [];
  for (const subject of new Set([...before.keys(), ...after.keys()])) {
    const [mine = [], theirs = []] = [before.get(subject), after.get(subject)];
    const only = (name: string, these: readonly string[], those: readonly string[]) =>
      these.filter((one) => !those.includes(one)).map((one) => `${subject}: only ${name}: ${one}`);
    const apart = [...only(left, mine, theirs), ...only(right, theirs, mine)];
    if (apart.length > 0) found.push(...apart);
    else if (mine.join("\n") !== theirs.join("\n")) found.push(`${subject}: in another order`);
  }
  return found;
}

/** Two interfaces with addresses of both families, the same on every host: eth0 runs VRRP. */
function buildHost(lab: Lab, name: string): Host {
  const wire = lab.switch(`${name}-switch`);
  const host = lab.host(name, { ipv6: true });
  host.sysctl("net/ipv6/conf/default/accept_dad", 0);
  wire.connect(host, "eth0", ["192.0.2.1/24", "2001:db8:1::1/64"]);
  wire.connect(host, "eth1", ["198.51.100.1/24", "2001:db8:2::1/64"]);
  for (const device of ["eth0", "eth1"]) {
    host.exec("ip", "link", "set", device, "down");
    host.exec("ip", "link", "set", device, "address", `02:00:00:00:00:0${device.at(-1)}`);
    host.exec("ip", "link", "set", device, "up");
  }
  // Link and addresses of IPv6 went with the interface, and come back one after the other.
  host.exec("ip", "address", "add", "2001:db8:1::1/64", "dev", "eth0", "nodad");
  host.exec("ip", "address", "add", "2001:db8:2::1/64", "dev", "eth1", "nodad");
  return host;
}

/** A VLAN on eth0, for the configurations that name it; a macvlan where the kernel has none. */
function addVlan(host: Host): void {
  const add = "ip link add link eth0 name eth0.7 address 02:00:00:00:07:00 type";
  host.exec("sh", "-c", `${add} vlan id 7 2>/dev/null || ${add} macvlan mode bridge`);
  host.exec("ip", "link", "set", "eth0.7", "up");
  host.exec("ip", "address", "add", "203.0.113.1/24", "dev", "eth0.7");
}

/** A host as buildHost makes it, when all its addresses are there. */
async function readyHost(lab: Lab, name: string, config: string): Promise<Host> {
  const host = buildHost(lab, name);
  if (config.includes("eth0.7")) addVlan(host);
  const complete = (device: string) => host.addresses(device).some((address) => address.startsWith("fe80:"));
  const devices = ["eth0", "eth1", ...(config.includes("eth0.7") ? ["eth0.7"] : [])];
  await eventually(`${name}: link-local addresses`, () => devices.every(complete), 20_000);
  return host;
}

const instancesOf = (config: string): string[] =>
  [...config.matchAll(/^vrrp_instance (\S+)/gm)].map(([, name = ""]) => name);

/** A router on a host of its own, prepared. */
interface Side {
  readonly host: Host;
  readonly router: Router;
  readonly instances: readonly string[];
}

async function prepared(lab: Lab, name: string, program: RouterProgram, config: string): Promise<Side> {
  const host = await readyHost(lab, name, config);
  return { host, router: new Router(lab, host, program, config), instances: instancesOf(config) };
}

/** Waits until no process of a router has anything left to do; which they are. */
async function idle({ host, process }: Router): Promise<readonly number[]> {
  return eventually(`${host.name}: nothing left to do`, () => {
    const tree = processTree(process.pid);
    return tree.every(isIdle) && tree;
  });
}

/** Starts it, and stops its processes where every instance is a backup: they have done all that there was to do. */
async function startUntilBackup({ host, router, instances }: Side): Promise<readonly number[]> {
  const text = () => JSON.stringify([...kernelState(host)]);
  const before = instances.length === 0 ? text() : "";
  router.start();
  for (const instance of instances)
    await router.process.waitFor(`(${instance}) Entering BACKUP STATE`, 20_000);
  // Without an instance no line of the log says that it is there: what is static does.
  if (instances.length === 0)
    await eventually(`${host.name}: static objects`, () => text() !== before, 20_000);
  const tree = await idle(router);
  for (const pid of tree) signalProcess(pid, "SIGSTOP");
  return tree;
}

async function untilMaster({ router, instances }: Side): Promise<void> {
  for (const instance of instances) await router.waitForState(instance, "MASTER", 20_000);
  await idle(router);
}

/** Longest that a kernel may take until it is as expected, milliseconds. */
const LIMIT = 10_000;

/** What differs, once it is what is expected; what differs at last where it never is. */
async function settled(compare: () => string[], isExpected: (lines: string[]) => boolean): Promise<string[]> {
  const limit = performance.now() + LIMIT;
  for (;;) {
    const found = compare();
    if (isExpected(found) || performance.now() > limit) return found;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/**
 * What differs between keepalived's kernel and ours on one configuration, by moment. The kernel itself goes on for a
 * while after what a program has done: looked at until the differences are those expected.
 */
export async function compareKernelStates(
  config: string,
  isExpected: (moment: Moment, lines: readonly string[]) => boolean,
): Promise<Readonly<Record<Moment, string[]>>> {
  await using lab = new Lab();
  const theirs = await prepared(lab, "keepalived", KEEPALIVED, config);
  const ours = await prepared(lab, "holdfast", HOLDFAST, config);
  const at = (moment: Moment) =>
    settled(
      () => differences(["keepalived", kernelState(theirs.host)], ["holdfast", kernelState(ours.host)]),
      (lines) => isExpected(moment, lines),
    );
  const stopped = await Promise.all([theirs, ours].map(startUntilBackup));
  const started = await at("started");
  for (const pid of stopped.flat()) signalProcess(pid, "SIGCONT");
  await Promise.all([theirs, ours].map(untilMaster));
  const master = await at("master");
  await Promise.all([theirs, ours].map(({ router }) => router.stop()));
  return { started, master, stopped: await at("stopped") };
}

/**
 * Without what depends on which address came first: the order, who is secondary, and what the kernel itself adds for an
 * address and in part leaves (the route of `brd -`; an IPv6 network that an address with noprefixroute is in, too).
 */
function unordered(state: KernelState): KernelState {
  return new Map(
    [...state].map(([subject, lines]) => [
      subject,
      lines
        .filter((found) => !found.includes(" protocol=kernel "))
        .map((found) => found.replace(" secondary=true", ""))
        .sort(),
    ]),
  );
}

/** What differs between a router that came to a configuration by a reload and one that was started on it. */
export async function compareReload(
  before: string,
  after: string,
): Promise<Readonly<Record<"master" | "stopped", string[]>>> {
  await using lab = new Lab();
  const reloaded = await prepared(lab, "reloaded", HOLDFAST, before);
  const fresh = await prepared(lab, "started", HOLDFAST, after);
  for (const { router } of [reloaded, fresh]) router.start();
  await Promise.all([reloaded, fresh].map(untilMaster));
  const mark = reloaded.router.process.mark();
  reloaded.router.configure(after);
  reloaded.router.reload();
  await reloaded.router.process.waitFor("Reload complete", LIMIT, mark);
  await idle(reloaded.router);
  // No line tells of an instance that it is master still, nor of static objects: the state does.
  const now = () =>
    settled(
      () =>
        differences(
          ["after a start", unordered(kernelState(fresh.host))],
          ["after a reload", unordered(kernelState(reloaded.host))],
        ),
      (lines) => lines.length === 0,
    );
  const master = await now();
  await Promise.all([reloaded, fresh].map(({ router }) => router.stop()));
  return { master, stopped: await now() };
}
