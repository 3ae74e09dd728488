import type { Word } from "../../grammar/tree.ts";
import { canonicalIp, familyOf } from "../values/ip.ts";
import type { UnicastPeer, VirtualAddress } from "./composite.ts";
import { integerType, interfaceType, markType, objectType, textType } from "./json-types.ts";
import type { Complain, Kind } from "./kind.ts";
import { address, boundedInteger, interfaceName, withoutPrefix } from "./kinds.ts";
import { counting } from "./kinds-network.ts";

/** RT_SCOPE_* by the names of `ip address`. */
const SCOPES: ReadonlyMap<string, number> = new Map([
  ["global", 0],
  ["universe", 0],
  ["site", 200],
  ["link", 253],
  ["host", 254],
  ["nowhere", 255],
]);
const SCOPE_NAMES: ReadonlyMap<number, string> = new Map([...SCOPES].map(([name, value]) => [value, name]));

/** The options while they are read. */
interface Options {
  dev?: string;
  broadcast?: string;
  peer?: string;
  label?: string;
  scope?: number;
  use_vmac?: true;
  home?: true;
  nodad?: true;
  mngtmpaddr?: true;
  noprefixroute?: true;
  autojoin?: true;
  no_track?: true;
  preferred_lft?: number | "forever";
  track_group?: string;
}

type Mark = "use_vmac" | "home" | "nodad" | "mngtmpaddr" | "noprefixroute" | "autojoin" | "no_track";

/** Options that stand alone, in the order in which a dump has them. */
const MARKS: ReadonlyMap<string, Mark> = new Map<string, Mark>([
  ["use_vmac", "use_vmac"],
  ["home", "home"],
  ["-nodad", "nodad"],
  ["mngtmpaddr", "mngtmpaddr"],
  ["noprefixroute", "noprefixroute"],
  ["autojoin", "autojoin"],
  ["no_track", "no_track"],
]);

/** Where a list of addresses stands: options differ. */
type Place = "virtual" | "static";
/** Options that only one of the places has. keepalived takes no_track in both. */
const ONLY: ReadonlyMap<string, Place> = new Map([
  ["use_vmac", "virtual"],
  ["track_group", "static"],
]);

const LONGEST_LABEL = 15;
const LONGEST_LIFETIME = 4_294_967_295;

function setScope(into: Options, value: Word, complain: Complain): void {
  const number = /^\d+$/.test(value.text) ? Number(value.text) : SCOPES.get(value.text);
  if (number !== undefined && number <= 255) into.scope = number;
  else
    complain(
      { code: "invalid-choice", summary: `'${value.text}' is not one of site, link, host, nowhere, global` },
      value,
    );
}

/** What takes a value, and where the value goes. */
const VALUED: ReadonlyMap<string, (into: Options, value: Word, complain: Complain) => void> = new Map([
  [
    "dev",
    (into: Options, value: Word, complain: Complain) => {
      const name = interfaceName.parse([value], complain);
      if (name !== undefined) into.dev = name;
    },
  ],
  [
    "brd",
    (into: Options, value: Word, complain: Complain) => {
      const broadcast = value.text === "+" || value.text === "-" ? value.text : address(value, complain, 4);
      if (broadcast !== undefined) into.broadcast = broadcast;
    },
  ],
  [
    "peer",
    (into: Options, value: Word, complain: Complain) => {
      const peer = address(value, complain);
      if (peer !== undefined) into.peer = peer;
    },
  ],
  [
    "label",
    (into: Options, value: Word) => {
      into.label = value.text;
    },
  ],
  ["scope", setScope],
  [
    "preferred_lft",
    (into: Options, value: Word, complain: Complain) => {
      const lifetime =
        value.text === "forever" ? "forever" : boundedInteger(value, 0, LONGEST_LIFETIME, complain);
      if (lifetime !== undefined) into.preferred_lft = lifetime;
    },
  ],
  [
    "track_group",
    (into: Options, value: Word) => {
      into.track_group = value.text;
    },
  ],
]);

