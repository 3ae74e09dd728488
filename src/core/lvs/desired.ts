import type {
  Forwarding,
  ForwardingMethod,
  RealServer,
  ServerAddress,
  VirtualServer,
} from "../../config/config.ts";
import type { IpFamily } from "../../values/ip.ts";
import type { IpvsDestination, IpvsForward, IpvsService, IpvsServiceKey } from "../../wire/ipvs-types.ts";
import { familyOfKey } from "./services.ts";

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

/** Prefix length as the kernel's netmask: a mask for IPv4, the length itself for IPv6. */
function netmaskOf(family: IpFamily, prefixLength: number | undefined): number {
  if (family === 6) return prefixLength ?? 128;
  const length = prefixLength ?? 32;
  return length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
}

/** The service itself, without its destinations. */
export function serviceOf(server: VirtualServer, key: IpvsServiceKey): IpvsService {
  const { persistence_timeout: timeout, persistence_granularity: granularity, persistence_engine } = server;
  const isPersistent = (timeout ?? 0) > 0 || granularity !== undefined;
  return {
    key,
    scheduler: server.lb_algo,
    flags: (isPersistent ? PERSISTENT : 0) | (server.ops ? ONE_PACKET : 0) | schedulerFlags(server),
    timeout: isPersistent ? timeout || DEFAULT_PERSISTENCE : 0,
    netmask: netmaskOf(familyOfKey(key), granularity?.length),
    // As in keepalived, nothing without persistence, whatever it is called.
    persistenceEngine: (isPersistent && persistence_engine) || "",
  };
}

function schedulerFlags(server: VirtualServer): number {
  return SCHEDULER_FLAGS.reduce((flags, [keyword, bit]) => (server[keyword] ? flags | bit : flags), 0);
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

/**
 * The port of a server in a service of a group. Only NAT leads to a port other than that of the packet, which is that
 * of the service, or with a mark whatever it was.
 */
function portInGroup(forward: IpvsForward, port: number, key: IpvsServiceKey): number {
  if (forward === FORWARDS.NAT) return port;
  return key.type === "address" ? key.port : 0;
}

/** A real server as a destination of one service; `weight` is its own, or 0 while it is inhibited. */
export function destinationOf(
  server: VirtualServer,
  real: RealServer,
  weight: number,
  key: IpvsServiceKey,
): IpvsDestination {
  const forward = forwardOf(real.lvs_method ?? server.lb_kind);
  const { address, port } = real.server;
  return {
    address,
    // Of a service that is no group, the configuration has the port that it can have.
    port: server.service.type === "group" ? portInGroup(forward.forward, port, key) : port,
    ...forward,
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
  key: IpvsServiceKey,
): IpvsDestination {
  const { service } = server;
  const forward = forwardOf(server.sorry_server_lvs_method ?? server.lb_kind);
  return {
    address: sorry.address,
    port:
      service.type === "group"
        ? portInGroup(forward.forward, sorry.port, key)
        : sorry.port || (service.type === "address" ? service.port : 0),
    ...forward,
    weight,
    upperThreshold: 0,
    lowerThreshold: 0,
  };
}
