import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Host, Lab } from "../lab/netns.ts";
import { execute } from "../lab/process.ts";
import type { Case } from "./directives.ts";
import { INTERFACES } from "./values.ts";

/** What somebody says of a place in a configuration. */
export interface Complaint {
  /** Name of the file within the case, and line. */
  readonly place: string;
  readonly text: string;
}

/** What `keepalived -t` made of a case. */
export interface ReferenceVerdict {
  readonly status: number;
  readonly complaints: readonly Complaint[];
  /** Messages that name no line, each once. */
  readonly general: readonly string[];
}

/** A host whose interfaces are those that generated configurations name. */
export function referenceHost(lab: Lab): Host {
  const host = lab.host("reference", { ipv6: true });
  const [first, second, third, fourth] = INTERFACES;
  for (const [one, other] of [
    [first, second],
    [third, fourth],
  ] as const) {
    host.exec("ip", "link", "add", one, "type", "veth", "peer", "name", other);
    for (const name of [one, other]) host.exec("ip", "link", "set", name, "up");
  }
  return host;
}

/** The release that the tables of differences and the recorded outputs are about. */
export const RELEASE = "2.2.7";

/** Release of the installed keepalived: "2.2.7". */
export function referenceRelease(): string {
  const banner = execute(["sh", "-c", "keepalived --version 2>&1"]);
  return /Keepalived v([\d.]+)/.exec(banner)?.[1] ?? "unknown";
}

function place(directory: string, each: Case): string {
  const folder = join(directory, each.name);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(each.files)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, ".id"), each.id === undefined ? "\n" : `-i ${each.id}\n`);
  return folder;
}

/** Seconds after which keepalived is taken to hang. */
const LIMIT = 1;

/** One case in the folder $0. A status of 124 says that it was ended at the limit. */
const RUN = `cd "$0" && read -r id <.id; timeout ${LIMIT} keepalived -t -f main.conf $id >.out 2>&1 </dev/null; echo $? >.status`;

function verdictIn(folder: string): ReferenceVerdict {
  const complaints = new Map<string, Complaint>();
  const general = new Set<string>();
  for (const text of readFileSync(join(folder, ".out"), "utf8").split("\n")) {
    const [, file = "main.conf", line, message] = /^\((?:(\S+): )?Line (\d+)\) (.*)$/.exec(text) ?? [];
    if (message !== undefined) {
      const at = `${file.split("/").at(-1)}:${line}`;
      complaints.set(`${at} ${message}`, { place: at, text: message });
    } else if (text.trim() !== "") general.add(text.trim());
  }
  const status = Number(readFileSync(join(folder, ".status"), "utf8"));
  return { status, complaints: [...complaints.values()], general: [...general] };
}

/** Lets keepalived test every case, two at a time; `directory` keeps the cases and what it printed. */
export async function runReference(
  host: Host,
  directory: string,
  cases: readonly Case[],
): Promise<readonly ReferenceVerdict[]> {
  const folders = cases.map((each) => place(directory, each));
  const list = join(directory, "list");
  writeFileSync(list, folders.map((folder) => `${folder}\n`).join(""));
  const run = host.spawn(["xargs", "-a", list, "-P", "2", "-n", "1", "sh", "-c", RUN]);
  await run.exited;
  return folders.map(verdictIn);
}
