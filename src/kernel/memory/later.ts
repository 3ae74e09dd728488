import type { Micros } from "../../values/time.ts";

/** Runs something `delay` microseconds from now. */
export type Later = (delay: Micros, callback: () => void) => void;
