import type { Checker } from "./check-loop.ts";
import type { CheckEffect, CheckEvent } from "./contract.ts";

export interface FileCheckOptions {
  /** The server as logs name it. */
  readonly service: string;
  /** The name of the track_file. */
  readonly file: string;
  readonly weight: number;
  readonly reverse: boolean;
  /** The number that the file holds now. */
  readonly value: number;
}

const GREATEST = 2_147_483_647;

/** What a number comes to: how much more a server weighs, or that it is down. */
type Opinion = { readonly up: boolean; readonly change: number };

/** With weight 0 any number but 0 is a fault, and 0 in reverse; with others the product counts, unless it is too small. */
function opinionOf({ weight, reverse }: FileCheckOptions, value: number): Opinion {
  if (weight === 0) return { up: (value === 0) !== reverse, change: 0 };
  const product = value * weight * (reverse ? -1 : 1);
  if (product < -GREATEST) return { up: false, change: 0 };
  return { up: true, change: Math.min(product, GREATEST) };
}

/** FILE_CHECK: the number in a file, which is known from the start, changes what a server weighs or takes it down. */
export class FileCheck implements Checker {
  up: boolean;
  readonly hasRun = true;
  readonly failures = 0;
  weightChange: number;
  readonly #options: FileCheckOptions;

  constructor(options: FileCheckOptions) {
    this.#options = options;
    const { up, change } = opinionOf(options, options.value);
    this.up = up;
    this.weightChange = change;
  }

  deadline(): undefined {
    return undefined;
  }

  handle(event: CheckEvent): CheckEffect[] {
    if (event.type !== "number") return [];
    const { up, change } = opinionOf(this.#options, event.value);
    const [wasUp, before] = [this.up, this.weightChange];
    this.up = up;
    this.weightChange = change;
    if (up === wasUp) return change === before ? [] : [{ type: "weight" }];
    const { service, file } = this.#options;
    const message = `(${service}): tracked file ${file} ${up ? "leaving" : "now"} FAULT state`;
    return [
      { type: "log", level: up ? "info" : "warn", message },
      { type: "verdict", up, reason: message },
    ];
  }
}
