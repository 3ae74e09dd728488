import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { Script } from "node:vm";

/** A module's text is one function with the parameters that CommonJS gives: scripts/build-bundle.mjs wraps it so. */
type ModuleFunction = (
  exports: unknown,
  require: (id: string) => unknown,
  module: { readonly exports: unknown },
  filename: string,
  directory: string,
) => void;

/** A loaded module and the script that its code can be cached from. */
interface LoadedModule {
  exports: unknown;
  readonly script: Script;
}

/**
 * Where the compiled code of a module is kept, made at build time and never here. V8 refuses what another version of it,
 * or one with other options, has compiled, but not what another kind of processor has; so both are in the name.
 */
export function cacheOf(file: string): string {
  return join(dirname(file), `cache-${process.version}-${process.arch}`, basename(file));
}

/** Undefined when there is none: the module is compiled then. */
function readCache(file: string): Buffer | undefined {
  try {
    return readFileSync(cacheOf(file));
  } catch {
    return undefined;
  }
}

/**
 * Runs a program of bundled CommonJS modules with the code that V8 compiled when the bundle was made: Node compiles
 * modules anew at every start, which takes longer than checking a short configuration. The modules are ASCII text.
 * Returns those that were loaded, by file; the map grows with those that the program loads later.
 */
export function loadProgram(main: string): ReadonlyMap<string, LoadedModule> {
  const modules = new Map<string, LoadedModule>();
  const builtin = createRequire(main);
  const load = (file: string): unknown => {
    const known = modules.get(file);
    if (known !== undefined) return known.exports;
    const cachedData = readCache(file);
    const script = new Script(readFileSync(file, "latin1"), {
      filename: file,
      ...(cachedData && { cachedData }),
    });
    const module: LoadedModule = { exports: {}, script };
    modules.set(file, module);
    const run = script.runInThisContext() as ModuleFunction; // what the build wrapped it in
    const directory = dirname(file);
    const require = (id: string) => (id.startsWith("./") ? load(join(directory, id)) : builtin(id));
    run(module.exports, require, module, file, directory);
    return module.exports;
  };
  load(main);
  return modules;
}
