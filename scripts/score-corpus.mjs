/**
 * `node scripts/score-corpus.mjs DIR [--all]`: how far `validate` and `run -t` agree with keepalived 2.4.3 about a
 * folder of configurations: DIR/files/NAME, DIR/expected/NAME.243.txt with what `keepalived -t -f FILE` printed,
 * DIR/verdicts.tsv with NAME, the status of another release, the status of 2.4.3, and DIR/interfaces.txt, the interfaces
 * of the host it ran on. Users, programs and names of hosts are those of this machine. Prints the scores and every
 * disagreement.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { loadTypeScript } from "./load-typescript.mjs";

const [folder, ...options] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: score-corpus.mjs DIR [--all]");
  process.exit(2);
}
const directory = resolve(folder);
const { judgeFile, factsWithInterfaces } = await loadTypeScript(
  fileURLToPath(new URL("../src/cli/judge.ts", import.meta.url)),
);

const linesOf = (name) => readFileSync(join(directory, name), "utf8").trim().split("\n");
const interfaces = linesOf("interfaces.txt").map((line) => line.split(" ")[0]);

/** What keepalived printed: complaints by line of the main file, those without a line, and whether it gave up. */
function expectationOf(name) {
  const lines = new Map();
  const general = [];
  let stopped = false;
  for (const text of readFileSync(join(directory, "expected", `${name}.243.txt`), "utf8").split("\n")) {
    const [, number, message] = /^\((?:FILE: )?Line (\d+)\) (.*)$/.exec(text) ?? [];
    if (number === undefined) {
      if (text.trim() !== "") general.push(text);
      continue;
    }
    const line = Number(number);
    if (message.startsWith("*** Configuration line starting")) stopped = true;
    lines.set(line, [...(lines.get(line) ?? []), message]);
  }
  return { lines, general, stopped };
}

const total = { theirs: 0, found: 0, ours: 0, agreed: 0, files: 0, statuses: 0 };
const missed = [];
const extra = [];
const otherStatus = [];
for (const row of linesOf("verdicts.tsv")) {
  const [name, , verdict] = row.split("\t");
  const path = join(directory, "files", name);
  const expected = expectationOf(name);
  const judged = judgeFile(path, (compiled) => factsWithInterfaces(compiled, interfaces));
  const said = new Set();
  const errors = new Map();
  // keepalived names the end of a block that lacks something, Holdfast both.
  const linesOfDiagnostic = ({ subject, related = [] }) => [
    subject.line,
    ...related.filter(({ message }) => message === "the block ends here").map(({ range }) => range.line),
  ];
  for (const diagnostic of judged.diagnostics) {
    const { subject, severity, code } = diagnostic;
    if (subject?.file !== path || severity === "note") continue;
    for (const line of linesOfDiagnostic(diagnostic)) said.add(line);
    if (severity === "error") errors.set(subject.line, [...(errors.get(subject.line) ?? []), diagnostic]);
    if (options.includes("--all")) console.log(`${name}:${subject.line}: ${severity} ${code}`);
  }
  for (const [line, messages] of expected.lines) {
    total.theirs++;
    if (said.has(line)) total.found++;
    else missed.push(`${name}:${line}: ${messages.join(" | ")}`);
  }
  for (const [line, diagnostics] of errors) {
    if (expected.stopped && !expected.lines.has(line)) continue; // keepalived never came to judge it
    total.ours++;
    const strangers = diagnostics.filter(
      (each) =>
        !linesOfDiagnostic(each).some((one) => expected.lines.has(one)) &&
        !judged.isKnownElsewhere(each, expected.general),
    );
    if (strangers.length < diagnostics.length) total.agreed++;
    else
      extra.push(
        `${name}:${line}: ${strangers.map(({ code, summary }) => `${code}: ${summary}`).join(" | ")}`,
      );
  }
  total.files++;
  if (judged.status === Number(verdict)) total.statuses++;
  else otherStatus.push(`${name}: ${verdict}, ours ${judged.status} (${judged.reason})`);
}

const percent = (part, whole) => `${((100 * part) / (whole || 1)).toFixed(2)} % (${part} of ${whole})`;
const section = (title, lines) => {
  if (lines.length > 0) console.log(`\n${title}\n${lines.map((line) => `  ${line}`).join("\n")}`);
};
section("Lines that only keepalived complains about:", missed);
section("Lines with errors that only Holdfast reports:", extra);
section("Exit status of the configuration test:", otherStatus);
console.log(`
lines of keepalived's that are reported:      ${percent(total.found, total.theirs)}
lines with errors of ours that are theirs:    ${percent(total.agreed, total.ours)}
exit status of run -t as keepalived 2.4.3's:  ${percent(total.statuses, total.files)}`);
