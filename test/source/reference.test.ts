import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { LineScanner } from "../../grammar/scanner.ts";
import { parseStatements } from "../../grammar/statements.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { withoutCommentText } from "../../src/source/comments.ts";
import { MemoryHost } from "../../src/source/memory-host.ts";
import { readSource } from "../../src/source/read-source.ts";
import { caseInput } from "./cases.ts";

const DIRECTORY = fileURLToPath(new URL("../../fixtures/source/reference/", import.meta.url));

const { HOLDFAST_UPDATE: update, CI: ci } = process.env;

/** The words of each line, as JSON; a brace outside quotes is a line of its own, as keepalived hands lines on. */
function pieces(text: string): readonly string[] {
  const scanner = new LineScanner();
  const parts = text.match(/[{}]|(?:"[^"]*(?:"|$)|[^{}"])+/g) ?? [];
  const lines = parts.map((part) => {
    if (part === "{" || part === "}") return part;
    scanner.reset(part, false);
    const words: string[] = [];
    while (scanner.next() !== undefined) words.push(JSON.stringify(scanner.text()));
    return words.join(" ");
  });
  return lines.filter((line) => line !== "");
}

/** A case: its input, what 2.4.3 was seen to make of it, and what we make of it where that is to differ. */
function readCase(name: string): {
  readonly input: string;
  readonly recorded: readonly string[];
  readonly lines: readonly string[];
  readonly complaints: readonly number[];
} {
  const sections = readFileSync(DIRECTORY + name, "utf8").split(/^=== /m);
  const section = (title: string): readonly string[] | undefined =>
    sections
      .find((text) => text.startsWith(`${title}\n`))
      ?.split("\n")
      .slice(1, -1);
  const recorded = section("keepalived 2.4.3") ?? [];
  const unlike =
    (mark: string) =>
    (line: string): boolean =>
      !line.startsWith(mark);
  const lines = recorded.filter(unlike("! ")).map(unescaped);
  return {
    input: sections[0] ?? "",
    recorded: lines,
    lines: section("holdfast")?.filter(unlike("# ")).map(unescaped) ?? lines.flatMap(pieces),
    // What it says of braces after words that it does not know is for the schema to find.
    complaints: recorded.flatMap((line) => /^! (\d+): (?!Unexpected '\{')/.exec(line)?.[1] ?? []).map(Number),
  };
}

function unescaped(line: string): string {
  return line.replaceAll("<CR>", "\r").replaceAll("<TAB>", "\t").replaceAll("<BOM>", "");
}

/** Keeps our lines in the case where they differ from what was recorded; the reasons are written by hand. */
function writeDifference(name: string, ours: readonly string[]): void {
  const text = readFileSync(DIRECTORY + name, "utf8");
  const [before = "", after = ""] = text.split(/^=== holdfast\n/m);
  const { recorded } = readCase(name);
  if (JSON.stringify(ours.flatMap(pieces)) === JSON.stringify(recorded.flatMap(pieces))) {
    writeFileSync(DIRECTORY + name, before);
    return;
  }
  const reasons = after.split("\n").filter((line) => line.startsWith("# "));
  const lines = ours.flatMap(pieces).map((line) => line.replaceAll("\r", "<CR>"));
  writeFileSync(DIRECTORY + name, `${before}=== holdfast\n${[...reasons, ...lines, ""].join("\n")}`);
}

describe("read as keepalived 2.4.3 was seen to", () => {
  it.each(readdirSync(DIRECTORY))("%s", (name) => {
    const { input, lines, complaints } = readCase(name);
    const { files, options } = caseInput(input);
    const diagnostics: Diagnostic[] = [];
    const report = (diagnostic: Diagnostic): void => {
      diagnostics.push(diagnostic);
    };
    const environment = { GREETING: "hello" };
    const source = readSource(new MemoryHost(files), "main.conf", { ...options, environment }, report);
    const read = [...source.lines];
    for (const _ of parseStatements(read, source.sources, report));
    const ours = read.map(({ text, commentFree }) => (commentFree ? text : withoutCommentText(text)));
    if (update === "1" && ci === undefined) writeDifference(name, ours);
    else expect(ours.flatMap(pieces)).toEqual(lines);
    const reported = new Set(diagnostics.map(({ subject }) => subject?.line));
    expect(complaints.filter((line) => !reported.has(line))).toEqual([]);
  });
});
