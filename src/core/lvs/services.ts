import type { Forwarding, RealServer, VirtualServer, VirtualServerGroup } from "../../config/config.ts";
import { familyOf, type IpFamily } from "../../values/ip.ts";
import { addressesOf, MOST_OF_RANGE } from "../../values/ip-range.ts";
import type { IpvsServiceKey } from "../../wire/ipvs-types.ts";

type GroupEntry = VirtualServerGroup["entries"][number];

const PROTOCOLS = { TCP: 6, UDP: 17, SCTP: 132 } as const;

/** A text that is the same for equal keys. */
export function keyText(key: IpvsServiceKey): string {
  return key.type === "fwmark"
    ? `fwmark ${key.family} ${key.fwmark}`
    : `${key.protocol} ${key.address} ${key.port}`;
}

/** The family of the packets that a key stands for. */
export function familyOfKey(key: IpvsServiceKey): IpFamily {
  return key.type === "fwmark" ? key.family : familyOf(key.address);
}

function forwardingOf(server: VirtualServer, real: RealServer): Forwarding {
  return (real.lvs_method ?? server.lb_kind).method;
}

/**
 * What the kernel knows a virtual server by: one service, or for each entry of its group one or, for a range, many.
 * `reals` say the family of a mark that names none.
 * `mark`: what packets to the addresses of its group are marked with.
 */
export function serviceKeysOf(
  server: VirtualServer,
  entries: readonly GroupEntry[],
  reals: readonly RealServer[],
  mark?: number,
): readonly IpvsServiceKey[] {
  const { service } = server;
  switch (service.type) {
    case "group":
      return mark === undefined ? groupKeys(server, entries, reals) : markedKeys(entries, mark);
    case "fwmark":
      return [{ type: "fwmark", family: familyOfMark(server, reals), fwmark: service.fwmark }];
    case "address": {
      const protocol = PROTOCOLS[server.protocol ?? "UDP"];
      return [{ type: "address", protocol, address: service.address, port: service.port }];
    }
  }
}

/** A service for each family of the addresses. */
function markedKeys(entries: readonly GroupEntry[], fwmark: number): readonly IpvsServiceKey[] {
  const families = new Set(entries.flatMap((entry) => familyOfEntry(entry) ?? []));
  return [...families].map((family) => ({ type: "fwmark", family, fwmark }));
}

/** The family that an entry is of; undefined for a mark that does not say. */
function familyOfEntry(entry: GroupEntry): IpFamily | undefined {
  if (entry.type === "fwmark") return entry.family;
  return familyOf(entry.type === "range" ? entry.from : entry.address);
}

/** Each once, although ranges may overlap. */
function groupKeys(
  server: VirtualServer,
  entries: readonly GroupEntry[],
  reals: readonly RealServer[],
): readonly IpvsServiceKey[] {
  const protocol = PROTOCOLS[server.protocol ?? "UDP"];
  const keys = new Map<string, IpvsServiceKey>();
  const add = (key: IpvsServiceKey) => keys.set(keyText(key), key);
  const ofMark = entries.some(({ type }) => type === "fwmark") ? familyInGroup(server, entries, reals) : 4;
  for (const entry of entries) {
    if (entry.type === "fwmark")
      add({ type: "fwmark", family: entry.family ?? ofMark, fwmark: entry.fwmark });
    else if (entry.type === "address")
      add({ type: "address", protocol, address: entry.address, port: entry.port });
    else
      for (const address of addressesOf(entry, MOST_OF_RANGE))
        add({ type: "address", protocol, address, port: entry.port });
  }
  return [...keys.values()];
}

/** The family of a mark that names none: that of the addresses and other marks around it, or of the servers. */
function familyInGroup(
  server: VirtualServer,
  entries: readonly GroupEntry[],
  reals: readonly RealServer[],
): IpFamily {
  for (const entry of entries) {
    const family = familyOfEntry(entry);
    if (family !== undefined) return family;
  }
  return ownFamily(server, reals) ?? 4;
}

/** Behind tunnels alone, servers say the family of a mark when all are of the same. */
function familyOfMark(server: VirtualServer, reals: readonly RealServer[]): IpFamily {
  const own = ownFamily(server, reals);
  if (own !== undefined) return own;
  const { sorry_server: sorry } = server;
  const all = new Set(reals.map((real) => familyOf(real.server.address)));
  if (sorry !== undefined) all.add(familyOf(sorry.address));
  return all.size === 1 && all.has(6) ? 6 : 4;
}

/** What the service itself says, or a server that its packets reach as they are: behind a tunnel the family may differ. */
function ownFamily(server: VirtualServer, reals: readonly RealServer[]): IpFamily | undefined {
  const { ip_family: family, persistence_granularity: granularity } = server;
  const { sorry_server: sorry, sorry_server_lvs_method: sorryMethod = server.lb_kind } = server;
  if (family !== undefined) return family === "inet6" ? 6 : 4;
  const direct = reals.find((real) => forwardingOf(server, real) !== "TUN");
  if (direct !== undefined) return familyOf(direct.server.address);
  if (granularity !== undefined) return granularity.netmask ? 4 : 6;
  return sorry !== undefined && sorryMethod.method !== "TUN" ? familyOf(sorry.address) : undefined;
}
