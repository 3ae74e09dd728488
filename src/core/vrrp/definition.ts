import type { Route, Rule, UnicastPeer, VirtualAddress, VrrpInstance } from "../../config/config.ts";
import { familyOf } from "../../values/ip.ts";
import { messageLength, simplePassword } from "../../wire/vrrp.ts";
import type { InterfaceFacts } from "./contract.ts";
import type { Expectation } from "./expectation.ts";
import type { VirtualLink } from "./virtual-link.ts";

/** An instance as configured, with what follows from the keywords worked out once. */
export interface Definition {
  readonly config: VrrpInstance;
  /** Addresses in adverts, in order. */
  readonly addresses: readonly VirtualAddress[];
  readonly excluded: readonly VirtualAddress[];
  /** Both, as they go to the kernel. */
  readonly all: readonly VirtualAddress[];
  readonly family: 4 | 6;
  readonly version: 2 | 3;
  /** Multicast group; undefined with unicast peers. */
  readonly group: string | undefined;
  readonly destinations: readonly string[];
  readonly preempt: boolean;
  readonly preemptDelay: number;
  readonly expectation: Expectation;
  /** TTL or hop limit of adverts. */
  readonly hops: number;
  /** What Authentication Headers are made with: the password, with `auth_type AH`. */
  readonly headerKey: Uint8Array | undefined;
  /** The group in the pseudo-header of old unicast checksums. */
  readonly oldGroup: string;
  /** How the receive buffer of its socket is sized; undefined: as the system does. */
  readonly receiveBuffer: ReceiveBuffer | undefined;
  /** The link that the instance has for itself. */
  readonly own: VirtualLink | undefined;
  /** Interface that adverts leave by and come in on: that link, or the configured one. */
  readonly device: string | undefined;
  readonly routes: readonly Route[];
  readonly rules: readonly Rule[];
  /** Interfaces besides its own that are needed for what it holds: without them it cannot run. */
  readonly follows: readonly string[];
  /** Why it cannot run whatever happens around it. */
  readonly flaw: string | undefined;
}

/** Bytes, or so many times the largest packet of the interface. */
type ReceiveBuffer = { readonly bytes: number } | { readonly mtus: number };

/** What global_defs says about the adverts of all instances. */
export interface AdvertDefaults {
  /** The groups that multicast adverts go to. */
  readonly group4: string;
  readonly group6: string;
  /** vrrp_rx_bufs_policy and its multiplier. */
  readonly receiveBuffers: "MTU" | "ADVERT" | number | undefined;
  readonly multiplier: number;
}

/** The longest headers in front of a message: IPv4 without options, and AH. */
const HEADERS = 20 + 24;

/** Works a definition out. The address lists are given: a plan may say more of them than the block. */
export function define(
  config: VrrpInstance,
  addresses: readonly VirtualAddress[],
  excluded: readonly VirtualAddress[],
  defaults: AdvertDefaults,
  surroundings: Pick<Definition, "own" | "device" | "routes" | "rules" | "follows">,
): Definition {
  const family = familyOfInstance(config, addresses);
  const version = family === 4 && config.version === 2 ? 2 : 3;
  const peers: readonly UnicastPeer[] = config.unicast_peer ?? [];
  const multicast = config.mcast_dst_ip ?? (family === 4 ? defaults.group4 : defaults.group6);
  const group = peers.length > 0 ? undefined : multicast;
  const authentication = version === 2 ? config.authentication : undefined;
  const simple = authentication?.auth_type === "PASS";
  const header = authentication?.auth_type === "AH";
  const password = simplePassword(authentication?.auth_pass ?? "");
  return {
    config,
    addresses,
    excluded,
    all: [...addresses, ...excluded],
    family,
    version,
    group,
    destinations: group === undefined ? peers.map(({ address }) => address) : [group],
    // keepalived clears both where the instance is to start as master.
    preempt: !config.nopreempt || config.state === "MASTER",
    preemptDelay: config.state === "MASTER" ? 0 : config.preempt_delay,
    expectation: {
      virtualRouterId: config.virtual_router_id,
      version,
      interval: config.advert_int,
      addresses: addresses.map(({ address }) => address),
      authType: simple ? 1 : header ? 2 : 0,
      password: simple ? password : undefined,
      peers,
      peersOnly:
        peers.length > 0 &&
        (config.check_unicast_src || peers.some(({ minTtl, maxTtl }) => (minTtl ?? maxTtl) !== undefined)),
    },
    hops: group === undefined ? (config.unicast_ttl ?? 255) : 255,
    headerKey: header ? Uint8Array.from(password, (letter) => letter.charCodeAt(0)) : undefined,
    oldGroup: defaults.group4,
    receiveBuffer: receiveBufferOf(config, messageLength(version, family, addresses.length), defaults),
    ...surroundings,
    flaw: config.unicast_fault_no_peer && peers.length === 0 ? "no unicast peers" : undefined,
  };
}

/**
 * The address that adverts come from: configured, or the interface's first; undefined when there is none. A link of our
 * own on top of `base` has no IPv4 address: there the base's counts.
 */
export function sourceOf(
  definition: Definition,
  facts: InterfaceFacts | undefined,
  base = facts,
): string | undefined {
  const { config, family, group, all, own } = definition;
  const configured = group === undefined ? config.unicast_src_ip : config.mcast_src_ip;
  const given = own?.mac === undefined ? own?.address?.split("/", 1)[0] : undefined;
  if (given !== undefined) return given;
  if (configured !== undefined) return configured;
  const first = family === 4 ? base?.address4 : facts?.address6;
  // A virtual address is nobody's own, not even its owner's for keepalived: left alone on the interface it does not count.
  return all.some(({ address }) => address === first) ? undefined : first;
}

/** The addresses say; without any, what else is written of the instance. */
export function familyOfInstance(config: VrrpInstance, addresses: readonly VirtualAddress[]): 4 | 6 {
  const { unicast_src_ip, mcast_src_ip, mcast_dst_ip, unicast_peer, native_ipv6 } = config;
  const told =
    addresses[0]?.address ?? unicast_src_ip ?? mcast_src_ip ?? mcast_dst_ip ?? unicast_peer?.[0]?.address;
  return told === undefined ? (native_ipv6 ? 6 : 4) : familyOf(told);
}

function receiveBufferOf(
  { kernel_rx_buf_size: own }: VrrpInstance,
  message: number,
  { receiveBuffers: policy, multiplier }: AdvertDefaults,
): ReceiveBuffer | undefined {
  if (own !== undefined) return { bytes: own };
  if (policy === "MTU") return { mtus: multiplier };
  if (policy === "ADVERT") return { bytes: (HEADERS + message) * multiplier };
  return policy === undefined ? undefined : { bytes: policy };
}
