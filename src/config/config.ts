/**
 * The types of a compiled configuration, for everyone behind the compiler: machines, plan and daemon import them from
 * here and never see a schema. They are inferred from the schema's rows.
 */

export type { BfdInstance } from "../schema/bfd.ts";
export type {
  BfdCheck,
  DnsCheck,
  FileCheck,
  MiscCheck,
  PingCheck,
  SmtpCheck,
  TcpCheck,
  UdpCheck,
} from "../schema/checkers.ts";
export type { HttpGet, HttpUrl, SslGet } from "../schema/checkers-http.ts";
export type {
  InitialValue,
  LinkbeatInterface,
  ScriptCommand,
  ServerAddress,
  StatusRanges,
  TrackedInterface,
  TrackedObject,
  TrackedScript,
  UnicastPeer,
  UpDownDelay,
  VirtualAddress,
} from "../schema/composite.ts";
export type {
  Forwarding,
  ForwardingMethod,
  GroupEntry,
  Tunnel,
} from "../schema/composite-lvs.ts";
export type { GarpGroup } from "../schema/garp-group.ts";
export type { GlobalDefs } from "../schema/global-defs.ts";
export type { Route } from "../schema/kinds-route.ts";
export type { Rule } from "../schema/kinds-rule.ts";
export type { Config } from "../schema/root.ts";
export type { Ssl } from "../schema/ssl.ts";
export type { TrackFile, TrackGroup, TrackProcess } from "../schema/track.ts";
export type { RealServer, VirtualServer } from "../schema/virtual-server.ts";
export type { VirtualServerGroup } from "../schema/virtual-server-group.ts";
export type { VrrpInstance, VrrpScript, VrrpSyncGroup } from "../schema/vrrp.ts";
