import type { Config } from "../../config/config.ts";

/** What a file is about: the parent's or a child's state, statistics, or VRRP as JSON. */
export type ReportKind = "parent" | "vrrp" | "checkers" | "stats" | "json";

const DIRECTORY = "/tmp/";
const STATE_SUFFIX = { parent: "_parent", vrrp: "", checkers: "_check" } as const;

/**
 * Where a report goes: keepalived's names in /tmp, or where state_dump_file and the like say, which may name a
 * directory by a slash at its end. With data_use_instance names hold instance and network namespace.
 */
export function reportPath({ global_defs: g, instance, net_namespace }: Config, kind: ReportKind): string {
  const isState = kind !== "stats" && kind !== "json";
  const given = isState ? g.state_dump_file : kind === "stats" ? g.stats_dump_file : g.json_dump_file;
  const usual = isState ? "keepalived.data" : kind === "stats" ? "keepalived.stats" : "keepalived.json";
  const path = given === undefined || given.endsWith("/") ? (given ?? DIRECTORY) + usual : given;
  const parts = g.data_use_instance ? [instance, net_namespace] : [];
  const more = parts.map((part) => (part === undefined ? "" : `_${part}`)).join("");
  return beforeExtension(path, (isState ? STATE_SUFFIX[kind] : "") + more);
}

function beforeExtension(path: string, more: string): string {
  const dot = path.lastIndexOf(".");
  return dot > path.lastIndexOf("/") + 1 ? path.slice(0, dot) + more + path.slice(dot) : path + more;
}
