import type { Word } from "../../grammar/tree.ts";
import { canonicalIp, familyOf } from "../values/ip.ts";
import type { UnicastPeer, VirtualAddress } from "./composite.ts";
import type { Complain, Kind } from "./kind.ts";
import { address, boundedInteger, interfaceName } from "./kinds.ts";

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

/** Options of an address that are kept and dumped but not acted on, with the number of words after each. */
const KEPT_OPTIONS: ReadonlyMap<string, number> = new Map([
  ["use_vmac", 0],
  ["home", 0],
  ["-nodad", 0],
  ["mngtmpaddr", 0],
  ["noprefixroute", 0],
  ["autojoin", 0],
  ["no_track", 0],
  ["preferred_lft", 1],
  ["track_group", 1],
]);

/** The options while they are read. */
interface Options {
  dev?: string;
  broadcast?: string;
  peer?: string;
  label?: string;
  scope?: number;
  options?: string[];
}

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
]);

/** Reads one option starting at `words[index]`; the index of the next. */
function readOption(words: readonly Word[], index: number, into: Options, complain: Complain): number {
  const option = words[index];
  if (!option) return index + 1;
  const name = option.text === "broadcast" ? "brd" : option.text;
  const valued = VALUED.get(name);
  const kept = KEPT_OPTIONS.get(name);
  const value = words[index + 1];
  if (!valued && kept === undefined) {
    complain(
      {
        code: "unknown-option",
        summary: `'${option.text}' is no option of an address`,
        detail: "It is ignored.",
      },
      option,
    );
    return index + 1;
  }
  if ((valued || kept === 1) && !value) {
    complain({ code: "incomplete-option", summary: `${option.text} needs a value` }, option);
    return index + 1;
  }
  if (valued && value) {
    valued(into, value, complain);
    return index + 2;
  }
  complain(
    {
      code: "not-implemented",
      severity: "warning",
      summary: `${option.text} is not implemented yet`,
      detail: "The address is handled as if it were not there.",
    },
    option,
  );
  into.options = [...(into.options ?? []), ...words.slice(index, index + 1 + (kept ?? 0)).map((w) => w.text)];
  return index + 1 + (kept ?? 0);
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

/** A line of virtual_ipaddress: `ADDRESS[/LENGTH] [brd ADDRESS] [dev NAME] [scope SCOPE] [label LABEL] [peer ADDRESS]`. */
export const virtualAddress: Kind<VirtualAddress> = {
  name: "address[/length] [options]",
  words: [1, Number.POSITIVE_INFINITY],
  parse(words, complain) {
    const [first] = words;
    if (!first) return undefined;
    const [host = "", length = ""] = first.text.split("/", 2);
    const found = canonicalIp(host);
    if (found === undefined) {
      complain({ code: "invalid-address", summary: `'${first.text}' is not an IP address` }, first);
      return undefined;
    }
    const longest = familyOf(found) === 4 ? 32 : 128;
    const options: Options = {};
    for (let i = 1; i < words.length; ) i = readOption(words, i, options, complain);
    if (options.peer !== undefined && familyOf(options.peer) !== familyOf(found)) {
      complain({ code: "mixed-families", summary: "the peer of an address is of its own family" }, first);
      delete options.peer;
    }
    return { address: found, prefixLength: prefixLengthOf(length, longest, first, complain), ...options };
  },
  format(value) {
    const longest = familyOf(value.address) === 4 ? 32 : 128;
    const words = [value.prefixLength === longest ? value.address : `${value.address}/${value.prefixLength}`];
    if (value.broadcast !== undefined) words.push("brd", value.broadcast);
    if (value.dev !== undefined) words.push("dev", value.dev);
    if (value.scope !== undefined) words.push("scope", SCOPE_NAMES.get(value.scope) ?? String(value.scope));
    if (value.label !== undefined) words.push("label", value.label);
    if (value.peer !== undefined) words.push("peer", value.peer);
    return [...words, ...(value.options ?? [])];
  },
};

/** A line of unicast_peer: `ADDRESS [min_ttl 0–255] [max_ttl 0–255]`. */
export const unicastPeer: Kind<UnicastPeer> = {
  name: "address [min_ttl number] [max_ttl number]",
  words: [1, 5],
  parse([host, ...options], complain) {
    const found = host && address(host, complain);
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
