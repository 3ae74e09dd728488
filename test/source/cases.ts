import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { SourceLine } from "../../grammar/line.ts";
import { parseStatements } from "../../grammar/statements.ts";
import type { Statement } from "../../grammar/tree.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { renderText } from "../../src/diagnostics/render-text.ts";
import { MemoryHost } from "../../src/source/memory-host.ts";
import { readSource, type SourceOptions } from "../../src/source/read-source.ts";
import type { Sources } from "../../src/source/sources.ts";

/** What reading a configuration gives. */
export interface Outcome {
  readonly lines: readonly SourceLine[];
  readonly statements: readonly Statement[];
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: Sources;
}

/** Reads `main.conf` of a table of files. */
export function readFiles(files: Readonly<Record<string, string>>, options: SourceOptions = {}): Outcome {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): void => {
    diagnostics.push(diagnostic);
  };
  const { lines: source, sources } = readSource(new MemoryHost(files), "main.conf", options, report);
  const lines: SourceLine[] = [];
  const noted = (function* () {
    for (const line of source) {
      lines.push(line);
      yield line;
    }
  })();
  const statements = [...parseStatements(noted, sources, report)];
  return { lines, statements, diagnostics, sources };
}

/** Statements as an outline: words as JSON, blocks in braces. */
export function outline(statements: readonly Statement[], indent = ""): string {
  return statements
    .map(({ words, block }) => {
      const head = indent + words.map((word) => JSON.stringify(word.text)).join(" ");
      if (!block) return `${head}\n`;
      return `${head} {\n${outline(block, `${indent}  `)}${indent}}\n`;
    })
    .join("");
}

/** The diagnostics as the command prints them, without colours. */
export function rendered({ diagnostics, sources }: Outcome): string {
  return renderText(diagnostics, { lineOf: (file, line) => sources.line(file, line) });
}

/** A golden file: files and options, and what is expected of them. */
export interface GoldenCase {
  readonly name: string;
  readonly input: string;
  readonly expected: string;
  readonly outcome: () => string;
  readonly update: (actual: string) => void;
}

const DIRECTORY = fileURLToPath(new URL("../../fixtures/source/", import.meta.url));

/**
 * The cases in fixtures/source. Each is one file: `--- NAME` starts a file of the case, `--- id ID` sets the
 * configuration id, `\r`, `\0` and `\uFEFF` in angle brackets stand for these characters, `=== expected` ends the input.
 */
export function goldenCases(): readonly GoldenCase[] {
  return readdirSync(DIRECTORY)
    .filter((name) => name.endsWith(".case"))
    .map((name) => {
      const path = DIRECTORY + name;
      const [input = "", expected = ""] = readFileSync(path, "utf8").split(/^=== expected\n/m);
      const update = (actual: string): void => writeFileSync(path, `${input}=== expected\n${actual}`);
      return { name, input, expected, outcome: () => outcomeOf(input), update };
    });
}

/** The files and options that a case starts with. */
export function caseInput(input: string): {
  readonly files: Readonly<Record<string, string>>;
  readonly options: SourceOptions;
} {
  const files: Record<string, string> = {};
  let id: string | undefined;
  for (const part of input.split(/^--- /m).slice(1)) {
    const newline = part.indexOf("\n");
    const title = part.slice(0, newline);
    if (title.startsWith("id ")) id = title.slice(3);
    else {
      files[title] = part
        .slice(newline + 1)
        .replaceAll("<CR>", "\r")
        .replaceAll("<TAB>", "\t")
        .replaceAll("<NUL>", "\0")
        .replaceAll("<BOM>", "\uFEFF");
    }
  }
  return { files, options: id === undefined ? {} : { id } };
}

function outcomeOf(input: string): string {
  const { files, options } = caseInput(input);
  const outcome = readFiles(files, options);
  return `${outline(outcome.statements)}\n${rendered(outcome)}`;
}
