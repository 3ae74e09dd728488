import type { VirtualAddress, VrrpInstance } from "../../config/config.ts";

/** An interface that the router makes for virtual routers, on top of one that is there. */
export interface VirtualLink {
  readonly name: string;
  /** Interface below it. */
  readonly base: string;
  /** Whose addresses it is for. Of a macvlan that is what its MAC address says as well. */
  readonly family: 4 | 6;
  /** Hardware address of a macvlan, "00:00:5e:00:01:33"; an ipvlan has that of its base. */
  readonly mac?: string;
  /** How ipvlans of one base treat each other. */
  readonly flag?: "bridge" | "private" | "vepa";
  /** Address that it has of its own, with its prefix length: what an ipvlan sends from. */
  readonly address?: string;
  /** It has an IPv6 link-local address: this one, or that of its base. */
  readonly linkLocal?: { readonly from?: string };
  /** Addresses of IPv6 go on it, or belong to the instance that it was made for. */
  readonly ipv6: boolean;
  /** Link group, by number or name; the base's when absent. */
  readonly group?: string;
  /** Its making is to be told of as a change of its base. */
  readonly announced: boolean;
}

/** How global_defs names them. */
export interface VirtualLinkNames {
  readonly prefix: string;
  readonly addressPrefix: string;
}

/** An instance, its addresses, and its family. */
export interface LinkUser {
  readonly config: VrrpInstance;
  readonly family: 4 | 6;
  readonly addresses: readonly VirtualAddress[];
  readonly excluded: readonly VirtualAddress[];
}

/** Where an instance and its addresses are. */
export interface Placement {
  readonly config: VrrpInstance;
  /** The link that the instance has for itself. */
  readonly own: VirtualLink | undefined;
  /** Interface that adverts leave by and come in on; undefined where none is named. */
  readonly device: string | undefined;
  readonly addresses: readonly VirtualAddress[];
  readonly excluded: readonly VirtualAddress[];
}

/** What is known of a link before it has its name. */
type Unnamed = Omit<VirtualLink, "name" | "announced"> & { readonly announced?: boolean };

/** RFC 9568 §7.3: the last octet is the virtual router's. */
const MAC_PREFIX = { 4: "00:00:5e:00:01", 6: "00:00:5e:00:02" } as const;

const octet = (number: number): string => number.toString(16).padStart(2, "0");
const familyOf = (address: string): 4 | 6 => (address.includes(":") ? 6 : 4);

/** What makes two links the same one; an ipvlan is its instance's alone. */
const identity = ({ base, mac }: Unnamed, instance: string): string => `${base} ${mac ?? instance}`;

/**
 * Works out which links a configuration needs and what they are called. Names are kept while their links stay, so that
 * a reload touches none that goes on.
 */
export class VirtualLinks {
  #names = new Map<string, string>();

  /** The links, in the order they are made in, and where everything goes. `users` in configured order. */
  place(
    users: readonly LinkUser[],
    names: VirtualLinkNames,
  ): { readonly links: readonly VirtualLink[]; readonly placements: readonly Placement[] } {
    // Which links there are does not depend on what they are called.
    const all = new Round(new Map(), users, names);
    for (const user of users) all.place(user);
    const kept = [...this.#names].filter(([key]) => all.names.has(key));
    const round = new Round(new Map(kept), users, names);
    const placements = users.map((user) => round.place(user));
    this.#names = round.names;
    return { links: [...round.links.values()], placements };
  }
}

class Round {
  readonly links = new Map<string, VirtualLink>();
  readonly names = new Map<string, string>();
  readonly #before: ReadonlyMap<string, string>;
  readonly #prefixes: VirtualLinkNames;
  readonly #taken = new Set<string>();

  constructor(before: ReadonlyMap<string, string>, users: readonly LinkUser[], prefixes: VirtualLinkNames) {
    this.#before = before;
    this.#prefixes = prefixes;
    for (const { config } of users) {
      const name = config.use_vmac?.name ?? config.use_ipvlan?.name;
      if (name !== undefined) this.#taken.add(name);
    }
    // What stood before keeps its name, whoever is asked first.
    for (const name of before.values()) this.#taken.add(name);
  }

  place(user: LinkUser): Placement {
    const own = this.#own(user);
    const on = (address: VirtualAddress) => this.#onLink(address, user, own);
    const below = own === undefined || sendsBelow(user.config);
    return {
      config: user.config,
      own,
      device: below ? (user.config.interface ?? user.config.vrf) : own.name,
      addresses: user.addresses.map(on),
      excluded: user.excluded.map(on),
    };
  }

