/**
 * Values of several words. Each is plain data with the names of `ip address`, `ip route` and the manual.
 * Their kinds are in the files named after them.
 */

/** A command and whom it runs as. `argv[0]` is the program. */
export interface ScriptCommand {
  readonly argv: readonly string[];
  readonly user?: string;
  readonly group?: string;
}

/** One line of virtual_ipaddress or virtual_ipaddress_excluded. */
export interface VirtualAddress {
  /** Canonical text. */
  readonly address: string;
  /** 32 or 128 when not written. */
  readonly prefixLength: number;
  readonly dev?: string;
  readonly broadcast?: string;
  readonly peer?: string;
  readonly label?: string;
  /** RT_SCOPE_* number; universe (0) when not written. */
  readonly scope?: number;
  /** Further options as written (`no_track`, `preferred_lft 0`), which the runtime does not act on yet. */
  readonly options?: readonly string[];
}

/** One line of track_interface. Weight 0: its failure is a fault; otherwise it changes the priority. */
export interface TrackedInterface {
  readonly interface: string;
  readonly weight: number;
  readonly reverse: boolean;
}

/** One line of track_script. Weight undefined: the script's own. */
export interface TrackedScript {
  readonly script: string;
  readonly weight?: number;
  readonly reverse: boolean;
}

/** One line of unicast_peer. */
export interface UnicastPeer {
  readonly address: string;
  readonly minTtl?: number;
  readonly maxTtl?: number;
}

/** What follows `virtual_server`. */
export type ServiceName =
  | { readonly type: "address"; readonly address: string; readonly port: number }
  | { readonly type: "fwmark"; readonly fwmark: number }
  | { readonly type: "group"; readonly group: string };

/** A server's address and port; port 0 where it may be left out. */
export interface ServerAddress {
  readonly address: string;
  readonly port: number;
}

/** Forwarding method with the options of a tunnel left to a later release. */
export type Forwarding = "NAT" | "DR" | "TUN";

/**
 * Clients that persistence counts as one: a prefix length. Written as a netmask it is of IPv4, which says the family of
 * a fwmark service.
 */
export interface Granularity {
  readonly length: number;
  readonly netmask: boolean;
}

/** Inclusive ranges of HTTP status codes. */
export type StatusRanges = readonly (readonly [from: number, to: number])[];
