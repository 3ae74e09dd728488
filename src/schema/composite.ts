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

/** One line of virtual_ipaddress, virtual_ipaddress_excluded or static_ipaddress. */
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
  readonly use_vmac?: true;
  readonly home?: true;
  /** `-nodad`. */
  readonly nodad?: true;
  readonly mngtmpaddr?: true;
  readonly noprefixroute?: true;
  readonly autojoin?: true;
  readonly no_track?: true;
  /** Seconds. */
  readonly preferred_lft?: number | "forever";
  /** Of static addresses only. */
  readonly track_group?: string;
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

/** Gratuitous ARPs on other interfaces of addresses than the instance's. `interval` in microseconds, 0 for none. */
export interface ExtraGarp {
  /** On all interfaces, not only on VMACs. */
  readonly all: boolean;
  readonly interval: number;
}

/** Size of receive buffers: by a policy, or in bytes. */
export type ReceiveBuffers = "MTU" | "ADVERT" | number;

/** What follows use_vmac. What is left out, keepalived makes up. */
export interface VmacUse {
  readonly name?: string;
  /** Five octets (the VRID is the sixth) or six, lower case. */
  readonly mac?: string;
  readonly netlinkNotifyMessage?: boolean;
  /** Link group, by number or name. */
  readonly group?: string;
}

/** What follows use_ipvlan. */
export interface IpvlanUse {
  readonly name?: string;
  /** Canonical, with a prefix length where one is written. */
  readonly address?: string;
  readonly flag?: "bridge" | "private" | "vepa";
  readonly group?: string;
}

/** A key of auth_hmac. The value is secret: a text, `hex:DIGITS`, or `file:PATH` of where it is. */
export interface HmacKey {
  readonly id: number;
  readonly value: string;
}

/** A line of interface_up_down_delays, in microseconds. */
export interface UpDownDelay {
  readonly interface: string;
  readonly downDelay: number;
  readonly upDelay: number;
}

/** A line of track_file, track_process or track_bfd. Weight undefined: the one of the tracked object. */
export interface TrackedObject {
  readonly name: string;
  readonly weight?: number;
  readonly reverse: boolean;
}

/** What stands in a track file at the start: a value, and whether it replaces what the file has. */
export interface InitialValue {
  readonly value: number;
  readonly overwrite: boolean;
}

/** A line of linkbeat_interfaces. Type undefined: the first of MII, ETHTOOL and IOCTL that works. */
export interface LinkbeatInterface {
  readonly interface: string;
  readonly type?: "MII" | "ETHTOOL" | "IOCTL";
}
