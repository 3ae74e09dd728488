import type {
  Forwarding,
  ForwardingMethod,
  RealServer,
  ServerAddress,
  VirtualServer,
} from "../../config/config.ts";
import { familyOf, type IpFamily } from "../../values/ip.ts";
import type { IpvsDestination, IpvsForward, IpvsService, IpvsServiceKey } from "../../wire/ipvs-types.ts";

const PROTOCOLS = { TCP: 6, UDP: 17, SCTP: 132 } as const;
const FORWARDS: Record<Forwarding, IpvsForward> = { NAT: 0, TUN: 2, DR: 3 };

/** IP_VS_SVC_F_PERSISTENT and IP_VS_SVC_F_ONEPACKET. */
const PERSISTENT = 1;
const ONE_PACKET = 4;
/** IP_VS_SVC_F_SCHED1 to 3, by the flags of the schedulers that they are: IP_VS_SVC_F_SCHED_SH_FALLBACK and so on. */
const SCHEDULER_FLAGS = [
  ["flag-1", 8],
  ["flag-2", 16],
  ["flag-3", 32],
  ["sh-fallback", 8],
  ["sh-port", 16],
  ["mh-fallback", 8],
  ["mh-port", 16],
] as const;

/** Seconds of persistence when a granularity is all that asks for it; ipvsadm's default, too. */
const DEFAULT_PERSISTENCE = 360;

/**
 * What the kernel knows a virtual server by; undefined for a group, which is no service itself. `reals` say the family
 * of a mark that names none: a server behind a tunnel says nothing, as its family may differ.
 */
export function serviceKeyOf(server: VirtualServer, reals: Iterable<RealServer>): IpvsServiceKey | undefined {
  const { service } = server;
  switch (service.type) {
    case "group":
      return undefined;
    case "fwmark":
      return { type: "fwmark", family: familyOfMark(server, reals), fwmark: service.fwmark };
    case "address": {
      const protocol = PROTOCOLS[server.protocol ?? "UDP"];
      return { type: "address", protocol, address: service.address, port: service.port };
    }
  }
}

function familyOfMark(server: VirtualServer, reals: Iterable<RealServer>): IpFamily {
  if (server.ip_family !== undefined) return server.ip_family === "inet6" ? 6 : 4;
  for (const real of reals) {
    if (forwardingOf(server, real) !== "TUN") return familyOf(real.server.address);
  }
  return server.persistence_granularity?.netmask === false ? 6 : 4;
}

/** Prefix length as the kernel's netmask: a mask for IPv4, the length itself for IPv6. */
function netmaskOf(family: IpFamily, prefixLength: number | undefined): number {
  if (family === 6) return prefixLength ?? 128;
  const length = prefixLength ?? 32;
  return length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
}

/** The service itself, without its destinations. */
export function serviceOf(server: VirtualServer, key: IpvsServiceKey): IpvsService {
  const { persistence_timeout: timeout, persistence_granularity: granularity } = server;
  const isPersistent = (timeout ?? 0) > 0 || granularity !== undefined;
  const family = key.type === "fwmark" ? key.family : familyOf(key.address);
  return {
    key,
    scheduler: server.lb_algo,
    flags: (isPersistent ? PERSISTENT : 0) | (server.ops ? ONE_PACKET : 0) | schedulerFlags(server),
    timeout: isPersistent ? timeout || DEFAULT_PERSISTENCE : 0,
    netmask: netmaskOf(family, granularity?.length),
    persistenceEngine: server.persistence_engine ?? "",
  };
}

function schedulerFlags(server: VirtualServer): number {
  return SCHEDULER_FLAGS.reduce((flags, [keyword, bit]) => (server[keyword] ? flags | bit : flags), 0);
}

function forwardingOf(server: VirtualServer, real: RealServer): Forwarding {
  return (real.lvs_method ?? server.lb_kind).method;
}

/** How packets are forwarded, as the kernel has it. keepalived's checksums default to none. */
function forwardOf({ method, tunnel }: ForwardingMethod): Pick<IpvsDestination, "forward" | "tunnel"> {
  const forward = FORWARDS[method];
  if (tunnel === undefined || tunnel.type === "ipip") return { forward };
  const { type, port = 0, checksum } = tunnel;
  const full = checksum === "csum" ? "full" : "none";
  if (type === "gre") return { forward, tunnel: { type, checksum: full } };
  return { forward, tunnel: { type, port, checksum: checksum === "remcsum" ? "remote" : full } };
}

/** A real server as a destination; `weight` is its own, or 0 while it is inhibited. */
export function destinationOf(server: VirtualServer, real: RealServer, weight: number): IpvsDestination {
  return {
    address: real.server.address,
    // A mark's packets keep their port.
    port: real.server.port,
    ...forwardOf(real.lvs_method ?? server.lb_kind),
    weight,
    upperThreshold: real.uthreshold,
    lowerThreshold: real.lthreshold,
  };
}

/** The sorry server as a destination. Its weight is 1 whatever the servers weigh, and 0 while it is inhibited. */
export function sorryDestinationOf(
  server: VirtualServer,
  sorry: ServerAddress,
  weight: number,
): IpvsDestination {
  const { service } = server;
  return {
    address: sorry.address,
    port: sorry.port || (service.type === "address" ? service.port : 0),
    ...forwardOf(server.sorry_server_lvs_method ?? server.lb_kind),
    weight,
    upperThreshold: 0,
    lowerThreshold: 0,
  };
}
