import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Measured, measure } from "./measure.ts";
import { markdownTable, median } from "./table.ts";

const RUNS = 5;
const SIZES = [100, 1_000, 10_000];

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
  return `global_defs {\n    router_id bench\n}\n${blocks.join("")}`;
}

function realServer(address: string): string {
  return `    real_server ${address} 80 {
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

async function middle(command: readonly string[]): Promise<Measured> {
  const runs: Measured[] = [];
  for (let i = 0; i < RUNS; i++) runs.push(await measure(command));
  return {
    status: runs[0]?.status ?? null,
    milliseconds: median(runs.map((run) => run.milliseconds)),
    peakMegabytes: median(runs.map((run) => run.peakMegabytes)),
  };
}

const cells = (m: Measured) => [
  `${m.milliseconds.toFixed(0)} ms`,
  `${m.peakMegabytes.toFixed(0)} MB`,
  String(m.status),
];

/** `holdfast validate` against `keepalived -t`, side by side: medians of 5, as a Markdown table. */
export async function benchValidate(root: string): Promise<string> {
  const folder = mkdtempSync(join(root, "node_modules/.cache/holdfast-bench-"));
  const rows = [["virtual servers", "size", "program", "time", "peak memory", "exit"]];
  try {
    for (const services of SIZES) {
      const file = join(folder, `${services}.conf`);
      const text = largeConfiguration(services);
      writeFileSync(file, text);
      const size = `${(text.length / 1e6).toFixed(2)} MB`;
      const ours = await middle([process.execPath, join(root, "dist/holdfast.js"), "validate", file]);
      rows.push([String(services), size, "holdfast validate", ...cells(ours)]);
      const theirs = await middle(["keepalived", "-t", "-f", file]);
      rows.push([String(services), size, "keepalived -t", ...cells(theirs)]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return markdownTable(rows);
}
