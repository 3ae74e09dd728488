import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Checking, checking } from "./lvs-checks.ts";
import type { Farm } from "./lvs-configuration.ts";
import { type Memory, memory } from "./lvs-memory.ts";
import { programming } from "./lvs-programming.ts";
import { programs } from "./programs.ts";
import { markdownTable } from "./table.ts";

/** Memory and time limit of the guest. */
const GUEST = ["-m", "3072", "-t", "2400"];

/** Nothing listens, but hardly any of its servers is checked while it is measured. */
const TABLE: Farm = { services: 5_000, each: 4, delayLoop: 36_000, checker: "TCP_CHECK" };

interface Load {
  readonly name: string;
  readonly farm: Farm;
}

const LOADS: readonly Load[] = [
  { name: "1,000 TCP/s", farm: { services: 250, each: 4, delayLoop: 1, checker: "TCP_CHECK" } },
  { name: "5,000 TCP/s", farm: { services: 1_250, each: 4, delayLoop: 1, checker: "TCP_CHECK" } },
  { name: "1,000 HTTP/s", farm: { services: 250, each: 4, delayLoop: 1, checker: "HTTP_GET" } },
];

/** Services of five servers. */
const CROWDS = [1, 1_000, 7_441];

const seconds = (value: number) => `${value.toFixed(2)} s`;

async function programmingTable(root: string, folder: string): Promise<string> {
  const rows = [["table", "program", "start", "filled in", "start to full", "emptied in"]];
  for (const program of programs(root)) {
    const { start, fill, empty } = await programming(program, folder, TABLE);
    const name = `${TABLE.services} services, ${TABLE.services * TABLE.each} servers`;
    rows.push([name, program.name, seconds(start), seconds(fill), seconds(start + fill), seconds(empty)]);
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

async function checkingTable(root: string, folder: string): Promise<string> {
  const rows = [["load", "program", "checks/s", "CPU", "CPU per check", "late p99", "memory"]];
  for (const { name, farm } of LOADS) {
    for (const program of programs(root)) {
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

const PARTS = { programming: programmingTable, checks: checkingTable, memory: memoryTable } as const;

/** Runs this bench in the guest, which has IPVS, and returns what it prints. */
function inGuest(root: string, parts: readonly string[]): Promise<string> {
  const inner = [process.execPath, join(root, "scripts/bench.mjs"), "lvs", "--inside"];
  const guest = spawn(
    join(root, "test/lab/uml-run"),
    [...GUEST, ...inner, ...parts.map((part) => `--part=${part}`)],
    { cwd: root, stdio: ["ignore", "pipe", "inherit"] },
  );
  let printed = "";
  guest.stdout.on("data", (text: Buffer) => {
    printed += text.toString();
  });
  return new Promise((resolve, reject) => {
    guest.once("error", reject);
    guest.once("close", (status) => {
      if (status === 0) resolve(printed.trim());
      else reject(new Error(`the guest ended with status ${status}\n${printed}`));
    });
  });
}

/**
 * What programming IPVS, checking servers and holding them costs each program, in one guest one after the other, as
 * Markdown tables. `parts`: some of PARTS, or all. `inside`: this is the guest.
 */
export async function benchLvs(
  root: string,
  { inside, parts }: { readonly inside: boolean; readonly parts: readonly string[] },
): Promise<string> {
  if (!inside) return inGuest(root, parts);
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    const tables: string[] = [];
    for (const [part, measure] of Object.entries(PARTS)) {
      if (parts.length === 0 || parts.includes(part)) tables.push(await measure(root, folder));
    }
    return tables.join("\n\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
