import type { UnicastPeer, VirtualAddress, VrrpInstance } from "../../config/config.ts";
import { simplePassword } from "../../wire/vrrp.ts";
import type { InterfaceFacts } from "./contract.ts";
import type { Expectation } from "./reception.ts";

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
}

/** The groups that multicast adverts go to. */
export interface MulticastGroups {
  readonly group4: string;
  readonly group6: string;
}

/** Works a definition out. The address lists are given: a plan may say more of them than the block. */
export function define(
  config: VrrpInstance,
  addresses: readonly VirtualAddress[],
  excluded: readonly VirtualAddress[],
  groups: MulticastGroups,
): Definition {
  const family = addresses[0]?.address.includes(":") ? 6 : 4;
  const version = family === 4 && config.version === 2 ? 2 : 3;
  const peers: readonly UnicastPeer[] = config.unicast_peer ?? [];
  const multicast = family === 4 ? groups.group4 : groups.group6;
  const group = peers.length > 0 ? undefined : multicast;
  const authentication = version === 2 ? config.authentication : undefined;
  const simple = authentication?.auth_type === "PASS";
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
      authType: simple ? 1 : 0,
      password: simple ? simplePassword(authentication.auth_pass ?? "") : undefined,
      peers,
    },
  };
}

/** The address that adverts come from: configured, or the interface's first; undefined when there is none. */
export function sourceOf(definition: Definition, facts: InterfaceFacts | undefined): string | undefined {
  const { config, family, group, all } = definition;
  const configured = group === undefined ? config.unicast_src_ip : config.mcast_src_ip;
  if (configured !== undefined) return configured;
  const first = family === 4 ? facts?.address4 : facts?.address6;
  // A virtual address is nobody's own, not even its owner's for keepalived: left alone on the interface it does not count.
  return all.some(({ address }) => address === first) ? undefined : first;
}
