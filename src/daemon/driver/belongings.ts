import type { Claims } from "../../core/vrrp/claims.ts";
import type { VirtualLink } from "../../core/vrrp/virtual-link.ts";
import type { IpvsServiceKey, IpvsTimeouts } from "../../wire/ipvs-types.ts";
import type { SyncDaemonSettings } from "./sync-daemon.ts";

/** What VRRP may have in the kernel under a configuration, whoever is master, and what it changed there. */
export interface VrrpBelongings extends Claims {
  readonly links: readonly VirtualLink[];
  /** Tables of nf_tables. */
  readonly tables: readonly string[];
  /** Kernel parameters by path, with what they were before. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Of the synchronisation daemon of IPVS that follows an instance. */
  readonly syncDaemon?: SyncDaemonSettings;
}

/** What the checkers have in IPVS. */
export interface LvsBelongings {
  /** The file of the network namespace that IPVS is in, where it is not the daemon's own. */
  readonly namespace?: string;
  readonly services: readonly IpvsServiceKey[];
  /** The table of nf_tables that marks packets for some of them. */
  readonly table?: string;
  /** What the timeouts of IPVS were, where they were changed. */
  readonly timeouts?: IpvsTimeouts;
  /** Of synchronisation daemons that follow no instance. */
  readonly syncDaemon?: SyncDaemonSettings;
}
