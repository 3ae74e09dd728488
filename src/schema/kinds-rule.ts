import type { Word } from "../../grammar/tree.ts";
import { objectType } from "./json-types.ts";
import type { Complain, Kind } from "./kind.ts";
import { integer, interfaceName, word } from "./kinds.ts";
import {
  counting,
  familyOfPrefix,
  familyWord,
  markAndMask,
  network,
  numberOrName,
  numberRange,
  OWN_PROTOCOL,
  protocolReset,
  realms,
} from "./kinds-network.ts";
import { alone, type OptionsOf, optionReader, valued } from "./options.ts";

const MOST = 4_294_967_295;

/** `ADDRESS[/LENGTH]`, canonical; `all` stands for any address, and is kept. */
const selector: Kind<string> = {
  ...network,
  name: "address[/length] | all",
  parse: ([at], complain) =>
    at && (at.text === "all" || at.text === "default" ? "all" : network.parse([at], complain)),
};

const ports = numberRange("port", 65_535);

const RULE = {
  not: alone,
  from: valued(selector),
  to: valued(selector),
  iif: valued(interfaceName, { aliases: ["dev"] }),
  oif: valued(interfaceName),
  tos: valued(numberOrName("type of service", 255), { aliases: ["dsfield"] }),
  fwmark: valued(markAndMask),
  uidrange: valued(numberRange("user", MOST)),
  ipproto: valued(numberOrName("IP protocol", 255)),
  sport: valued(ports),
  dport: valued(ports),
  preference: valued(integer(0, MOST), { aliases: ["priority", "order"] }),
  protocol: valued(numberOrName("routing protocol", 255)),
  realms: valued(realms),
  suppress_prefixlength: valued(integer(0, 255)),
  suppress_ifgroup: valued(numberOrName("interface group", MOST)),
  table: valued(numberOrName("routing table", MOST), { aliases: ["lookup"] }),
  goto: valued(integer(0, MOST)),
  nop: alone,
  blackhole: alone,
  prohibit: alone,
  unreachable: alone,
  l3mdev: alone,
  no_track: alone,
  track_group: valued(word),
};

/** A line of virtual_rules or static_rules, with the names of `ip rule`. */
export interface Rule extends OptionsOf<typeof RULE> {
  /** Written `inet6`, or `inet`; where addresses do not say so. */
  readonly family?: 4 | 6;
}

type Draft = { -readonly [K in keyof Rule]?: Rule[K] };

const reader = optionReader(RULE);
const ACTIONS = ["table", "goto", "nop", "blackhole", "prohibit", "unreachable", "l3mdev"] as const;

/** What a rule has to have, and what cannot go together. */
function judge(draft: Draft, first: Word | undefined, complain: Complain): void {
  const actions = ACTIONS.filter((action) => draft[action] !== undefined);
  if (actions.length === 0)
    complain(
      {
        code: "missing-action",
        summary: "the rule says nothing to do; it is ignored",
        detail: `Write one of ${ACTIONS.join(", ")}.`,
      },
      first,
    );
  else if (actions.length > 1)
    complain(
      { code: "conflicting-options", summary: `a rule has only one of ${actions.join(" and ")}` },
      first,
    );
  if (Number(draft.table) === 0)
    complain({ code: "out-of-range", summary: "there is no table 0; the rule is ignored" }, first);
  const families = new Set(
    [draft.from, draft.to]
      .filter((prefix) => prefix !== undefined && prefix !== "all")
      .map((prefix) => familyOfPrefix(prefix ?? "")),
  );
  if (draft.family) families.add(draft.family);
  if (families.size > 1) complain({ code: "mixed-families", summary: "a rule is of one family" }, first);
  judgeRealms(draft, families.has(6), first, complain);
  judgeGoto(draft, first, complain);
}

/** Options that only mean something to what a table leads to. */
const OF_TABLES = ["realms", "suppress_prefixlength", "suppress_ifgroup"] as const;

function judgeRealms(draft: Draft, isIpv6: boolean, first: Word | undefined, complain: Complain): void {
  if (draft.realms !== undefined && isIpv6)
    complain({ code: "mixed-families", summary: "realms are for IPv4 rules only" }, first);
  const option = OF_TABLES.find((one) => draft[one] !== undefined);
  if (option !== undefined && draft.table === undefined)
    complain({ code: "conflicting-options", summary: `${option} needs a table` }, first);
}

function judgeGoto({ goto: target, preference }: Draft, first: Word | undefined, complain: Complain): void {
  if (target === undefined) return;
  if (preference === undefined)
    complain({ code: "invalid-goto", summary: `goto ${target} needs a preference` }, first);
  else if (preference >= target)
    complain(
      { code: "invalid-goto", summary: `goto ${target} goes back: the rule's preference is ${preference}` },
      first,
    );
}

/** Whether `from all` or `to all` stands behind an address, where keepalived takes it for one of another family. */
function isLateAny(given: readonly Word[], index: number, { from, to }: Draft): boolean {
  const [option, value] = [given[index]?.text, given[index + 1]?.text];
  if ((option !== "from" && option !== "to") || (value !== "all" && value !== "default")) return false;
  return [from, to].some((prefix) => prefix !== undefined && prefix !== "all");
}

/** Reads a line of words into a rule; undefined when keepalived would leave it out. */
function parseRule(given: readonly Word[], complain: Complain): Rule | undefined {
  const faults = counting(complain);
  const draft: Draft = {};
  for (let index = 0; index < given.length; ) {
    const at = given[index];
    const family = familyWord(given, index, faults.complain);
    if (family !== undefined) {
      draft.family = family;
      index += 2;
      continue;
    }
    if (at && isLateAny(given, index, draft))
      faults.complain(
        {
          code: "mixed-families",
          summary: `'all' has no family, and the rule is of one already; write it before the address, or leave it out`,
        },
        at,
      );
    const next = reader.read(given, index, draft, faults.complain);
    if (next === undefined) {
      faults.complain(
        {
          code: "unknown-option",
          summary: `'${at?.text}' is no option of a rule`,
          detail: "The line is ignored.",
        },
        at,
      );
      return undefined;
    }
    index = next;
  }
  if (draft.protocol !== undefined && !draft.no_track && !OWN_PROTOCOL.has(draft.protocol)) {
    protocolReset(draft.protocol, given[0], complain);
    delete draft.protocol;
  }
  judge(draft, given[0], faults.complain);
  if (faults.failed()) return undefined;
  if (draft.preference === undefined)
    complain(
      {
        code: "rule-without-preference",
        severity: "warning",
        summary: "the rule has no preference; where it comes among others is chance",
      },
      given[0],
    );
  return draft;
}

/** A line of virtual_rules or static_rules: the syntax of `ip rule add`. */
export const rule: Kind<Rule> = {
  name: "options of ip rule",
  json: objectType({}, { ...reader.json, family: { anyOf: [{ const: 4 }, { const: 6 }] } }),
  words: [1, Number.POSITIVE_INFINITY],
  parse: parseRule,
  format: ({ family, ...options }) => [
    // Twice, because the word behind it is not read.
    ...(family === undefined ? [] : family === 4 ? ["inet", "inet"] : ["inet6", "inet6"]),
    ...reader.format(options),
  ],
};
