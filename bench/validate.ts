import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Measured, measure } from "./measure.ts";
import { markdownTable, median } from "./table.ts";

const RUNS = 5;
const STARTS = 15;
const SIZES = [100, 1_000, 10_000];
/** Only when asked for: it takes minutes. */
const LARGE = 50_000;
/** 9 MB. */
const DIFFERING = 10_000;

/** A configuration of `services` virtual servers with four real servers each, every one with an HTTP check. */
export function largeConfiguration(services: number): string {
  const blocks = Array.from({ length: services }, (_, i) => {
    const servers = Array.from({ length: 4 }, (__, j) =>
      realServer(`10.${100 + j}.${(i >> 8) & 255}.${i & 255}`),
    );
    return `virtual_server 10.${i >> 16}.${(i >> 8) & 255}.${i & 255} 80 {
  delay_loop 6
  lb_algo wlc
  lb_kind NAT
  persistence_timeout 50
  protocol TCP
${servers.join("")}}
`;
  });
  return `global_defs {\n  router_id bench\n}\n${blocks.join("")}`;
}

function realServer(address: string): string {
  return `  real_server ${address} 80 {
    weight 1
    HTTP_GET {
      url {
        path /health
        status_code 200
      }
      connect_timeout 3
      retry 3
      delay_before_retry 3
    }
  }
`;
}

/** A configuration of 100 lines: the start of a large one, with what it leaves open closed. */
function shortConfiguration(): string {
  const lines = largeConfiguration(2).split("\n").slice(0, 97);
  const braces = (brace: string) => lines.join("").split(brace).length - 1;
  return `${lines.join("\n")}\n${"}\n".repeat(braces("{") - braces("}"))}`;
}

/** The medians of several commands, run in turns so that what else the machine does meets all of them. */
async function inTurns<const N extends string>(
  commands: Readonly<Record<N, readonly string[]>>,
  runs = RUNS,
): Promise<Record<N, Measured>> {
  const names = Object.keys(commands) as N[]; // the keys of the argument
  const measured = new Map<N, Measured[]>(names.map((name) => [name, []]));
  for (let run = 0; run < runs; run++) {
    for (const name of names) measured.get(name)?.push(await measure(commands[name]));
  }
  const middle = (name: N): Measured => {
    const all = measured.get(name) ?? [];
    return {
      status: all[0]?.status ?? null,
      milliseconds: median(all.map((one) => one.milliseconds)),
      peakMegabytes: median(all.map((one) => one.peakMegabytes)),
    };
  };
  return Object.fromEntries(names.map((name) => [name, middle(name)])) as Record<N, Measured>; // one for each name
}

function row(what: string, bytes: number, program: string, measured: Measured, against: Measured): string[] {
  return [
    what,
    bytes === 0 ? "" : `${(bytes / 1e6).toFixed(2)} MB`,
    program,
    `${measured.milliseconds.toFixed(0)} ms`,
    `${(measured.milliseconds / against.milliseconds).toFixed(2)} ×`,
    `${measured.peakMegabytes.toFixed(0)} MB`,
    String(measured.status),
  ];
}

const HEADER = ["configuration", "size", "program", "time", "ratio", "peak memory", "exit"];

/**
 * `holdfast validate` against `keepalived -t`, a short file against Node alone, and `holdfast diff` of two files that
 * differ in one service of a hundred against validate: medians, as a Markdown table. With `large`, 50,000 services too.
 */
export async function benchValidate(root: string, { large }: { readonly large: boolean }): Promise<string> {
  const folder = mkdtempSync(join(root, "node_modules/.cache/holdfast-bench-"));
  const holdfast = [process.execPath, join(root, "dist/holdfast.cjs")];
  const write = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const rows = [HEADER];
  try {
    const short = write("short.conf", shortConfiguration());
    const start = await inTurns(
      { node: [process.execPath, "-e", "0"], ours: [...holdfast, "validate", short] },
      STARTS,
    );
    rows.push(row("none", 0, "node -e 0", start.node, start.node));
    rows.push(row("100 lines", 0, "holdfast validate", start.ours, start.node));
    for (const services of large ? [...SIZES, LARGE] : SIZES) {
      const text = largeConfiguration(services);
      const file = write(`${services}.conf`, text);
      const { theirs, ours } = await inTurns({
        theirs: ["keepalived", "-t", "-f", file],
        ours: [...holdfast, "validate", file],
      });
      rows.push(row(`${services} services`, text.length, "keepalived -t", theirs, theirs));
      rows.push(row(`${services} services`, text.length, "holdfast validate", ours, theirs));
    }
    const [old, now] = [largeConfiguration(DIFFERING), differing(largeConfiguration(DIFFERING))];
    const [before, after] = [write("old.conf", old), write("new.conf", now)];
    const { validate, diff } = await inTurns({
      validate: [...holdfast, "validate", before],
      diff: [...holdfast, "diff", before, after],
    });
    rows.push(row(`${DIFFERING} services`, old.length, "holdfast validate", validate, validate));
    rows.push(row("two, 1 % differs", 2 * old.length, "holdfast diff", diff, validate));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return markdownTable(rows);
}

/** The same with another scheduler in every hundredth service. */
function differing(text: string): string {
  let service = 0;
  return text.replace(/lb_algo wlc/g, (algorithm) => (service++ % 100 === 0 ? "lb_algo rr" : algorithm));
}
