/** What IPVS keeps, as data. Codecs in ipvs.ts, decisions in src/core/lvs, the port in src/kernel. */

/** What identifies a service to the kernel. Protocol: IPPROTO number (6 TCP, 17 UDP, 132 SCTP). */
export type IpvsServiceKey =
  | { readonly type: "address"; readonly protocol: number; readonly address: string; readonly port: number }
  | { readonly type: "fwmark"; readonly family: 4 | 6; readonly fwmark: number };

export interface IpvsService {
  readonly key: IpvsServiceKey;
  /** Scheduler name: "rr", "wlc", … */
  readonly scheduler: string;
  /** IP_VS_SVC_F_* bits: 1 persistent, 4 one-packet, 8/16/32 scheduler flags 1–3. */
  readonly flags: number;
  /** Persistence timeout in seconds; 0 when not persistent. */
  readonly timeout: number;
  /** IPv4: netmask as a 32-bit number, network order read big-endian (0xffffffff = /32). IPv6: prefix length. */
  readonly netmask: number;
  /** Persistence engine name, "" for none. */
  readonly persistenceEngine: string;
}

/** IP_VS_CONN_F_FWD_*: 0 masquerade (NAT), 2 tunnel, 3 direct route. */
export type IpvsForward = 0 | 2 | 3;

/** How a tunnel packs packets, where it is not plain IP in IP. */
export type IpvsTunnel =
  | { readonly type: "gue"; readonly port: number; readonly checksum: "none" | "full" | "remote" }
  | { readonly type: "gre"; readonly checksum: "none" | "full" };

export interface IpvsDestination {
  readonly address: string;
  readonly port: number;
  readonly forward: IpvsForward;
  readonly weight: number;
  readonly upperThreshold: number;
  readonly lowerThreshold: number;
  /** Of `forward` 2; IP in IP when absent. */
  readonly tunnel?: IpvsTunnel;
}

/** Counters as the kernel has them; connections and packets since the destination was added. */
export interface IpvsStats {
  readonly connections: bigint;
  readonly inPackets: bigint;
  readonly outPackets: bigint;
  readonly inBytes: bigint;
  readonly outBytes: bigint;
}

export interface IpvsDestinationEntry extends IpvsDestination {
  readonly activeConnections: number;
  readonly inactiveConnections: number;
  readonly persistentConnections: number;
  readonly stats: IpvsStats;
}

export interface IpvsServiceEntry extends IpvsService {
  readonly stats: IpvsStats;
  readonly destinations: readonly IpvsDestinationEntry[];
}

export type IpvsCommand =
  | { readonly type: "add-service" | "edit-service"; readonly service: IpvsService }
  | { readonly type: "delete-service"; readonly key: IpvsServiceKey }
  | {
      readonly type: "add-destination" | "edit-destination";
      readonly key: IpvsServiceKey;
      readonly destination: IpvsDestination;
    }
  | {
      readonly type: "delete-destination";
      readonly key: IpvsServiceKey;
      readonly destination: Pick<IpvsDestination, "address" | "port">;
    };

/** A daemon that tells other directors of connections, or hears of theirs. */
export interface IpvsDaemon {
  readonly state: "master" | "backup";
  readonly interface: string;
  /** Tells several pairs of directors on one network apart. */
  readonly id: number;
  /** Bytes of a message at most. */
  readonly maxlen?: number;
  /** Multicast group. */
  readonly group?: string;
  /** UDP port. */
  readonly port?: number;
  readonly ttl?: number;
}

/** Seconds after which an idle connection is forgotten. */
export interface IpvsTimeouts {
  readonly tcp: number;
  readonly tcpfin: number;
  readonly udp: number;
}
