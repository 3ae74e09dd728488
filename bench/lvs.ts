import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execute } from "../test/lab/process.ts";
import type { RouterProgram } from "../test/lab/router.ts";
import { type Checking, checking } from "./lvs-checks.ts";
import type { Farm } from "./lvs-configuration.ts";
import { type Memory, memory } from "./lvs-memory.ts";
import { programming, reloading } from "./lvs-programming.ts";
import { programs, programsWithoutIpvs } from "./programs.ts";
import { markdownTable } from "./table.ts";

/** Memory and time limit of the guest. */
const GUEST = ["-m", "3072", "-t", "2400"];
/** Namespaces of its own, whose processes end with it. */
const NAMESPACES = ["unshare", "-nmpf", "--mount-proc", "--kill-child"];

/** Nothing listens, but hardly any of its servers is checked while it is measured. */
const TABLE: Farm = { services: 5_000, each: 4, delayLoop: 36_000, checker: "TCP_CHECK" };

interface Load {
  readonly name: string;
  readonly farm: Farm;
}

const load = (rate: number, checker: Farm["checker"]): Load => ({
  name: `${rate.toLocaleString("en")} ${checker} a second`,
  farm: { services: rate / 4, each: 4, delayLoop: 1, checker },
});

/** What the guest can carry. */
const GUEST_LOADS = [load(400, "TCP_CHECK"), load(200, "HTTP_GET")];
const LOADS = [load(1_000, "TCP_CHECK"), load(5_000, "TCP_CHECK"), load(1_000, "HTTP_GET")];

/** Services of five servers. */
const CROWDS = [1, 1_000, 7_441];

const TABLE_NAME = `${TABLE.services} services, ${TABLE.services * TABLE.each} servers`;

const seconds = (value: number) => `${value.toFixed(2)} s`;

async function programmingTable(root: string, folder: string): Promise<string> {
  const rows = [["table", "program", "start", "filled in", "start to full", "emptied in"]];
  for (const program of programs(root)) {
    const { start, fill, empty } = await programming(program, folder, TABLE);
    const times = [start, fill, start + fill, empty].map(seconds);
    rows.push([TABLE_NAME, program.name, ...times]);
  }
  return markdownTable(rows);
}

async function reloadingTable(root: string, folder: string): Promise<string> {
  const rows = [["reload from 1 service and back", "program", "first", "full", "back"]];
  for (const program of programs(root)) {
    const { first, full, back } = await reloading(program, folder, TABLE);
    rows.push([TABLE_NAME, program.name, seconds(first), seconds(full), seconds(back)]);
  }
  return markdownTable(rows);
}

function checkingRow(load: string, program: string, measured: Checking): string[] {
  const { rate, cpu, perCheck, late99, memory } = measured;
  return [
    ...[load, program, rate.toFixed(0), `${(cpu * 100).toFixed(0)} %`, `${perCheck.toFixed(0)} µs`],
    ...[`${late99.toFixed(1)} ms`, `${memory.toFixed(0)} MB`],
  ];
}

async function checkingTable(
  these: readonly RouterProgram[],
  loads: readonly Load[],
  folder: string,
): Promise<string> {
  const rows = [["load", "program", "checks/s", "CPU", "CPU per check", "late p99", "memory"]];
  for (const { name, farm } of loads) {
    for (const program of these) {
      rows.push(checkingRow(name, program.name, await checking(program, folder, farm)));
    }
  }
  return markdownTable(rows);
}

async function memoryTable(root: string, folder: string): Promise<string> {
  const rows = [["servers", "program", "memory", "peak", "each server more"]];
  for (const program of programs(root)) {
    let before: Memory | undefined;
    for (const services of CROWDS) {
      const now = await memory(program, folder, services, 5);
      const more = before && ((now.resident - before.resident) * 1_048_576) / (now.servers - before.servers);
      rows.push([
        ...[now.servers.toLocaleString("en"), program.name, `${now.resident.toFixed(0)} MB`],
        ...[`${now.peak.toFixed(0)} MB`, more === undefined ? "" : `${more.toFixed(0)} bytes`],
      ]);
      before = now;
    }
  }
  return markdownTable(rows);
}

type Part = (root: string, folder: string) => Promise<string>;

/** Measured in the guest, whose kernel has IPVS. */
const GUEST_PARTS: Readonly<Record<string, Part>> = {
  programming: programmingTable,
  reloading: reloadingTable,
  "guest-checks": (root, folder) => checkingTable(programs(root), GUEST_LOADS, folder),
  memory: memoryTable,
};

/** Measured on the machine's own kernel, in an empty network namespace. */
const MACHINE_PARTS: Readonly<Record<string, Part>> = {
  checks: (root, folder) => checkingTable(programsWithoutIpvs(root), LOADS, folder),
};

/** Runs parts of this bench by another process and returns what it prints. */
function elsewhere(root: string, place: readonly string[], parts: readonly string[]): Promise<string> {
  const inner = [process.execPath, join(root, "scripts/bench.mjs"), "lvs", "--inside"];
  const [command = "", ...args] = [...place, ...inner, ...parts.map((part) => `--part=${part}`)];
  const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  child.stdout.on("data", (text: Buffer) => {
    printed += text.toString();
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => {
      if (status === 0) resolve(printed.trim());
      else reject(new Error(`${command} ended with status ${status}\n${printed}`));
    });
  });
}

/**
 * What programming IPVS, checking servers and holding them costs each program, one after the other, as Markdown tables.
 * `parts`: some of the parts above, or all. `inside`: this process is where they are measured.
 */
export async function benchLvs(
  root: string,
  { inside, parts }: { readonly inside: boolean; readonly parts: readonly string[] },
): Promise<string> {
  const chosen = (from: Readonly<Record<string, Part>>) =>
    Object.keys(from).filter((part) => parts.length === 0 || parts.includes(part));
  const tables: string[] = [];
  if (!inside) {
    const [guest, machine] = [chosen(GUEST_PARTS), chosen(MACHINE_PARTS)];
    if (guest.length > 0)
      tables.push(await elsewhere(root, [join(root, "test/lab/uml-run"), ...GUEST], guest));
    if (machine.length > 0) tables.push(await elsewhere(root, NAMESPACES, machine));
    return tables.join("\n\n");
  }
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  try {
    execute(["ip", "link", "set", "lo", "up"]);
    for (const part of parts) {
      const measure = GUEST_PARTS[part] ?? MACHINE_PARTS[part];
      if (measure !== undefined) tables.push(await measure(root, folder));
    }
    return tables.join("\n\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