  /** The link of an instance itself. */
  #own(user: LinkUser): VirtualLink | undefined {
    const { config, family } = user;
    const { interface: base, use_vmac: vmac, use_ipvlan: ipvlan } = config;
    if (base === undefined) return undefined;
    const ipv6 = family === 6 || [...user.addresses, ...user.excluded].some(isIpv6);
    if (vmac !== undefined) {
      const from = config.mcast_src_ip;
      const link: Unnamed = {
        base,
        family,
        mac: macOf(vmac.mac, config, family),
        ...(family === 6 && !sendsBelow(config) && { linkLocal: from === undefined ? {} : { from } }),
        ipv6,
        ...(vmac.group !== undefined && { group: vmac.group }),
        announced: vmac.netlinkNotifyMessage ?? false,
      };
      return this.#named(link, vmac.name, config, this.#prefixes.prefix);
    }
    if (ipvlan === undefined) return undefined;
    const address = ipvlan.address ?? config.unicast_src_ip ?? config.mcast_src_ip;
    const link: Unnamed = {
      base,
      family,
      flag: ipvlan.flag ?? "bridge",
      ...(address !== undefined && { address }),
      ipv6,
      ...(ipvlan.group !== undefined && { group: ipvlan.group }),
    };
    return this.#named(link, ipvlan.name, config, this.#prefixes.prefix);
  }

  /** An address with the link that it goes on as its device. */
  #onLink(address: VirtualAddress, user: LinkUser, own: VirtualLink | undefined): VirtualAddress {
    const { config, family: instanceFamily } = user;
    const base = address.dev ?? config.interface;
    const family = familyOf(address.address);
    if (base === undefined) return address;
    if (own !== undefined && base === config.interface && family === instanceFamily) {
      return { ...address, dev: own.name };
    }
    const elsewhere = base !== config.interface || family !== instanceFamily;
    if (!address.use_vmac && !(config.use_vmac_addr && elsewhere)) return address;
    const link: Unnamed = {
      base,
      family,
      mac: macOf(undefined, config, family),
      ...(family === 6 && { linkLocal: {} }),
      ipv6: family === 6,
    };
    return { ...address, dev: this.#named(link, undefined, config, this.#prefixes.addressPrefix).name };
  }

  #named(link: Unnamed, wanted: string | undefined, config: VrrpInstance, prefix: string): VirtualLink {
    const key = identity(link, config.name);
    const known = this.links.get(key);
    if (known !== undefined) return known;
    const name = wanted ?? this.#before.get(key) ?? this.#free(prefix, config.virtual_router_id, link.family);
    this.#taken.add(name);
    this.names.set(key, name);
    const made = { announced: false, ...link, name };
    this.links.set(key, made);
    return made;
  }

  /** `vrrp.51`, or else with `6` for IPv6, or else with a number before the dot. */
  #free(prefix: string, virtualRouterId: number, family: 4 | 6): string {
    for (const infix of ["", ...(family === 6 ? ["6"] : [])]) {
      const name = `${prefix}${infix}.${virtualRouterId}`;
      if (!this.#taken.has(name)) return name;
    }
    for (let number = 1; ; number++) {
      const name = `${prefix}${number}.${virtualRouterId}`;
      if (!this.#taken.has(name)) return name;
    }
  }
}

const isIpv6 = ({ address }: VirtualAddress): boolean => familyOf(address) === 6;

/** A macvlan's adverts may leave below it; unicast ones always do. */
const sendsBelow = ({ use_vmac, vmac_xmit_base, unicast_peer }: VrrpInstance): boolean =>
  use_vmac !== undefined && (vmac_xmit_base || (unicast_peer ?? []).length > 0);

/** The virtual router's hardware address; of a configured one with five octets, the VRID is the sixth. */
function macOf(configured: string | undefined, config: VrrpInstance, family: 4 | 6): string {
  const prefix = configured ?? MAC_PREFIX[family];
  return prefix.split(":").length === 6 ? prefix : `${prefix}:${octet(config.virtual_router_id)}`;
}

/** Links that are the same in all that makes a link what it is: one can go on as the other. */
export function sameLink(a: VirtualLink, b: VirtualLink): boolean {
  return (
    a.base === b.base &&
    a.family === b.family &&
    a.mac === b.mac &&
    a.flag === b.flag &&
    a.address === b.address &&
    a.linkLocal?.from === b.linkLocal?.from &&
    (a.linkLocal === undefined) === (b.linkLocal === undefined) &&
    a.ipv6 === b.ipv6 &&
    a.group === b.group
  );
}
