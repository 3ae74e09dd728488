import type { Config } from "../config/config.ts";
import type { VrrpSnapshot } from "../core/vrrp/snapshot.ts";
import type { LogSettings } from "./log/log.ts";
import type { Alert, LocatedLine } from "./notify/outlets.ts";
import type { Parcel } from "./parcels.ts";

/** The processes below the parent that do the work. */
export type Role = "vrrp" | "checkers";

/** Which kernel a daemon works on: this machine's, or one in memory for demonstrations. */
export type KernelName = "linux" | "memory";

/** What a child is told once, and never changes. */
export interface ChildSettings {
  readonly kernel: KernelName;
  readonly log: LogSettings;
  /** Log each address that this machine gets or loses. */
  readonly logAddresses: boolean;
  /** Leave virtual addresses (vrrp) or the IPVS table (checkers) as they are on stop. */
  readonly keepOnStop: boolean;
  /** Where it writes down what is to be cleared up after a kill; absent where it has nothing in this machine's kernel. */
  readonly ledger?: string;
}

/**
 * From the parent, over the IPC channel. `config` is the child's own part, without the virtual servers, which have come
 * before. Plans are made where they are carried out: of tens of thousands of servers each would take longer to send.
 */
export type ToChild =
  /** Virtual servers of the configuration that comes next, some at a time. */
  | { readonly type: "services"; readonly parcel: Parcel }
  /** The configuration to start with. */
  | {
      readonly type: "start";
      readonly settings: ChildSettings;
      readonly config: Config;
      /** The notify FIFOs that it writes to, by path; the parent has made them. */
      readonly fifos: readonly string[];
    }
  /** The one to get to from there. */
  | { readonly type: "apply"; readonly config: Config; readonly fifos: readonly string[] }
  /** Whether a BFD session is up: of each that runs at the start, and after every change. */
  | { readonly type: "bfd"; readonly name: string; readonly up: boolean }
  /** Asks for a `report`. `clear`: and sets its statistics to zero. */
  | { readonly type: "report"; readonly clear: boolean }
  /** The child carries out the plan to the empty configuration, and ends. */
  | { readonly type: "stop" };

/** To the parent. */
export type FromChild =
  /** The start plan, or a later one, is carried out. */
  | { readonly type: "applied" }
  /** It cannot work, and would not if it were started again. It ends after this. */
  | { readonly type: "fatal"; readonly reason: string }
  /** What becomes of its instances, asked for by the parent; nothing, where the child has none. */
  | { readonly type: "report"; readonly vrrp?: VrrpSnapshot }
  /** A mail to be sent. */
  | { readonly type: "alert"; readonly alert: Alert }
  /** A line for the log. */
  | { readonly type: "located"; readonly line: LocatedLine };
