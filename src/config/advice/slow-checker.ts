import { formatSeconds, type Micros } from "../../values/time.ts";
import { connectingCheckers } from "../checkers-of.ts";
import type { RealServer, VirtualServer } from "../config.ts";
import type { ReportFault } from "../faults.ts";
import { type Check, type Open, writtenAt } from "../open.ts";

type Block = Parameters<typeof writtenAt>[0];

/** The blocks around a checker. */
interface Around {
  readonly real: Open<RealServer>;
  readonly server: Open<VirtualServer>;
}

/** The innermost place where a keyword was written that checkers inherit; 0 when nowhere. */
function writtenIn(keyword: string, checker: Block, { real, server }: Around): number {
  const own = writtenAt(checker, keyword);
  return own === 0 ? writtenAt(real, keyword) || writtenAt(server, keyword) : own + (real.$.shift ?? 0);
}

interface Timing {
  readonly delay_loop: Micros;
  readonly connect_timeout: Micros;
  readonly retry?: number | undefined;
  readonly delay_before_retry?: Micros | undefined;
}

function isSlow({ connect_timeout: timeout, delay_loop: loop }: Timing): boolean {
  return timeout > loop;
}

function slowConnection(
  checker: Timing & Block,
  around: Around,
  said: Set<number>,
  report: ReportFault,
): void {
  const { connect_timeout: timeout, delay_loop: loop, retry = 1, delay_before_retry: pause = 0 } = checker;
  const origin = writtenIn("connect_timeout", checker, around);
  if (origin === 0 || said.has(origin)) return;
  said.add(origin);
  const longest = (retry + 1) * timeout + retry * pause;
  report(
    {
      code: "slow-check",
      severity: "warning",
      summary: `connect_timeout, ${formatSeconds(timeout)} s, is longer than delay_loop, ${formatSeconds(loop)} s`,
      detail: `One try of a server that does not answer takes longer than the time between checks; with ${retry} retries it is taken out after up to ${formatSeconds(longest)} s. Write a connect_timeout of at most delay_loop.`,
    },
    origin,
    [{ origin: writtenIn("delay_loop", checker, around), message: "the time between checks" }],
  );
}

function slowServer(around: Around, said: Set<number>, report: ReportFault): void {
  const { real } = around;
  for (const checker of connectingCheckers(real))
    if (isSlow(checker)) slowConnection(checker, around, said, report);
  for (const checker of real.MISC_CHECK) {
    const { misc_timeout: timeout, delay_loop: loop } = checker;
    if (timeout === undefined || timeout <= loop || writtenAt(checker, "misc_timeout") === 0) continue;
    report(
      {
        code: "slow-check",
        severity: "warning",
        summary: `misc_timeout, ${formatSeconds(timeout)} s, is longer than delay_loop, ${formatSeconds(loop)} s`,
        detail: `A program that hangs keeps a dead server in the pool that long, and no other check runs meanwhile. Write a misc_timeout of at most delay_loop.`,
      },
      writtenIn("misc_timeout", checker, around),
      [{ origin: writtenIn("delay_loop", checker, around), message: "the time between checks" }],
    );
  }
}

/** `slow-check` of checkers: one try takes longer than the time between checks. */
export const slowChecker: Check = (config, report) => {
  const said = new Set<number>();
  for (const server of config.virtual_server) {
    for (const real of server.real_server) slowServer({ real, server }, said, report);
  }
};
