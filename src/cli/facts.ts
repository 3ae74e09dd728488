import { resolve } from "node:path";
import { formatFacts } from "../config/facts.ts";
import { hostFacts } from "./host-facts.ts";
import { load } from "./load.ts";
import { EXIT, stderr, stdout } from "./output.ts";

export interface FactsOptions {
  readonly configId?: string;
  readonly root?: string;
}

/** `holdfast facts`: what checks need to know of this machine; without a configuration that can be read, no scripts. */
export function facts(file: string, options: FactsOptions): number {
  const { exitCode, ...compiled } = load(file, options);
  if (exitCode === EXIT.usage) {
    stderr.write(`${file} cannot be read: the facts are without its scripts\n`);
  }
  stdout.write(formatFacts(hostFacts(compiled, options.root && resolve(options.root))));
  return EXIT.ok;
}