/** Reads one option starting at `words[index]`; the index of the next, undefined when the line is left out. */
function readOption(
  words: readonly Word[],
  index: number,
  place: Place,
  into: Options,
  complain: Complain,
): number | undefined {
  const option = words[index];
  if (!option) return index + 1;
  const name = option.text === "broadcast" ? "brd" : option.text;
  const valued = VALUED.get(name);
  const mark = MARKS.get(name);
  if ((!valued && !mark) || (ONLY.get(name) ?? place) !== place) {
    complain(
      {
        code: "unknown-option",
        summary: `'${option.text}' is no option of an address here`,
        detail: "It is ignored.",
      },
      option,
    );
    return index + 1;
  }
  if (mark) into[mark] = true;
  if (!valued) return index + 1;
  const value = words[index + 1];
  if (!value) {
    complain(
      { code: "incomplete-option", summary: `${option.text} needs a value; the line is left out` },
      option,
    );
    return undefined;
  }
  const faults = counting(complain);
  valued(into, value, faults.complain);
  // Without any other option keepalived sets the address up.
  return name === "brd" && faults.failed() ? undefined : index + 2;
}

/** The options behind an address; undefined when the line is left out. */
function readOptions(words: readonly Word[], place: Place, complain: Complain): Options | undefined {
  const options: Options = {};
  let index: number | undefined = 1;
  while (index !== undefined && index < words.length)
    index = readOption(words, index, place, options, complain);
  return index === undefined ? undefined : options;
}

/** The prefix length after the slash, or the longest there is. keepalived uses the longest when it is malformed. */
function prefixLengthOf(text: string, longest: number, at: Word, complain: Complain): number {
  if (text === "") return longest;
  const length = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (length <= longest) return length;
  const mask = text.includes(".");
  complain(
    {
      code: "invalid-prefix-length",
      summary: `'${text}' is not a prefix length from 0 to ${longest}`,
      detail: mask
        ? "A netmask cannot stand here: write the number of its ones, such as /24."
        : `/${longest} is used instead.`,
    },
    at,
  );
  return longest;
}

/** Lengths that say nothing: those of a whole address. */
const LONGEST: ReadonlySet<string> = new Set(["32", "128"]);

/** Longest prefix that leaves room for a broadcast address. */
const LONGEST_WITH_BROADCAST = 30;

/** What a peer and a broadcast address exclude: the address is set up without. */
function judgeBroadcast(length: string, options: Options, first: Word, complain: Complain): void {
  const ignored = (what: string): void =>
    complain(
      {
        code: "conflicting-options",
        severity: "warning",
        summary: `${what} is ignored: the address has a peer`,
      },
      first,
    );
  if (options.peer !== undefined) {
    if (length !== "" && !LONGEST.has(length)) ignored(`the prefix length /${length}`);
    if (options.broadcast !== undefined) ignored("the broadcast address");
    delete options.broadcast;
  }
  const derived = options.broadcast === "+" || options.broadcast === "-";
  if (!derived || (length !== "" && Number(length) <= LONGEST_WITH_BROADCAST)) return;
  complain(
    {
      code: "conflicting-options",
      summary: `${first.text} has no broadcast address: its prefix is longer than /${LONGEST_WITH_BROADCAST}`,
      detail: "It is set up without one.",
    },
    first,
  );
  delete options.broadcast;
}

/** What the options may be for the family of the address. False when there is nothing left to set up. */
function judge(found: string, options: Options, first: Word, complain: Complain): boolean {
  const family = familyOf(found);
  if (options.peer !== undefined && familyOf(options.peer) !== family) {
    complain({ code: "mixed-families", summary: "the peer of an address is of its own family" }, first);
    delete options.peer;
  }
  if (family === 6 && options.broadcast !== undefined) {
    complain({ code: "mixed-families", summary: "an IPv6 address has no broadcast address" }, first);
    return false;
  }
  if (family === 6 && options.label !== undefined) {
    complain({ code: "mixed-families", summary: "an IPv6 address has no label; it is ignored" }, first);
    delete options.label;
  }
  if (family === 6 && options.scope) {
    complain(
      { code: "mixed-families", summary: "an IPv6 address has the scope that it says; this one is ignored" },
      first,
    );
    delete options.scope;
  }
  if (options.label === undefined || options.label.length <= LONGEST_LABEL) return true;
  complain(
    {
      code: "invalid-interface",
      summary: `the label ${options.label} is longer than ${LONGEST_LABEL} characters`,
    },
    first,
  );
  return false;
}

