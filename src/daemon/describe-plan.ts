import type { Plan } from "../plan/plan.ts";
import { planLines, summaryLine } from "../plan/render-text.ts";
import type { Usable } from "./load.ts";
import type { Log } from "./log/log.ts";

/** Changes of a plan that is logged whole, and of one that is when details are asked for. */
const SHORT = 50;
/** Of tens of thousands the lines would take longer than carrying them out: `holdfast diff` has them. */
const LONG = 1_000;

/** Logs the differences that a reload is about to carry out, in the words of `holdfast diff`; of many the summary. */
export function describePlan(plan: Plan, running: Usable, next: Usable, log: Log): void {
  const count = plan.changes.length;
  if (count === 0) {
    log.info("No changes");
    return;
  }
  const locate = {
    before: (origin: number) => running.sources.range(origin),
    after: (origin: number) => next.sources.range(origin),
  };
  const say = count <= SHORT ? log.info : log.debug;
  if (count <= LONG) for (const line of planLines(plan, locate)) say(line);
  log.info(summaryLine(plan));
}
