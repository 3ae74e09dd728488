import type { ClockPort } from "../kernel/ports.ts";

/** A clock that tells by how many microseconds each of its alarms came late. */
export function watchfulClock(clock: ClockPort, late: (delay: number) => void): ClockPort {
  let due: number | undefined;
  return {
    now: () => clock.now(),
    alarm(at) {
      due = at;
      clock.alarm(at);
    },
    onAlarm(callback) {
      clock.onAlarm(() => {
        if (due !== undefined) late(clock.now() - due);
        due = undefined;
        callback();
      });
    },
  };
}
