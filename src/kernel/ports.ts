import type { IpvsCommand, IpvsDaemon, IpvsServiceEntry, IpvsTimeouts } from "../wire/ipvs-types.ts";
import type { FirewallCommand, FirewallElement, FirewallTable } from "../wire/nftables-types.ts";
import type { AddressMessage } from "../wire/rtnetlink-address.ts";
import type { LinkMessage } from "../wire/rtnetlink-link.ts";
import type { LinkChange, NewLink } from "../wire/rtnetlink-link-change.ts";
import type { RouteMessage } from "../wire/rtnetlink-route.ts";
import type { RuleMessage } from "../wire/rtnetlink-rule.ts";

/**
 * What the daemon needs of a kernel, by subject. Calls are synchronous (each is a system call or a short exchange on
 * a netlink socket); only monitors and sockets call back. `linux/` and `memory/` pass one contract suite.
 */
export interface Kernel {
  readonly links: LinkPort;
  readonly addresses: AddressPort;
  readonly routes: RoutePort;
  readonly rules: RulePort;
  readonly ipvs: IpvsPort;
  readonly packets: PacketPort;
  readonly streams: StreamPort;
  readonly tls: TlsPort;
  readonly datagrams: DatagramPort;
  readonly clock: ClockPort;
  readonly sysctl: SysctlPort;
  readonly firewall: FirewallPort;
  readonly files: FilePort;
  readonly processes: ProcessPort;
  readonly linkbeat: LinkbeatPort;
  /** Releases every socket and monitor. Idempotent. Changes nothing that was configured. */
  close(): void;
}

/** A refusal by the kernel: errno by name and number, and the operation in words. */
export class KernelError extends Error {
  readonly errno: number;
  readonly code: string;

  constructor(operation: string, errno: number, code: string) {
    super(`${operation}: ${code}`);
    this.name = "KernelError";
    this.errno = errno;
    this.code = code;
  }
}

/** Room for what a socket has not read yet. */
export interface ReceiveBuffer {
  readonly bytes: number;
  /** Even above the limit of the system (net.core.rmem_max). */
  readonly force: boolean;
}

/** Receive buffers of netlink sockets; what suits most systems where absent. */
export interface NetlinkBuffers {
  /** Of sockets that ask and command. */
  readonly commands?: ReceiveBuffer;
  /** Of sockets that listen to changes. */
  readonly monitors?: ReceiveBuffer;
}

/** Something to be released once. close() is idempotent. */
export interface Closable {
  close(): void;
}

/** A network interface, as rtnetlink tells of it. */
export type Link = LinkMessage;

export type LinkEvent =
  | { readonly type: "link"; readonly link: Link }
  | { readonly type: "link-removed"; readonly index: number; readonly name: string };

export interface LinkPort {
  list(): Link[];
  get(name: string): Link | undefined;
  /**
   * Makes a link on top of another one; it begins down. Throws KernelError: EEXIST for a name that is taken, ENODEV when
   * the base is gone, EOPNOTSUPP when the kernel does not know the kind.
   */
  create(link: NewLink): void;
  /** Throws KernelError ENODEV. */
  delete(index: number): void;
  /** Throws KernelError ENODEV. */
  set(index: number, change: LinkChange): void;
  /** Calls back on every change of a link, in the order the kernel reports them. */
  monitor(callback: (event: LinkEvent) => void): Closable;
}

/** An address of an interface, as rtnetlink tells of it. */
export type InterfaceAddress = AddressMessage;

export type AddressEvent = {
  readonly type: "address" | "address-removed";
  readonly address: InterfaceAddress;
};

export interface AddressPort {
  list(): InterfaceAddress[];
  /** Throws KernelError: EEXIST when it is there already, ENODEV when the interface is gone. */
  add(address: InterfaceAddress): void;
  /** Throws KernelError: EADDRNOTAVAIL when it is not there. */
  delete(address: InterfaceAddress): void;
  monitor(callback: (event: AddressEvent) => void): Closable;
}

/** A route, as rtnetlink tells of it. */
export type Route = RouteMessage;

/** `lost`: there were too many to keep up with; what is there has to be listed. */
export type RouteEvent =
  | { readonly type: "route" | "route-removed"; readonly route: Route }
  | { readonly type: "lost" };

/**
 * Where a route goes among those of the same destination, table and metric, in the words of `ip route`: alone, in
 * front of them, behind them, instead of the first.
 */
export type RoutePlacement = "add" | "prepend" | "append" | "replace";

export interface RoutePort {
  /** The routes of all tables, both families; of one protocol only where it is given. */
  list(protocol?: number): Route[];
  /**
   * Throws KernelError: EEXIST when it is there already, ENODEV and ENETDOWN for its interface, ENETUNREACH (IPv4) and
   * EHOSTUNREACH (IPv6) for a gateway that is nobody's neighbour.
   */
  add(route: Route, placement: RoutePlacement): void;
  /** Deletes the first that has all that is given. Throws KernelError: ESRCH when there is none. */
  delete(route: Route): void;
  /**
   * Tells of routes of one protocol. The kernel is silent about the IPv4 routes that go with an interface, or with its
   * being up.
   */
  monitor(protocol: number, callback: (event: RouteEvent) => void): Closable;
}

