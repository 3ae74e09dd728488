/** Values of several words of virtual servers, their checkers and IPVS, as in composite.ts. */

/** IPVS's timeouts of connections, in seconds; one that is left out stays as it is. */
export interface LvsTimeouts {
  readonly tcp?: number;
  readonly tcpfin?: number;
  readonly udp?: number;
}

/** The daemon that tells other directors of connections. With an instance it is master or backup as that one is. */
export interface SyncDaemon {
  readonly interface: string;
  readonly instance?: string;
  readonly id?: number;
  /** Bytes of a message at most. */
  readonly maxlen?: number;
  readonly port?: number;
  readonly ttl?: number;
  readonly group?: string;
}

/** A server that takes mail. */
export interface MailServer {
  /** Name or address. */
  readonly host: string;
  readonly port?: number;
}

/** Bytes of stack of a regular expression. */
export interface RegexStack {
  readonly start: number;
  readonly maximum: number;
}

/** What the value of a track file is multiplied with before it is added to a server's weight. */
export interface FileWeight {
  readonly weight: number;
  readonly reverse: boolean;
}

/** A line of virtual_server_group. Addresses canonical; a range includes both of its ends; port 0 for all ports. */
export type GroupEntry =
  | { readonly type: "address"; readonly address: string; readonly port: number }
  | { readonly type: "range"; readonly from: string; readonly to: string; readonly port: number }
  | { readonly type: "fwmark"; readonly fwmark: number; readonly family?: 4 | 6 };

/** How packets get to a server. */
export type Forwarding = "NAT" | "DR" | "TUN";

/** How a tunnel packs them, where it is not plain IP in IP. */
export interface Tunnel {
  readonly type: "ipip" | "gue" | "gre";
  /** UDP port of gue. */
  readonly port?: number;
  readonly checksum?: "nocsum" | "csum" | "remcsum";
}

/** A forwarding method with what belongs to it. */
export interface ForwardingMethod {
  readonly method: Forwarding;
  readonly tunnel?: Tunnel;
}
