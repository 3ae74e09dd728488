import { root } from "../../src/schema/root.ts";
import type { AnyBlockSchema, AnyRow, BlockRow, ListRow } from "../../src/schema/row.ts";
import { type Case, withDirectives } from "./directives.ts";
import { mutate } from "./mutate.ts";
import { Random } from "./random.ts";
import { type Names, serverHeader, serviceHeader, someNames, valueFor } from "./values.ts";

/** The release of the keepalived that is compared with: rows that are newer are left out. */
const RELEASE = [2, 2, 7] as const;

/** Keywords that change the process or the host that reads them, even when it only tests. */
const KEPT_OUT: ReadonlySet<string> = new Set([
  "net_namespace",
  "net_namespace_ipvs",
  "namespace_with_ipsets",
  "use_pid_dir",
  "instance",
  "include_check",
  "global_defs/tmp_config_directory",
  "global_defs/config_save_dir",
  "global_defs/reload_file",
  "global_defs/umask",
  "global_defs/random_seed",
  // A matter of how keepalived was built.
  "global_defs/vrrp_ipsets",
]);

/** Keywords that a block is hardly ever without. */
const USUAL: Readonly<Record<string, readonly string[]>> = {
  vrrp_instance: ["interface", "virtual_router_id", "priority", "virtual_ipaddress"],
  virtual_server: ["protocol", "lb_algo", "lb_kind", "delay_loop", "real_server"],
  "virtual_server/real_server": ["weight"],
  vrrp_script: ["script", "interval"],
  bfd_instance: ["neighbor_ip", "source_ip"],
  track_file: ["file"],
  vrrp_track_process: ["process"],
};

function isKnown(since: string): boolean {
  const parts = since.split(".").map(Number);
  if (parts.some(Number.isNaN)) return true; // "old"
  for (const [index, limit] of RELEASE.entries()) {
    const part = parts[index] ?? 0;
    if (part !== limit) return part < limit;
  }
  return true;
}

/** Walks the schema and writes what it says. */
class Writer {
  readonly lines: string[] = [];
  private readonly random: Random;
  private readonly names: Names;

  constructor(random: Random) {
    this.random = random;
    this.names = someNames(random);
  }

  /** A whole configuration, everything that is referred to defined. */
  configuration(): string[] {
    const { random, names } = this;
    const written: [string, readonly string[]][] = [
      ["vrrp_script", names.scripts],
      [random.percent(20) ? "vrrp_track_file" : "track_file", names.files],
      ["vrrp_track_process", names.processes],
      ["bfd_instance", names.bfds],
      ["virtual_server_group", names.services],
      ["vrrp_instance", names.instances],
    ];
    if (random.percent(40)) this.top("global_defs");
    for (const [keyword, each] of written) for (const name of each) this.top(keyword, name);
    if (names.instances.length > 1 && random.percent(40)) this.top("vrrp_sync_group", "VG_1");
    for (const name of names.groups) this.top("track_group", name);
    if (random.percent(8)) this.someRow("", root);
    for (let servers = random.below(3); servers > 0; servers--) this.top("virtual_server");
    return this.lines;
  }

  private top(keyword: string, name?: string): void {
    const rows: Readonly<Record<string, AnyRow>> = root.rows;
    const row = rows[keyword];
    if (row?.shape === "block") this.block(keyword, row, keyword, 0, name);
  }

  private someRow(path: string, schema: AnyBlockSchema): void {
    const eligible = this.eligible(path, schema).filter(([, row]) => row.shape !== "block");
    if (eligible.length > 0) this.row(...this.random.pick(eligible), path, 0);
  }

  private eligible(path: string, schema: AnyBlockSchema): [string, AnyRow][] {
    return Object.entries(schema.rows).filter(
      ([keyword, row]) =>
        isKnown(row.since) &&
        row.elsewhere === undefined &&
        !KEPT_OUT.has(path === "" ? keyword : `${path}/${keyword}`),
    );
  }

  private header(path: string, { schema }: BlockRow<unknown>, name?: string): string {
    if (path === "virtual_server") return serviceHeader(this.random, this.names);
    if (path === "virtual_server/real_server") return serverHeader(this.random);
    const kinds = Object.values(schema.header);
    return kinds.length === 0 ? "" : (name ?? "some_name");
  }

  private block(keyword: string, row: BlockRow<unknown>, path: string, depth: number, name?: string): void {
    const indent = "  ".repeat(depth);
    this.lines.push([`${indent}${keyword}`, this.header(path, row, name), "{"].filter(Boolean).join(" "));
    const usual = new Set(USUAL[path] ?? []);
    const rows = this.eligible(path, row.schema);
    const chosen = new Set(
      this.random.some(
        rows.filter(([, each]) => each.shape !== "block"),
        5,
      ),
    );
    const inner = rows.filter(([, each]) => each.shape === "block");
    if (inner.length > 0 && this.random.percent(60)) chosen.add(this.random.pick(inner));
    for (const entry of rows) {
      const [key, each] = entry;
      const wanted = each.required || usual.has(key) ? !this.random.percent(2) : chosen.has(entry);
      if (!wanted) continue;
      const times = "repeat" in each && each.repeat && this.random.percent(30) ? 2 : 1;
      for (let time = 0; time < times; time++) this.row(key, each, path, depth + 1);
    }
    this.lines.push(`${indent}}`);
  }

  private row(keyword: string, row: AnyRow, above: string, depth: number): void {
    const path = above === "" ? keyword : `${above}/${keyword}`;
    const indent = "  ".repeat(depth);
    switch (row.shape) {
      case "flag":
        this.lines.push(`${indent}${keyword}${row.bare ? "" : this.random.pick(["", "", " on", " no"])}`);
        break;
      case "leaf": {
        const value = valueFor(path, row.kind, this.random, this.names);
        if (value !== undefined) this.lines.push(`${indent}${keyword} ${value}`.trimEnd());
        break;
      }
      case "list":
        this.list(keyword, row, path, indent);
        break;
      case "block":
        this.block(keyword, row, path, depth);
        break;
    }
  }

  private list(keyword: string, row: ListRow<unknown>, path: string, indent: string): void {
    const items = Array.from({ length: this.random.between(1, 3) }, () =>
      valueFor(path, row.kind, this.random, this.names),
    ).filter((item) => item !== undefined);
    if (items.length === 0) return;
    if (row.anonymous) this.lines.push(...items.map((item) => `${indent}${item}`));
    else this.lines.push(`${indent}${keyword} {`, ...items.map((item) => `${indent}  ${item}`), `${indent}}`);
  }
}

/** The case that a seed and a number stand for: a third without a mistake, most with one, some with several. */
export function generate(seed: number, number: number): Case {
  const random = new Random(Math.imul(seed, 0x9e3779b1) + number);
  random.next();
  const lines = new Writer(random).configuration();
  mutate(lines, random.pick([0, 0, 1, 1, 1, 2, 3]), random);
  return withDirectives(`${seed}-${number}`, lines, random);
}
