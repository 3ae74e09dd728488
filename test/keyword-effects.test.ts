import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { root } from "../src/schema/root.ts";
import type { AnyBlockSchema } from "../src/schema/row.ts";
import { type Effects, KEYWORD_EFFECTS, NOT_OF_VRRP, WITHOUT_EFFECT } from "./keyword-effects.ts";
import { LVS_KEYWORD_EFFECTS } from "./keyword-effects-lvs.ts";

/** Paths of what the daemon acts on. `elsewhere`: known at this place by name only. */
function actingKeywords(schema: AnyBlockSchema, above = ""): string[] {
  return Object.entries(schema.rows).flatMap(([keyword, row]) => {
    const elsewhere = "elsewhere" in row && row.elsewhere !== undefined;
    const anonymous = row.shape === "list" && row.anonymous;
    if (row.compiledOnly || elsewhere || anonymous) return [];
    const path = above === "" ? keyword : `${above}/${keyword}`;
    return row.shape === "block" ? [path, ...actingKeywords(row.schema, path)] : [path];
  });
}

const acting = actingKeywords(root);
const OF_SERVERS = [
  /^(virtual_server|virtual_server_group|SSL|net_namespace_ipvs|namespace_with_ipsets)(\/|$)/,
  /^global_defs\/(lvs_|nftables_ipvs|checker_|.*_checker|no_checker_emails|rs_init_notifies)/,
  /^global_defs\/(config_save_dir|tmp_config_directory|use_symlink_paths)$/,
];
const ofServers = acting.filter((path) => OF_SERVERS.some((pattern) => pattern.test(path)));
const ofVrrp = acting.filter(
  (path) =>
    !/^(virtual_server|virtual_server_group|SSL|bfd_instance|net_namespace_ipvs)(\/|$)/.test(path) &&
    !NOT_OF_VRRP.some((pattern) => pattern.test(path)),
);

interface Entry {
  readonly keyword: string;
  readonly file: string;
  readonly title: string;
}

const entries = (table: Effects): Entry[] =>
  Object.entries(table).flatMap(([file, tests]) =>
    Object.entries(tests).flatMap(([title, keywords]) =>
      keywords.map((keyword) => ({ keyword, file, title })),
    ),
  );
const all = [...KEYWORD_EFFECTS, LVS_KEYWORD_EFFECTS].flatMap(entries);
const observed = new Set([...all.map(({ keyword }) => keyword), ...Object.keys(WITHOUT_EFFECT)]);

const FIXTURES = "fixtures/kernel-state";
const read = (path: string): string => {
  const file = new URL(path, import.meta.url);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
};
const textOf = ({ file, title }: Entry): string => read(file === FIXTURES ? `../${FIXTURES}/${title}` : file);

/** Whether a text has a word, also after a line end of a string. */
function mentions(text: string, keyword: string): boolean {
  const word = keyword.split("/").at(-1) ?? keyword;
  return new RegExp(`(?<!\\w)${word}(?!\\w)`).test(text.replaceAll("\\n", " "));
}

describe("the effect of each keyword", () => {
  it("of virtual servers is observed by a test", () => {
    expect(ofServers.filter((path) => !observed.has(path))).toEqual([]);
    expect(ofServers.length).toBeGreaterThan(150);
  });

  it("of VRRP is observed by a test", () => {
    expect(ofVrrp.filter((path) => !observed.has(path))).toEqual([]);
    expect(ofVrrp.length).toBeGreaterThan(200);
  });

  it("is observed by tests that are there", () => {
    const missing = all.filter((entry) => {
      const text = textOf(entry);
      return entry.file === FIXTURES
        ? text === ""
        : ![`"${entry.title}"`, `\`${entry.title}\``].some((title) => text.includes(title));
    });
    expect([...new Set(missing.map(({ file, title }) => `${file}: ${title}`))]).toEqual([]);
  });

  it("is observed where the keyword is written", () => {
    const silent = all.filter((entry) => !mentions(textOf(entry), entry.keyword));
    expect(silent.map(({ keyword, file }) => `${keyword} in ${file}`)).toEqual([]);
  });

  it("is not told of keywords that do not act", () => {
    const known = new Set(acting);
    const listed = [...all.map(({ keyword }) => keyword), ...Object.keys(WITHOUT_EFFECT)];
    expect(listed.filter((keyword) => !known.has(keyword))).toEqual([]);
  });
});
