import { expandBraces, glob, hasDirectory, isWild, plainPath } from "./glob.ts";
import { type FileContent, NO_SUCH_FILE, type SourceHost } from "./host.ts";
import type { IncludeCheck, IncludeChecks } from "./include-checks.ts";

/** Something about an include that has to be said. */
interface IncludeProblem {
  readonly code: "include-no-match" | "include-unreadable";
  readonly summary: string;
  readonly detail?: string;
  /** A check that is in force makes an error of it. */
  readonly failed: boolean;
  /** Nothing is wrong with it unless a check says so. */
  readonly usual?: boolean;
}

/** A file to include, and its content when that had to be read already. */
export interface IncludeFile {
  readonly path: string;
  readonly content?: FileContent;
}

/** What an include line asks for. */
export interface IncludeMatch {
  readonly files: readonly IncludeFile[];
  readonly problems: readonly IncludeProblem[];
}

/** Quotes around the name, the most frequent cause of a file that is not there. */
function quotesDetail(pattern: string): string | undefined {
  return /["']/.test(pattern) ? "Quotes are taken for a part of the name: write it without them." : undefined;
}

function nothingFound(
  host: SourceHost,
  path: string,
  pattern: string,
  checks: IncludeChecks,
): IncludeProblem {
  const summary = `no file matches ${pattern}`;
  const alternatives = expandBraces(path);
  if (alternatives.length > 1) {
    return { code: "include-no-match", summary, failed: checks.has("brace_match") };
  }
  if (isWild(path)) {
    const usual = hasDirectory(host, path);
    const check: IncludeCheck = usual ? "wildcard_match" : "match";
    return { code: "include-no-match", summary, failed: checks.has(check), usual };
  }
  const detail = quotesDetail(pattern);
  return {
    code: "include-unreadable",
    summary: `cannot include ${path}: ${NO_SUCH_FILE}`,
    ...(detail === undefined ? {} : { detail }),
    failed: checks.has("match"),
  };
}

/**
 * Finds the files of an include line, in order; `path` is the pattern as seen from where the daemon runs. As 2.4.3:
 * a name among braces that does not exist spoils the line under `brace_match`, and is left out otherwise.
 */
export function matchInclude(
  host: SourceHost,
  path: string,
  pattern: string,
  checks: IncludeChecks,
): IncludeMatch {
  const files: IncludeFile[] = [];
  let absent: string | undefined;
  for (const alternative of expandBraces(path)) {
    if (isWild(alternative)) {
      for (const found of glob(host, alternative)) files.push({ path: found });
      continue;
    }
    const plain = plainPath(alternative);
    const content = host.read(plain);
    if ("problem" in content && content.problem === NO_SUCH_FILE) absent ??= plain;
    else files.push({ path: plain, content });
  }
  if (files.length === 0) return { files, problems: [nothingFound(host, path, pattern, checks)] };
  if (absent === undefined) return { files, problems: [] };
  const failed = checks.has("brace_match");
  const summary = `cannot include ${absent}: ${NO_SUCH_FILE}`;
  const detail = failed ? "Under brace_match, nothing of this line is included." : undefined;
  const problem: IncludeProblem = {
    code: "include-unreadable",
    summary,
    failed,
    ...(detail === undefined ? {} : { detail }),
  };
  return { files: failed ? [] : files, problems: [problem] };
}
