import { type Compiled, compile } from "../../src/config/compile.ts";
import type { Config } from "../../src/config/config.ts";
import { MemoryHost } from "../../src/source/memory-host.ts";

/** Compiles a text as `/x.conf`. */
export function compileText(text: string): Compiled {
  return compile(new MemoryHost({ "/x.conf": text }), "/x.conf");
}

/** A configuration without its origins: what it means, not where it was written. */
export function meaningOf(config: Config): unknown {
  return JSON.parse(JSON.stringify(config, (key, value) => (key === "$" ? undefined : value)));
}
