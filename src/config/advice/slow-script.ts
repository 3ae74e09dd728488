import { formatSeconds } from "../../values/time.ts";
import { type Check, writtenAt } from "../open.ts";

/** `slow-check` of scripts: one that hangs is waited for longer than until its next start. */
export const slowScript: Check = (config, report) => {
  for (const script of config.vrrp_script) {
    const { name, interval, timeout = interval } = script;
    const origin = writtenAt(script, "timeout");
    if (origin === 0 || timeout <= interval) continue;
    report(
      {
        code: "slow-check",
        severity: "warning",
        summary: `the timeout of ${name}, ${formatSeconds(timeout)} s, is longer than its interval, ${formatSeconds(interval)} s`,
        detail: `Starts that come due while it still runs are left out: a script that hangs counts as failed after ${formatSeconds(timeout)} s, and ${script.fall} such failures in a row are needed. Write a timeout of at most the interval.`,
      },
      origin,
      [{ origin: writtenAt(script, "interval"), message: "the interval" }],
    );
  }
};
