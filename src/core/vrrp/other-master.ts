import type { Micros } from "../../values/time.ts";
import { milliseconds } from "./timing.ts";

/** What an instance knows of the router that is master in its place, to say why it takes over. */
export class OtherMaster {
  #source: string | undefined;
  #heardAt: Micros | undefined;
  #opening: string | undefined;

  /** Where its adverts come from; undefined until one was heard. */
  get source(): string | undefined {
    return this.#source;
  }

  /** An advert came, which says that it is there and fit for it. */
  heard(source: string, now: Micros): void {
    this.#source = source;
    this.#heardAt = now;
    this.#opening = undefined;
  }

  /** Its last advert lets it be replaced: it resigned, or its priority is lower. */
  opens(why: string): void {
    this.#opening = why;
  }

  /** From now on its silence counts. `known`: an advert was just what made it the master. */
  expect(known: boolean): void {
    this.#opening = undefined;
    if (!known) this.#heardAt = undefined;
  }

  /** Why it is taken to be down. */
  silence(now: Micros): string {
    if (this.#opening !== undefined) return this.#opening;
    if (this.#heardAt === undefined) return "no advert was heard";
    return `no advert from ${this.#source} for ${milliseconds(now - this.#heardAt)}`;
  }
}
