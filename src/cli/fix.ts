import { applyFixes } from "../diagnostics/apply-fixes.ts";
import type { Fix } from "../diagnostics/diagnostic.ts";
import { countDiagnostics } from "../diagnostics/order.ts";
import { nodeHost } from "../source/node-host.ts";
import { OverlayHost } from "../source/overlay-host.ts";
import { type Loaded, type LoadOptions, load } from "./load.ts";
import { type Replaceable, readReplaceable, replaceFile } from "./replace-file.ts";

/** A configuration after its fixes, and what was done, line by line. */
export interface FixedFiles {
  readonly loaded: Loaded;
  readonly log: readonly string[];
}

/** A file and what it is to become. */
interface Change {
  readonly file: Replaceable;
  readonly text: string;
  readonly applied: readonly Fix[];
}

/** A fix may bring to light what another can fix. */
const MOST_ROUNDS = 5;

function fixesByFile({ diagnostics }: Loaded): ReadonlyMap<string, readonly Fix[]> {
  const byFile = new Map<string, Fix[]>();
  for (const { fix } of diagnostics) {
    const path = fix?.edits[0]?.range.file;
    if (!fix || path === undefined) continue;
    const fixes = byFile.get(path) ?? [];
    fixes.push(fix);
    byFile.set(path, fixes);
  }
  return byFile;
}

/** Was the text of the edits' lines compiled as it is in the file now? */
function isCurrent({ text }: Replaceable, fixes: readonly Fix[], { sources }: Loaded): boolean {
  const lines = text.split("\n");
  return fixes.every(({ edits }) =>
    edits.every(({ range }) => {
      const compiled = sources.line(range.file, range.line);
      return compiled !== undefined && compiled === lines[range.line - 1]?.replace(/\r$/, "");
    }),
  );
}

/** One round of fixes, written; false when there was nothing to do or nothing could be done. */
function round(file: string, options: LoadOptions, loaded: Loaded, log: Set<string>): boolean {
  const changes: Change[] = [];
  for (const [path, fixes] of fixesByFile(loaded)) {
    const found = readReplaceable(path);
    if ("problem" in found) log.add(`not fixed: ${path}: ${found.problem}`);
    else if (!isCurrent(found, fixes, loaded)) log.add(`not fixed: ${path}: it changed meanwhile`);
    else changes.push({ file: found, ...applyFixes(found.text, fixes) });
  }
  if (changes.length === 0) return false;
  const texts = new Map(changes.map((change) => [nodeHost.identity(change.file.path), change.text]));
  const next = load(file, options, new OverlayHost(nodeHost, texts));
  const [before, after] = [countDiagnostics(loaded.diagnostics), countDiagnostics(next.diagnostics)];
  if (after.errors > before.errors || (loaded.usable && !next.usable)) {
    log.add("not fixed: the fixes together would lead to new errors");
    return false;
  }
  let written = false;
  for (const { file: target, text, applied } of changes) {
    const problem = replaceFile(target, text);
    if (problem !== undefined) {
      log.add(`not fixed: ${target.path}: ${problem}`);
      continue;
    }
    written = true;
    for (const { title, edits } of applied)
      log.add(`fixed: ${target.path}:${edits[0]?.range.line}: ${title}`);
  }
  return written;
}

/**
 * Applies the fixes of a configuration to the files it was read from, each file in one step, and reads it again. Only
 * regular files that are named or included, and not through a symbolic link; what would make errors is not written.
 */
export function fixFiles(file: string, options: LoadOptions): FixedFiles {
  const log = new Set<string>();
  let loaded = load(file, options);
  for (let count = 0; count < MOST_ROUNDS && round(file, options, loaded, log); count++) {
    loaded = load(file, options);
  }
  return { loaded, log: [...log] };
}