/** A routing rule, as rtnetlink tells of it. */
export type Rule = RuleMessage;

/** `lost`: there were too many to keep up with; what is there has to be listed. */
export type RuleEvent =
  | { readonly type: "rule" | "rule-removed"; readonly rule: Rule }
  | { readonly type: "lost" };

export interface RulePort {
  /** The rules of both families, in the order in which they are asked. */
  list(): Rule[];
  /** Throws KernelError: EEXIST when it is there already, EINVAL for one that leads back. */
  add(rule: Rule): void;
  /** Throws KernelError: ENOENT when it is not there. */
  delete(rule: Rule): void;
  /** Tells of rules of one protocol. */
  monitor(protocol: number, callback: (event: RuleEvent) => void): Closable;
}

export interface IpvsPort {
  /** Throws KernelError ENOPROTOOPT or ENOENT when the kernel has no IPVS. */
  list(): IpvsServiceEntry[];
  /** Carries out commands in order, pipelined. One entry per command: undefined for success, the refusal otherwise. */
  apply(commands: readonly IpvsCommand[]): (KernelError | undefined)[];
  flush(): void;
  /** The synchronisation daemons that run: one of each state at most. */
  daemons(): IpvsDaemon[];
  /** Throws KernelError: EEXIST when one of its state runs, ENODEV without its interface. */
  startDaemon(daemon: IpvsDaemon): void;
  /** Throws KernelError ESRCH when none of its state runs. */
  stopDaemon(daemon: IpvsDaemon): void;
  timeouts(): IpvsTimeouts;
  /** Those that are not given stay as they are. */
  setTimeouts(timeouts: Partial<IpvsTimeouts>): void;
}

export interface VrrpSocketOptions {
  readonly family: 4 | 6;
  readonly ifindex: number;
  readonly interfaceName: string;
  /** Multicast group to join and send to; absent for unicast. */
  readonly group?: string;
  /** IP protocol: VRRP (112) when absent, or AH (51). */
  readonly protocol?: number;
  /** Address to bind to: the source of what an IPv6 socket sends, and what unicast packets have to be for. */
  readonly source?: string;
  /** Hop limit of unicast packets of IPv6; 255 when absent. IPv4 packets carry their own. */
  readonly hops?: number;
}

/** A packet to be sent by a raw socket. */
export interface OutgoingPacket {
  /**
   * IPv4: from the IP header on; the kernel sets the header's checksum, and its identification where that is 0.
   * IPv6: what follows the IP header.
   */
  readonly data: Uint8Array;
  readonly destination: string;
}

export interface ReceivedPacket {
  /** IPv4: from the IP header on. IPv6: what follows it. Valid only during the callback. */
  readonly data: Uint8Array;
  readonly source: string;
  readonly destination: string;
  /** TTL or hop limit. */
  readonly hops: number;
  readonly ifindex: number;
  /** How long it has waited to be read, microseconds; absent where nothing waits. */
  readonly age?: number;
}

export interface VrrpSocket extends Closable {
  /**
   * Sends packets in order, in as few system calls as it takes. What is refused does not keep the others; the first
   * refusal is thrown as KernelError at the end.
   */
  send(packets: readonly OutgoingPacket[]): void;
  onPacket(callback: (packet: ReceivedPacket) => void): void;
  /** Memory for what was not read yet, bytes; beyond the system's limit where we may. Throws KernelError. */
  setReceiveBuffer(bytes: number): void;
}

export interface PacketPort {
  /** One raw socket on one interface: no loopback of own multicast, hop limit 255 unless told otherwise, close-on-exec. */
  openVrrp(options: VrrpSocketOptions): VrrpSocket;
  /** Sends complete link-layer frames (Ethernet header included) out of an interface, in order. */
  sendFrames(ifindex: number, frames: readonly Uint8Array[]): void;
}

/** What a checker's connection is made of. Everything is set on the socket before connect. */
export interface StreamTarget {
  readonly address: string;
  readonly port: number;
  readonly bindAddress?: string;
  readonly bindPort?: number;
  /** Interface name: SO_BINDTODEVICE. */
  readonly bindInterface?: string;
  readonly fwmark?: number;
}

export type StreamEvent =
  | { readonly type: "connected" }
  /** Bytes are valid only during the callback. */
  | { readonly type: "data"; readonly bytes: Uint8Array }
  /** The peer finished sending. */
  | { readonly type: "ended" }
  | { readonly type: "failed"; readonly error: KernelError };

export interface StreamConnection extends Closable {
  /** Queues bytes; sends as the socket takes them. */
  send(bytes: Uint8Array): void;
}

export interface StreamPort {
  /** Starts a non-blocking connect. Never throws: a refusal at once arrives as a `failed` event, later. */
  connect(target: StreamTarget, callback: (event: StreamEvent) => void): StreamConnection;
}

