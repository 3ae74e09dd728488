import { constants } from "node:os";
import { lastRealTimeSignal, realTimeSignal } from "../../native/signals.ts";

/** What keepalived's `--signum` knows, by its names there. */
export type SignalName = "STOP" | "RELOAD" | "DATA" | "STATS" | "STATS_CLEAR" | "JSON";

/** The numbers of the signals that the parent takes, as keepalived 2.4.3's. */
export function signalNumbers(): Readonly<Record<SignalName, number>> {
  const { SIGTERM, SIGHUP, SIGUSR1, SIGUSR2 } = constants.signals;
  return {
    STOP: SIGTERM,
    RELOAD: SIGHUP,
    DATA: SIGUSR1,
    STATS: SIGUSR2,
    STATS_CLEAR: lastRealTimeSignal() - 1,
    JSON: realTimeSignal(2),
  };
}
