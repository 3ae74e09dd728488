import type { Config } from "../config/config.ts";
import type { VrrpSnapshot } from "../core/vrrp/snapshot.ts";
import type { Change } from "../plan/plan.ts";

/** What a child process does for a living. */
export interface Subsystem {
  /** Takes over what the configuration says of news. Before the plan that leads to it. */
  configure(config: Config): void;
  /** Carries out the first plan. Throws KernelError when this machine cannot do what it needs. */
  start(changes: Iterable<Change>): void;
  apply(changes: Iterable<Change>): void;
  /** Carries out the plan to nothing. */
  stop(changes: Iterable<Change>): void;
  /** A BFD session is up, or down. */
  session?(name: string, up: boolean): void;
  /** State and statistics for an operator, where there are any; `clear` sets statistics to zero then. */
  report?(clear: boolean): VrrpSnapshot;
}
