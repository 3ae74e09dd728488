import { type Compiled, compile } from "../../src/config/compile.ts";
import { MemoryHost } from "../../src/source/memory-host.ts";

/** A configuration with the function that finds the places of its origins. */
export interface CompiledText extends Compiled {
  readonly locate: (origin: number) => ReturnType<Compiled["sources"]["range"]>;
}

/** Compiles a text as the file `name`; throws on what is reported as an error, so that tests mean what they say. */
export function compileText(text: string, name: string): CompiledText {
  const compiled = compile(new MemoryHost({ [name]: text }), name);
  const errors = compiled.diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0)
    throw new Error(errors.map(({ summary, subject }) => `${name}:${subject?.line}: ${summary}`).join("\n"));
  return { ...compiled, locate: (origin) => compiled.sources.range(origin) };
}
