import fc from "fast-check";
import type { Kind } from "../../src/schema/kind.ts";
import { root } from "../../src/schema/root.ts";
import type { AnyBlockSchema, AnyRow } from "../../src/schema/row.ts";
import { SERVER_SAMPLES } from "./samples-servers.ts";
import { VRRP_SAMPLES } from "./samples-vrrp.ts";

/** A word that needs no quotes, and one that does. */
const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,11}$/);
const awkward = fc.stringMatching(/^[a-z {}#!'$\\-]{1,12}$/).map((text) => `"${text}"`);
const interfaceName = fc.stringMatching(/^eth[0-9]{1,2}$/);
const v4 = fc.ipV4();
const v6 = fc.nat(0xffff).map((n) => `2001:DB8:0:0::${n.toString(16)}`);
const ip = fc.oneof(v4, v6);
const user = fc.constantFrom("root", "nobody", "www-data");
const command = fc
  .array(
    fc.oneof(
      name,
      fc.stringMatching(/^[a-z {}#!-]{1,8}$/).map((text) => `'${text}'`),
    ),
    { maxLength: 3 },
  )
  .map((args) => `"/bin/${["x", ...args].join(" ")}"`);
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | ""> =>
  fc.oneof(fc.constant("" as const), arbitrary);
const joined = (...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((words) => words.filter((word) => word !== "").join(" "));
const weight = fc.integer({ min: -253, max: 253 }).map(String);
const tracking = optional(joined(fc.constant("weight"), weight, optional(fc.constant("reverse"))));

/** Text that a kind accepts, by the name of the kind. */
const BY_NAME: Readonly<Record<string, fc.Arbitrary<string>>> = {
  ...SERVER_SAMPLES,
  ...VRRP_SAMPLES,
  word: fc.oneof(name, awkward),
  interface: interfaceName,
  "IP address": ip,
  "IPv4 address": v4,
  "IPv6 address": v6,
  "IPv4 multicast address": fc.constantFrom("224.0.0.18", "239.1.2.3"),
  "IPv6 multicast address": fc.constantFrom("ff02::12", "FF05::1"),
  "word of up to 8 characters": name.map((text) => text.slice(0, 8)),
  "MD5 digest": fc.stringMatching(/^[0-9a-fA-F]{32}$/),
  "script [user [group]]": joined(command, optional(user)),
  "user [group]": joined(user, optional(fc.constantFrom("adm", ":", ":adm"))),
  "interface [weight NUMBER [reverse]]": joined(interfaceName, tracking),
  "script [weight NUMBER [reverse]]": joined(fc.constantFrom("s1", "s2"), tracking),
  "integer -253–253 [reverse]": joined(weight, optional(fc.constant("reverse"))),
  "address [min_ttl number] [max_ttl number]": joined(v4, optional(fc.constant("min_ttl 64 max_ttl 255"))),
  "address [port] | fwmark number | group name": fc.oneof(
    joined(ip, fc.integer({ min: 0, max: 65_535 }).map(String)),
    v4,
    fc.integer({ min: 1, max: 4_294_967_295 }).map((mark) => `fwmark ${mark}`),
    name.map((group) => `group ${group}`),
  ),
  "address [port]": joined(ip, optional(fc.integer({ min: 0, max: 65_535 }).map(String))),
  "status codes": fc.constantFrom("200", "200 301-302", "100-599 404"),
  "netmask or prefix length": fc.constantFrom("24", "255.255.255.0", "255.255.255.255", "128.0.0.0"),
  "seconds 1–2678400, 360 when left out": optional(fc.integer({ min: 1, max: 2_678_400 }).map(String)),
};

function byPattern(kindName: string): fc.Arbitrary<string> | undefined {
  const range = /^(integer|whole seconds|seconds) (-?[\d.]+)–([\d.]+)$/.exec(kindName);
  if (range) {
    const [, sort, from, to] = range;
    const [min, max] = [Number(from), Number(to)];
    if (sort !== "seconds") return fc.integer({ min, max: Math.min(max, 2 ** 31 - 1) }).map(String);
    return fc
      .integer({ min: Math.max(1, min * 1000), max: Math.min(max, 255) * 1000 })
      .map((ms) => `${ms / 1000}`);
  }
  const bracketed = /^\[(.*)\]$/.exec(kindName);
  if (bracketed?.[1] !== undefined) return optional(textByName(bracketed[1]));
  return kindName.includes(" | ") ? fc.constantFrom(...kindName.split(" | ")) : undefined;
}

function textByName(name: string): fc.Arbitrary<string> {
  const found = BY_NAME[name] ?? byPattern(name);
  if (!found) throw new Error(`no samples of kind '${name}': add them to test/schema/samples.ts`);
  return found;
}

/** Text that the kind accepts. Throws for a kind that nothing is known of, so that none goes untested. */
export function textOf(kind: Kind<unknown>): fc.Arbitrary<string> {
  return textByName(kind.name);
}

/** One statement of a row, its block included, each line indented. */
export function rowText(keyword: string, row: AnyRow, depth: number): fc.Arbitrary<string> {
  const indent = "  ".repeat(depth);
  switch (row.shape) {
    case "flag":
      return fc
        .constantFrom(...(row.bare ? [""] : ["", " on", " off", " yes", " false"]))
        .map((value) => `${indent}${keyword}${value}\n`);
    case "leaf":
      return textOf(row.kind).map((value) => `${indent}${keyword} ${value}\n`);
    case "list":
      if (row.anonymous)
        return fc
          .array(textOf(row.kind), { minLength: 1, maxLength: 4 })
          .map((items) => items.map((item) => `${indent}${item}\n`).join(""));
      return fc
        .array(textOf(row.kind), { maxLength: 4 })
        .map(
          (items) =>
            `${indent}${keyword} {\n${items.map((item) => `${indent}  ${item}\n`).join("")}${indent}}\n`,
        );
    case "block":
      return blockText(row.schema, keyword, depth);
  }
}

/** A block with any of its keywords, and those that are required. */
export function blockText(schema: AnyBlockSchema, keyword: string, depth: number): fc.Arbitrary<string> {
  const indent = "  ".repeat(depth);
  const rows = Object.entries(schema.rows).map(([key, row]) =>
    row.required ? rowText(key, row, depth + 1) : optional(rowText(key, row, depth + 1)),
  );
  const header = joined(...Object.values(schema.header).map(textOf));
  return fc
    .tuple(header, ...rows)
    .map(([head, ...body]) => `${indent}${keyword} ${head} {\n${body.join("")}${indent}}\n`);
}

/** A whole configuration: blocks of the top level, in any order. */
export const configText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      ...Object.entries(root.rows).map(([keyword, row]) =>
        row.shape === "block" ? blockText(row.schema, keyword, 0) : rowText(keyword, row, 0),
      ),
    ),
    { maxLength: 5 },
  )
  .map((blocks) => blocks.join(""));
