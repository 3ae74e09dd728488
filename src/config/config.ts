/**
 * The types of a compiled configuration, for everyone behind the compiler: machines, plan and daemon import them from
 * here and never see a schema. They are inferred from the schema's rows.
 */
export type {
  Forwarding,
  ScriptCommand,
  ServerAddress,
  StatusRanges,
  TrackedInterface,
  TrackedScript,
  UnicastPeer,
  VirtualAddress,
} from "../schema/composite.ts";
export type { GlobalDefs } from "../schema/global-defs.ts";
export type { Config } from "../schema/root.ts";
export type { HttpGet, HttpUrl, RealServer, TcpCheck, VirtualServer } from "../schema/virtual-server.ts";
export type { VrrpInstance, VrrpScript, VrrpSyncGroup } from "../schema/vrrp.ts";
