import type { Change } from "../plan/plan.ts";

/** What a child process does for a living. */
export interface Subsystem {
  /** Carries out the first plan. Throws KernelError when this machine cannot do what it needs. */
  start(changes: readonly Change[]): void;
  apply(changes: readonly Change[]): void;
  stop(changes: readonly Change[]): void;
}