/** A line of a list of addresses: `ADDRESS[/LENGTH]` and options of `ip address`. */
function addressLine(place: Place): Kind<VirtualAddress> {
  return {
    name: place === "virtual" ? "address[/length] [options]" : "address[/length] [options, static]",
    words: [1, Number.POSITIVE_INFINITY],
    parse(words, complain) {
      const [first] = words;
      if (!first) return undefined;
      const slash = first.text.indexOf("/");
      const host = slash < 0 ? first.text : first.text.slice(0, slash);
      const length = slash < 0 ? "" : first.text.slice(slash + 1);
      const found = canonicalIp(host);
      if (found === undefined) {
        complain({ code: "invalid-address", summary: `'${first.text}' is not an IP address` }, first);
        return undefined;
      }
      const longest = familyOf(found) === 4 ? 32 : 128;
      const options = readOptions(words, place, complain);
      if (!options) return undefined;
      const written = prefixLengthOf(length, longest, first, complain);
      if (!judge(found, options, first, complain)) return undefined;
      judgeBroadcast(length, options, first, complain);
      const prefixLength = options.peer === undefined ? written : longest;
      return { address: found, prefixLength, ...options };
    },
    format: formatAddress,
    json: ADDRESS_TYPE,
  };
}

const ADDRESS_TYPE = objectType(
  {
    address: textType,
    prefixLength: integerType(0, 128),
  },
  {
    dev: interfaceType,
    broadcast: textType,
    peer: textType,
    label: textType,
    scope: integerType(0, 255),
    use_vmac: markType,
    home: markType,
    nodad: markType,
    mngtmpaddr: markType,
    noprefixroute: markType,
    autojoin: markType,
    no_track: markType,
    preferred_lft: { anyOf: [integerType(0, LONGEST_LIFETIME), { const: "forever" }] },
    track_group: textType,
  },
);

function formatAddress(value: VirtualAddress): string[] {
  const longest = familyOf(value.address) === 4 ? 32 : 128;
  const words = [value.prefixLength === longest ? value.address : `${value.address}/${value.prefixLength}`];
  if (value.broadcast !== undefined) words.push("brd", value.broadcast);
  if (value.dev !== undefined) words.push("dev", value.dev);
  if (value.scope !== undefined) words.push("scope", SCOPE_NAMES.get(value.scope) ?? String(value.scope));
  if (value.label !== undefined) words.push("label", value.label);
  if (value.peer !== undefined) words.push("peer", value.peer);
  for (const [option, property] of MARKS) if (value[property]) words.push(option);
  if (value.preferred_lft !== undefined) words.push("preferred_lft", String(value.preferred_lft));
  if (value.track_group !== undefined) words.push("track_group", value.track_group);
  return words;
}

/** A line of virtual_ipaddress or virtual_ipaddress_excluded. */
export const virtualAddress = addressLine("virtual");
/** A line of static_ipaddress. */
export const staticAddress = addressLine("static");

/** A line of unicast_peer: `ADDRESS [min_ttl 0–255] [max_ttl 0–255]`. */
export const unicastPeer: Kind<UnicastPeer> = {
  name: "address [min_ttl number] [max_ttl number]",
  json: objectType({ address: textType }, { minTtl: integerType(0, 255), maxTtl: integerType(0, 255) }),
  words: [1, 5],
  parse([host, ...options], complain) {
    // keepalived takes a prefix length and ignores it.
    const found = host && address(withoutPrefix(host), complain);
    if (found === undefined) return undefined;
    const peer: { address: string; minTtl?: number; maxTtl?: number } = { address: found };
    for (let i = 0; i < options.length; i += 2) {
      const [option, value] = [options[i], options[i + 1]];
      if (!option) break;
      if (option.text !== "min_ttl" && option.text !== "max_ttl") {
        complain({ code: "unknown-option", summary: `'${option.text}' is not min_ttl or max_ttl` }, option);
        break;
      }
      if (!value) {
        complain({ code: "incomplete-option", summary: `${option.text} needs a number` }, option);
        break;
      }
      const ttl = boundedInteger(value, 0, 255, complain);
      if (ttl !== undefined) peer[option.text === "min_ttl" ? "minTtl" : "maxTtl"] = ttl;
    }
    return peer;
  },
  format: ({ address: host, minTtl, maxTtl }) => [
    host,
    ...(minTtl === undefined ? [] : ["min_ttl", String(minTtl)]),
    ...(maxTtl === undefined ? [] : ["max_ttl", String(maxTtl)]),
  ],
};
