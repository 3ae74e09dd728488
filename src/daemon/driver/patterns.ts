import type { PatternCompiler } from "../../core/checker/pattern.ts";
import { compilePattern, type RunnablePattern } from "../../kernel/linux/patterns.ts";
import type { Log } from "../log/log.ts";

/**
 * Compiles regular expressions, each once for all that share it while one of them is there, and logs why one cannot be
 * run. Its checks go without it then, as with a keepalived that was built without them.
 */
export function createPatternCompiler(log: Log): PatternCompiler {
  const shared = new Map<string, WeakRef<RunnablePattern>>();
  const said = new Set<string>();
  const say = (message: string) => {
    if (!said.has(message)) log.error(message);
    said.add(message);
  };
  return ({ source, options, stack }) => {
    const key = JSON.stringify([source, options, stack]);
    const known = shared.get(key)?.deref();
    if (known) return known;
    const compiled = compilePattern(source, options, stack);
    if (!("type" in compiled)) {
      shared.set(key, new WeakRef(compiled));
      return compiled;
    }
    if (compiled.type === "no-library")
      say(`Regular expressions are not looked for, there is no PCRE2: ${compiled.text}`);
    else
      say(`Invalid regex: '${source}' at offset ${compiled.offset}: ${compiled.text}; it is not looked for`);
    return undefined;
  };
}
