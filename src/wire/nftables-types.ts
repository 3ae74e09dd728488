/**
 * nf_tables in the words of its kernel interface (linux/netfilter/nf_tables.h): tables of chains, sets and rules. Only
 * what a VRRP router and a director of IPVS need.
 */

export type FirewallFamily = "ip" | "ip6";

/** A table, which its family and name tell apart. */
export interface FirewallTable {
  readonly family: FirewallFamily;
  readonly name: string;
}

/** What keys and values of a set are; `nft` shows them by it. */
export type FirewallType =
  | "ipv4_addr"
  | "ipv6_addr"
  | "iface_index"
  | "ifname"
  | "icmpv6_type"
  | "inet_service"
  | "mark";

/** Where a base chain is called from. */
interface FirewallHook {
  readonly point: "input" | "output";
  readonly priority: number;
}

/**
 * Two registers of 16 bytes; a longer value in the first one runs on into the second. 9 is the second quarter of the
 * first: what follows an IPv4 address.
 */
export type FirewallRegister = 1 | 2 | 9;

/** Something of a packet's metadata. Names of interfaces and of their kinds are padded to 16 bytes. */
export type FirewallMeta = "iif" | "oif" | "iifname" | "oifname" | "l4proto" | "oifkind";

/** A step of a rule. A rule whose comparison or lookup fails ends there. */
export type FirewallExpression =
  | {
      readonly type: "payload";
      readonly base: "network" | "transport";
      readonly offset: number;
      readonly length: number;
      readonly into: FirewallRegister;
    }
  | { readonly type: "meta"; readonly key: FirewallMeta; readonly into: FirewallRegister }
  | { readonly type: "equal"; readonly register: FirewallRegister; readonly value: Uint8Array }
  | { readonly type: "mask"; readonly register: FirewallRegister; readonly mask: Uint8Array }
  /** `into`: the value of a map. */
  | {
      readonly type: "lookup";
      readonly set: string;
      readonly register: FirewallRegister;
      readonly into?: FirewallRegister;
    }
  /** Sends a copy to the address in one register, out of the interface in the other. */
  | { readonly type: "duplicate"; readonly address: FirewallRegister; readonly device: FirewallRegister }
  | { readonly type: "counter" }
  /** Gives the packet the mark that is in the register. */
  | { readonly type: "set-mark"; readonly register: FirewallRegister }
  | { readonly type: "verdict"; readonly verdict: "accept" | "drop" | "return" }
  | { readonly type: "goto"; readonly chain: string };

export interface FirewallElement {
  /** Parts of a concatenation are padded to four bytes each. */
  readonly key: Uint8Array;
  /** In a set of ranges: the last of each part; the element is all between. */
  readonly end?: Uint8Array;
  /** In a map. */
  readonly value?: Uint8Array;
}

/** A change of the ruleset. Several make one transaction. */
export type FirewallCommand =
  /** Making a table that is there already does nothing. */
  | { readonly type: "add-table"; readonly table: FirewallTable }
  | { readonly type: "delete-table"; readonly table: FirewallTable }
  | {
      readonly type: "add-chain";
      readonly table: FirewallTable;
      readonly chain: string;
      /** Absent in a chain that only rules lead to. */
      readonly hook?: FirewallHook;
    }
  | {
      readonly type: "add-set";
      readonly table: FirewallTable;
      readonly set: string;
      /** Of the parts of a key. */
      readonly keys: readonly FirewallType[];
      /** Makes it a map. */
      readonly values?: FirewallType;
      /** Each part of a key may be a range; elements must not overlap. For concatenations only. */
      readonly ranges?: true;
      /** Elements come with the set's own transaction only. */
      readonly constant?: true;
    }
  | {
      readonly type: "add-elements" | "delete-elements";
      readonly table: FirewallTable;
      readonly set: string;
      readonly elements: readonly FirewallElement[];
    }
  | {
      readonly type: "add-rule";
      readonly table: FirewallTable;
      readonly chain: string;
      readonly expressions: readonly FirewallExpression[];
    };
