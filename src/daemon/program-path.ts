import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

let found: string | undefined;

/**
 * The program of the daemon's child processes: dist/child.js, from wherever in the package this file was bundled to.
 * Throws when the package is not built.
 */
export function childProgram(): string {
  found ??= locate();
  return found;
}

function locate(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    for (const candidate of [join(folder, "child.js"), join(folder, "dist", "child.js")]) {
      if (existsSync(candidate)) return candidate;
    }
    const parent = dirname(folder);
    if (parent === folder) throw new Error('dist/child.js is not built; run "npm run build"');
    folder = parent;
  }
}
