import { isEmpty } from "../plan/diff.ts";
import type { Plan } from "../plan/plan.ts";
import { renderText } from "../plan/render-text.ts";
import type { Usable } from "./load.ts";
import type { Log } from "./log/log.ts";

/** Longer plans are logged by their summary only, unless details are asked for. */
const LONGEST = 200;

/** Logs what a reload is about to do, in the words of `holdfast diff`. */
export function describePlan(plan: Plan, running: Usable, next: Usable, log: Log): void {
  if (isEmpty(plan)) {
    log.info("No changes");
    return;
  }
  const locate = {
    before: (origin: number) => running.sources.range(origin),
    after: (origin: number) => next.sources.range(origin),
  };
  const lines = renderText(plan, locate)
    .split("\n")
    .filter((line) => line !== "");
  const summary = lines.pop() ?? "";
  const say = lines.length > LONGEST ? log.debug : log.info;
  for (const line of lines) say(line);
  log.info(summary);
}