/** What a TLS client shows of itself and trusts: names of PEM files, and the password of the key. */
export interface TlsCredentials {
  /** Its certificate, perhaps followed by those of the chain. */
  readonly certificate?: string;
  readonly key?: string;
  /** Certificates that complete the chain that is shown. */
  readonly ca?: string;
  readonly password?: string;
}

export interface TlsTarget extends StreamTarget {
  /** Server name indication (RFC 6066 §3); none unless given, or for an address. */
  readonly serverName?: string;
  /** Send close_notify before the connection is closed (RFC 8446 §6.1). */
  readonly closeNotify?: boolean;
}

/** TLS connections with the same credentials. */
export interface TlsClient {
  /**
   * A stream below TLS: `connected` once the handshake is done, then the plaintext; `ended` is close_notify. A handshake
   * that fails is EPROTO, and so are an end without close_notify (RFC 8446 §6.1) and whatever OpenSSL refuses. The
   * certificate of the server is not verified. Never throws.
   */
  connect(target: TlsTarget, callback: (event: StreamEvent) => void): StreamConnection;
}

export interface TlsPort {
  /**
   * Reads the files, once. Throws KernelError that names the file: `code` is the errno, or what is wrong with what is in
   * it.
   */
  client(credentials: TlsCredentials): TlsClient;
}

/** Where datagrams of one conversation go. With `icmp` the port does not count. */
export interface DatagramTarget extends StreamTarget {
  readonly protocol: "udp" | "icmp";
}

export interface DatagramPort {
  /**
   * A connected datagram socket, told of like a stream: `connected` once, later; `data` for each datagram, and with
   * `icmp` for each echo reply of the target, whoever asked for it, from the ICMP header on; `failed` for a refusal, at once or by an ICMP error; never `ended`. What is sent is one datagram (for ICMPv6 the
   * kernel fills the checksum in). Never throws.
   */
  connect(target: DatagramTarget, callback: (event: StreamEvent) => void): StreamConnection;
}

/** Small text files. */
export interface FilePort {
  /** The beginning of a regular file, up to 4096 bytes; undefined when there is none or it cannot be read. */
  read(path: string): string | undefined;
  /** Makes the file, or replaces what it has. Throws KernelError. */
  write(path: string, text: string): void;
  /**
   * Calls back whenever what is found at an absolute path may be something else: it was written, made, moved or deleted,
   * or the directory was. There need not be a file, nor a directory.
   */
  watch(path: string, callback: () => void): Closable;
}

/** Events of processes; those of threads are left out. */
export type ProcessEvent =
  | { readonly type: "fork"; readonly parent: number; readonly child: number }
  /** It runs another program. */
  | { readonly type: "exec"; readonly pid: number }
  | { readonly type: "name"; readonly pid: number; readonly name: string }
  | { readonly type: "exit"; readonly pid: number }
  /** There were too many to keep up with; what runs has to be listed. */
  | { readonly type: "lost" };

export interface ProcessMonitorOptions {
  /** Memory for events that were not read yet, bytes; the system's default when absent. */
  readonly receiveBuffer?: number;
  /** Beyond the system's limit, too. */
  readonly force?: boolean;
}

export interface ProcessPort {
  /** The processes that run, zombies left out. */
  list(): number[];
  /** `comm`: at most 15 bytes. Undefined when there is no such process. */
  name(pid: number): string | undefined;
  /** The command line in words; undefined when there is no such process. */
  command(pid: number): readonly string[] | undefined;
  /** Throws KernelError: ECONNREFUSED and EPERM where the kernel does not tell us, as in a container. */
  monitor(callback: (event: ProcessEvent) => void, options?: ProcessMonitorOptions): Closable;
}

/** How the driver of an interface is asked for its link: a transceiver's status, ethtool, or the interface's flags. */
export type LinkbeatMethod = "MII" | "ETHTOOL" | "IOCTL";

export interface LinkbeatPort {
  /** Whether the interface is up and has a link; undefined where the driver does not know the method, or is gone. */
  ask(name: string, method: LinkbeatMethod): boolean | undefined;
}

export interface ClockPort {
  /** Monotonic microseconds. */
  now(): number;
  /** One alarm per clock: calls back once when monotonic time reaches `at`; re-arming replaces; undefined disarms. */
  alarm(at: number | undefined): void;
  onAlarm(callback: () => void): void;
}

/** Parameters of the network namespace: what stands below /proc/sys. */
export interface SysctlPort {
  /** `path` such as `net/ipv4/conf/eth0/arp_ignore`. The value without its line end; undefined when there is none. */
  read(path: string): string | undefined;
  /** Throws KernelError: ENOENT when there is none, EACCES or EROFS when we may not. */
  write(path: string, value: string): void;
}

/** nf_tables. */
export interface FirewallPort {
  /**
   * Carries out all commands in order, or none. Throws KernelError: ENOENT for something that is not there, EEXIST for
   * something that is there otherwise, EOPNOTSUPP when the kernel lacks nf_tables or a part of it.
   */
  apply(commands: readonly FirewallCommand[]): void;
  /** The tables of both families. */
  tables(): FirewallTable[];
  /** Throws KernelError ENOENT. */
  elements(table: FirewallTable, set: string): FirewallElement[];
}
