import type { RealServer, ScriptCommand, VirtualServer } from "../../config/config.ts";
import type { Change } from "../../plan/plan.ts";
import type { IpvsCommand, IpvsServiceEntry } from "../../wire/ipvs-types.ts";
import type { FirewallCommand } from "../../wire/nftables-types.ts";
import type { CheckTarget } from "../checker/contract.ts";

/** Names one checker of the director: stable while its real server lives and the checker is unchanged. */
export type CheckerId = string;

/**
 * Events of the LVS director: one machine that holds every virtual server, real server and checker. It owns quorum,
 * sorry servers, weights, and feeds its checkers; the driver only sees connections, commands and scripts.
 */
export type LvsEvent =
  /**
   * The checkers' changes of a plan, in order; `present` is what the kernel's table holds before, where it could be listed.
   * `isStop`: they are some of those of a stop, and more are to follow; all of them at once need not say so.
   */
  | {
      readonly type: "apply";
      readonly changes: readonly Change[];
      readonly present?: readonly IpvsServiceEntry[];
      readonly isStop?: true;
    }
  /** What the kernel's table holds: the answer to `compare`. */
  | { readonly type: "listed"; readonly present: readonly IpvsServiceEntry[] }
  /** The kernel has not carried out these commands; the others of their batch it has. */
  | { readonly type: "refused"; readonly refusals: readonly Refusal[] }
  /** The addresses of this machine, all of them; told before anything that depends on them. */
  | { readonly type: "addresses"; readonly present: readonly string[] }
  /** One has come, or has gone from its last interface. */
  | { readonly type: "address"; readonly address: string; readonly present: boolean }
  /** The commands of a `firewall` were refused, all of them. */
  | { readonly type: "firewall-refused" }
  | { readonly type: "timer" }
  /** The number in a track file that FILE_CHECKs name, before the plan that needs it and whenever it may be another. */
  | { readonly type: "file-value"; readonly file: string; readonly value: number | undefined }
  /** Whether a BFD session is up: told of each that runs at the start, and of every change. */
  | { readonly type: "bfd"; readonly name: string; readonly up: boolean }
  | { readonly type: "connected"; readonly checker: CheckerId }
  | { readonly type: "data"; readonly checker: CheckerId; readonly bytes: Uint8Array }
  | { readonly type: "ended"; readonly checker: CheckerId }
  | { readonly type: "failed"; readonly checker: CheckerId; readonly error: string }
  | {
      readonly type: "exited";
      readonly checker: CheckerId;
      readonly status: number | undefined;
      readonly how: string;
    };

export type LvsEffect =
  /** Carried out in order, all ipvs effects of one handle() call pipelined together. The driver answers with `refused`. */
  | { readonly type: "ipvs"; readonly command: IpvsCommand }
  /** Changes of nf_tables, as one transaction; the driver answers with `firewall-refused` when it is refused. */
  | { readonly type: "firewall"; readonly commands: readonly FirewallCommand[] }
  /** Lists the kernel's table; the driver answers with `listed`. */
  | { readonly type: "compare" }
  | { readonly type: "connect"; readonly checker: CheckerId; readonly target: CheckTarget }
  | { readonly type: "send"; readonly checker: CheckerId; readonly bytes: Uint8Array }
  /** Runs a checker's program; the driver answers with `exited`. */
  | {
      readonly type: "run-check";
      readonly checker: CheckerId;
      readonly command: ScriptCommand;
      readonly timeout: number;
    }
  /** Ends the checker's connection, or its run. */
  | { readonly type: "close"; readonly checker: CheckerId }
  /** Runs a script; those of one `key` run one after the other. */
  | { readonly type: "run-script"; readonly key: string; readonly command: ScriptCommand }
  /** A line for the notify FIFOs. */
  | { readonly type: "fifo-line"; readonly line: string }
  /** A mail, if the block it is about, or global_defs, wants any. */
  | {
      readonly type: "alert";
      readonly of: "virtual_server" | "real_server";
      readonly block: Pick<VirtualServer | RealServer, "smtp_alert" | "$">;
      readonly subject: string;
      readonly body: string;
      /** A checker has changed its mind, the server has not: not with no_checker_emails. */
      readonly checkerOnly: boolean;
    }
  | {
      readonly type: "log";
      readonly level: "info" | "warn" | "error";
      readonly message: string;
      /** Origin of the statement in the configuration that it is about. */
      readonly at?: number;
    };

/** A command that the kernel has not carried out, and why. */
export interface Refusal {
  readonly command: IpvsCommand;
  readonly errno: number;
  /** The errno by name. */
  readonly code: string;
}
