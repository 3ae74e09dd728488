/** docs/broken.md: what keepalived and Holdfast say of the same broken configurations. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { examine } from "../../src/config/examine.ts";
import { parseFacts } from "../../src/config/facts.ts";
import { renderText } from "../../src/diagnostics/render-text.ts";
import { MemoryHost } from "../../src/source/memory-host.ts";
import type { Lab } from "../lab/netns.ts";
import { referenceHost } from "./reference.ts";

/** A broken configuration: its first line, a comment, says what is wrong with it. */
export interface Broken {
  /** File name without `.conf`. */
  readonly name: string;
  readonly text: string;
}

/** What a program printed, and the status it ended with. */
export interface Said {
  readonly output: string;
  readonly status: number;
}

/** The configurations of fixtures/broken, in their order. */
export function brokenConfigurations(directory: string): readonly Broken[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith(".conf"))
    .sort()
    .map((file) => ({
      name: file.replace(/\.conf$/, ""),
      text: readFileSync(join(directory, file), "utf8"),
    }));
}

/** What `holdfast validate --host FACTS` says of it; `facts` is the text of the facts file. */
export function holdfastOn({ name, text }: Broken, facts: string): Said {
  const known = parseFacts(facts);
  if ("problem" in known) throw new Error(known.problem);
  const path = `${name}.conf`;
  const { diagnostics, sources } = examine(new MemoryHost({ [path]: text }), path, { facts: known });
  const output = renderText(diagnostics, { lineOf: (file, line) => sources.line(file, line) });
  return { output, status: diagnostics.some(({ severity }) => severity === "error") ? 1 : 0 };
}

/** What `keepalived -t` says of each, on a host with interfaces eth0 to eth3. */
export function keepalivedOn(lab: Lab, all: readonly Broken[]): readonly Said[] {
  const host = referenceHost(lab);
  const directory = mkdtempSync(join(tmpdir(), "holdfast-broken-"));
  try {
    return all.map(({ name, text }) => {
      writeFileSync(join(directory, `${name}.conf`), text);
      const command = `cd ${directory} && keepalived -t -f ${name}.conf 2>&1 </dev/null; echo "status $?"`;
      const [, output = "", status] = /^([\s\S]*)status (\d+)\n$/.exec(host.exec("sh", "-c", command)) ?? [];
      return { output, status: Number(status) };
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The recorded output of keepalived beside a configuration: its status, then what it printed. */
export function readRecorded(directory: string, { name }: Broken): Said {
  const [first = "", ...rest] = readFileSync(join(directory, `${name}.keepalived`), "utf8").split("\n");
  return { status: Number(first.replace("status ", "")), output: rest.join("\n") };
}

export function writeRecorded(directory: string, { name }: Broken, { status, output }: Said): void {
  writeFileSync(join(directory, `${name}.keepalived`), `status ${status}\n${output}`);
}

const html = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function cell({ output, status }: Said): string {
  const lines = output.trimEnd() === "" ? "(nothing)" : html(output.trimEnd());
  // A blank line would end the table for Markdown.
  return `<td valign="top"><pre>${lines.replaceAll("\n\n", "&#10;\n")}</pre>Exit status ${status}.</td>`;
}

function section(broken: Broken, index: number, theirs: Said, ours: Said): string {
  const [title = "", ...body] = broken.text.split("\n");
  return `## ${index + 1}. ${title.replace(/^# /, "")}

\`${broken.name}.conf\`, from its second line:

\`\`\`
${body.join("\n").trimEnd()}
\`\`\`

<table>
<tr><th>keepalived</th><th>Holdfast</th></tr>
<tr>
${cell(theirs)}
${cell(ours)}
</tr>
</table>
`;
}

/** The page; `theirs` is what keepalived said of each. */
export function brokenDocument(
  release: string,
  version: string,
  facts: string,
  all: readonly (Broken & { readonly theirs: Said })[],
): string {
  const sections = all.map((each, index) => section(each, index, each.theirs, holdfastOn(each, facts)));
  return `# ${all.length} broken configurations

What \`keepalived -t\` ${release} and \`holdfast validate\` ${version} say of the same files. Made by running both with
\`node scripts/broken-page.mjs\`; do not edit. The files, and what is known of the host, are in
[fixtures/broken](../fixtures/broken). The host has the interfaces \`eth0\` and \`eth1\`. \`holdfast validate\` ends with 1
for errors and with 0 for warnings only; \`holdfast run -t\` has keepalived's statuses.

${sections.join("\n")}`;
}
