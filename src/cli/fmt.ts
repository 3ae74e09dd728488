import { readFileSync } from "node:fs";
import { formatFile } from "../config/format.ts";
import { nodeHost } from "../source/node-host.ts";
import { OverlayHost } from "../source/overlay-host.ts";
import { EXIT, stderr, stdout } from "./output.ts";
import { exactText, type Replaceable, readReplaceable, replaceFile } from "./replace-file.ts";

export interface FmtOptions {
  /** Only say which files would change. */
  readonly check?: boolean;
  /** Change the files. */
  readonly write?: boolean;
}

/** Status with --check when a file would change. */
const WOULD_CHANGE = 1;
const NOT_UTF8 = "it is not UTF-8";

function complain(file: string, reason: string, line = 0): number {
  stderr.write(`${file}${line > 0 ? `:${line}` : ""}: not formatted: ${reason}\n`);
  return EXIT.usage;
}

/** The text of a file or of standard input; with `write`, of one that can be replaced. Else why not. */
function read(file: string, write: boolean): string | Replaceable | { readonly problem: string } {
  if (write) return readReplaceable(file);
  try {
    return exactText(readFileSync(file === "-" ? 0 : file)) ?? { problem: NOT_UTF8 };
  } catch {
    const content = nodeHost.read(file); // says why in words
    return "problem" in content ? content : { problem: "it cannot be read" };
  }
}

function one(file: string, { check, write }: FmtOptions): number {
  const found = read(file, write === true);
  if (typeof found === "object" && "problem" in found) return complain(file, found.problem);
  const text = typeof found === "string" ? found : found.text;
  const host = new OverlayHost(nodeHost, new Map([[nodeHost.identity(file), text]]));
  const result = formatFile(host, file);
  if ("problem" in result) return complain(file, result.problem.reason, result.problem.line);
  if (check || write) {
    if (result.text === text) return EXIT.ok;
    const problem = typeof found === "string" ? undefined : replaceFile(found, result.text);
    if (problem !== undefined) return complain(file, problem);
    stdout.write(`${file}\n`);
    return check ? WOULD_CHANGE : EXIT.ok;
  }
  stdout.write(result.text);
  return EXIT.ok;
}

/**
 * `holdfast fmt`: the files in their usual form on standard output, or written back, or only looked at. Included files
 * are formatted when they are named. 2 when a file cannot be read or formatted; it is left alone then.
 */
export function fmt(files: readonly string[], options: FmtOptions): number {
  if (options.write && files.includes("-")) return complain("-", "standard input cannot be written");
  return Math.max(...files.map((file) => one(file, options)));
}
