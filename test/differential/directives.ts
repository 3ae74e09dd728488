import { endOfBlock } from "./mutate.ts";
import type { Random } from "./random.ts";

/** What a case consists of: files by name, `main.conf` the first to be read, and the configuration id. */
export interface Case {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly id?: string;
}

/** Index of a line without braces, quotes or definitions and with at least two words; -1 when there is none. */
function plainLine(lines: readonly string[], random: Random): number {
  const start = random.below(lines.length);
  for (let step = 0; step < lines.length; step++) {
    const index = (start + step) % lines.length;
    if (/^\s*[a-z]\S+ [\w./:]+$/.test(lines[index] ?? "")) return index;
  }
  return -1;
}

/** A value moves into a definition. */
function definition(lines: string[], random: Random, name: string): void {
  const at = plainLine(lines, random);
  const [, head, value] = /^(\s*\S+) (\S+)$/.exec(lines[at] ?? "") ?? [];
  if (head === undefined || value === undefined) return;
  lines[at] = `${head} ${random.pick([`$${name}`, `\${${name}}`])}`;
  lines.unshift(`$${name}=${value}`);
}

/** Lines of a block move into a definition of several lines. */
function blockDefinition(lines: string[], random: Random): void {
  const starts = lines.flatMap((line, index) => (/^\s*\w.*\{$/.test(line) ? [index] : []));
  if (starts.length === 0) return;
  const start = random.pick(starts);
  const end = endOfBlock(lines, start);
  const body = lines.slice(start, end + 1);
  if (body.some((line) => /[$@~"'\\]|^\s*include/.test(line))) return;
  lines.splice(start, body.length, "$BLOCK");
  lines.unshift(
    ...`$BLOCK=\n${body.join("\n")}`.split("\n").map((line, i) => (i < body.length ? `${line} \\` : line)),
  );
}

function condition(lines: string[], random: Random): void {
  const at = plainLine(lines, random);
  if (at >= 0)
    lines[at] = `${random.pick(["@left ", "@^left ", "@right ", "@^right "])}${(lines[at] ?? "").trim()}`;
}

function comment(lines: string[], random: Random): void {
  const at = random.below(lines.length);
  const text = random.pick(["# a comment", "! a comment", "#", "    ! {"]);
  if (random.percent(50)) lines.splice(at, 0, text);
  else if (!/["'\\]/.test(lines[at] ?? "")) lines[at] = `${lines[at]} ${text}`;
}

/** A whole block, or one line, moves into a file of its own; returns its text. */
function included(lines: string[], random: Random, name: string): string | undefined {
  const starts = lines.flatMap((line, index) => (/^\s*\w/.test(line) && !line.includes("$") ? [index] : []));
  if (starts.length === 0) return undefined;
  const start = random.pick(starts);
  const end = endOfBlock(lines, start);
  const moved = lines.splice(start, end - start + 1, `include ${name}`);
  return `${moved.join("\n")}\n`;
}

/** Writes the lines as a case, some of them behind definitions, conditions, comments and includes. */
export function withDirectives(name: string, lines: string[], random: Random): Case {
  const files: Record<string, string> = {};
  if (random.percent(25) && lines.length > 0) definition(lines, random, "VALUE");
  if (random.percent(10) && lines.length > 0) blockDefinition(lines, random);
  if (random.percent(20) && lines.length > 0) condition(lines, random);
  if (random.percent(20) && lines.length > 0) comment(lines, random);
  if (random.percent(15) && lines.length > 0) {
    const text = included(lines, random, "part.conf");
    if (text !== undefined) files["part.conf"] = text;
  }
  if (random.percent(2)) lines.push("include missing.conf");
  const id = random.percent(50) ? random.pick(["left", "right"]) : undefined;
  return {
    name,
    files: { "main.conf": `${lines.join("\n")}\n`, ...files },
    ...(id === undefined ? {} : { id }),
  };
}
