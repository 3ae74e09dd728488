import type { Machine } from "../../core/machine.ts";
import type { ClockPort } from "../../kernel/ports.ts";

/**
 * Drives one machine: gives it events one at a time, has its effects carried out in order, and keeps the clock's alarm
 * at its deadline. An event that arrives while effects are carried out waits until they all are.
 */
export class MachineLoop<Event, Effect> {
  readonly #machine: Machine<Event, Effect>;
  readonly #clock: ClockPort;
  readonly #carryOut: (effects: readonly Effect[]) => void;
  readonly #grain: number;
  readonly #waiting: Event[] = [];
  /** How old each of them was. */
  readonly #ages: number[] = [];
  /** What the clock's alarm is set to, while it has not gone off. */
  #armed: number | undefined;
  #busy = false;
  #stopped = false;

  /**
   * `timer` is the event that a deadline stands for. Takes over the clock's alarm. Deadlines are kept up to `grain`
   * microseconds late, so that many close to each other are one alarm.
   */
  constructor(
    machine: Machine<Event, Effect>,
    clock: ClockPort,
    timer: Event,
    carryOut: (effects: readonly Effect[]) => void,
    grain = 1,
  ) {
    this.#grain = grain;
    this.#machine = machine;
    this.#clock = clock;
    this.#carryOut = carryOut;
    clock.onAlarm(() => {
      this.#armed = undefined;
      this.feed(timer);
    });
  }

  /** Whether an event fed now would wait; what is only valid during a callback must be copied then. */
  get busy(): boolean {
    return this.#busy;
  }

  /**
   * `age`: how long ago it happened, microseconds. To the machine it is then: a master down timer that starts when an
   * advert is read runs out late. Does nothing after stop().
   */
  feed(event: Event, age = 0): void {
    if (this.#stopped) return;
    this.#waiting.push(event);
    this.#ages.push(age);
    if (!this.#busy) this.#work();
  }

  /**
   * Gives it events one after the other as they are made, and has the effects of all of them carried out at the end.
   * Not to be called while effects are carried out.
   */
  feedTogether(events: Iterable<Event>): void {
    if (this.#stopped) return;
    this.#work(() => {
      const effects: Effect[] = [];
      for (const event of events)
        for (const effect of this.#machine.handle(event, this.#clock.now())) effects.push(effect);
      this.#carryOut(effects);
    });
  }

  /** Handles what is waiting, after what is to be done first. */
  #work(first?: () => void): void {
    this.#busy = true;
    try {
      first?.();
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
        this.#carryOut(this.#machine.handle(next, this.#clock.now() - (this.#ages.shift() ?? 0)));
      }
    } finally {
      this.#busy = false;
    }
    const deadline = this.#machine.deadline();
    this.#arm(deadline === undefined ? undefined : Math.ceil(deadline / this.#grain) * this.#grain);
  }

  /** Most events leave the earliest deadline where it is: a system call each would be most of their cost. */
  #arm(deadline: number | undefined): void {
    if (deadline === this.#armed) return;
    this.#armed = deadline;
    this.#clock.alarm(deadline);
  }

  /** Nothing more reaches the machine: no deadline, and none of what is still under way. */
  stop(): void {
    this.#stopped = true;
    this.#clock.alarm(undefined);
  }
}
