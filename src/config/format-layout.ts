import type { FormatLine, FormatProblem } from "./format-lines.ts";

/** One level of indentation. */
const LEVEL = "    ";

function isBlank({ code, comment }: FormatLine): boolean {
  return code === "" && comment === "";
}

/** Lines with each brace that opens a line moved to the end of the statement it belongs to, where that is safe. */
export function joinBraces(lines: readonly FormatLine[]): readonly FormatLine[] {
  const result: FormatLine[] = [];
  for (const line of lines) {
    const index = result.findLastIndex((earlier) => !isBlank(earlier));
    const head = result[index];
    const kept = result.slice(index + 1).some((blank) => blank.kept);
    if (line.code === "{" && head?.joinable && !kept && (head.comment === "" || line.comment === "")) {
      result.length = index;
      const comment = head.comment || line.comment;
      result.push({ ...head, code: `${head.code} {`, comment, delta: head.delta + 1, joinable: false });
    } else result.push(line);
  }
  return result;
}

/** Without blank lines at both ends and inside the ends of blocks; elsewhere at most one. */
function thinned(lines: readonly FormatLine[]): readonly FormatLine[] {
  const result: FormatLine[] = [];
  for (const line of lines) {
    const last = result.at(-1);
    if (isBlank(line) && !line.kept) {
      const pointless = !last || (isBlank(last) && !last.kept) || last.delta > 0;
      if (!pointless) result.push(line);
      continue;
    }
    if (line.dedent > 0 && last && isBlank(last) && !last.kept) result.pop();
    result.push(line);
  }
  const end = result.findLastIndex((line) => !isBlank(line) || line.kept);
  return result.slice(0, end + 1);
}

/**
 * How deep lines stand. Lines with conditions that follow each other are alternatives when their conditions differ
 * (`@a vrrp_instance A {`, `@b vrrp_instance B {`): then only one of them opens or closes a block.
 */
class Depth {
  problem: FormatProblem | undefined;
  private depth = 0;
  private readonly open: number[] = [];
  private alternatives = new Map<string, number>();
  private readonly strict: boolean;

  constructor(strict: boolean) {
    this.strict = strict;
  }

  /** The depth of a line, whose braces count for those after it. */
  of(line: FormatLine): number {
    if (line.condition === undefined && line.code !== "") this.endAlternatives();
    const { condition, dedent, delta } = line;
    if (condition === undefined) {
      const at = Math.max(0, this.depth - dedent);
      this.move(line);
      return at;
    }
    const offset = this.alternatives.get(condition) ?? 0;
    this.alternatives.set(condition, offset + delta);
    return Math.max(0, this.depth + offset - dedent);
  }

  /** Call after the last line. */
  end(): void {
    this.endAlternatives();
    const [line] = this.open.slice(-1);
    if (this.strict && this.depth > 0 && line !== undefined) {
      this.problem ??= { line, reason: "the block that opens here is never closed" };
    }
  }

  private endAlternatives(): void {
    if (this.alternatives.size === 0) return;
    const offset = [...this.alternatives.values()].find((one) => one !== 0) ?? 0;
    this.depth = Math.max(0, this.depth + offset);
    this.alternatives = new Map();
  }

  private move({ delta, dedent, number }: FormatLine): void {
    if (this.depth < dedent || this.depth + delta < 0) {
      if (this.strict) this.problem ??= { line: number, reason: "the `}` here closes nothing" };
    }
    this.depth = Math.max(0, this.depth + delta);
    for (let count = delta; count < 0; count++) this.open.pop();
    for (let count = 0; count < delta; count++) this.open.push(number);
  }
}

/** The text of the lines, or why there is none: braces that do not match, unless `loose`. */
export function layOut(
  lines: readonly FormatLine[],
  loose: boolean,
): { readonly text: string } | FormatProblem {
  const depth = new Depth(!loose);
  const out: string[] = [];
  for (const line of thinned(lines)) {
    const at = depth.of(line) + line.extra;
    const text = line.code + line.comment;
    out.push(text === "" ? "" : LEVEL.repeat(at) + text);
  }
  depth.end();
  if (depth.problem) return depth.problem;
  return { text: out.length === 0 ? "" : `${out.join("\n")}\n` };
}
