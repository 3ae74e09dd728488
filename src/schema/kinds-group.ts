import type { Word } from "../../grammar/tree.ts";
import { bytesToIp, canonicalIp, familyOf, ipToBytes } from "../values/ip.ts";
import type { GroupEntry } from "./composite-lvs.ts";
import { integerType, objectType, textType } from "./json-types.ts";
import type { Complain, Kind } from "./kind.ts";
import { address, boundedInteger } from "./kinds.ts";

interface Range {
  readonly from: string;
  readonly to: string;
}

function invalidRange(at: Word, why: string, complain: Complain): undefined {
  complain({ code: "invalid-range", summary: `'${at.text}' is no range of addresses: ${why}` }, at);
  return undefined;
}

/** Whether one address stands before another of its family. */
function isBefore(one: string, other: string): boolean {
  const [a = [], b = []] = [ipToBytes(one), ipToBytes(other)];
  const difference = [...a].findIndex((byte, index) => byte !== b[index]);
  return difference >= 0 && (a[difference] ?? 0) < (b[difference] ?? 0);
}

/** The end of a range whose last part is all that is written: an octet, or four hexadecimal digits. */
function endFrom(from: string, part: string): string | undefined {
  const bytes = ipToBytes(from);
  if (!bytes) return undefined;
  if (bytes.length === 4) {
    const octet = /^\d+$/.test(part) ? Number(part) : 256;
    if (octet > 255) return undefined;
    bytes[3] = octet;
  } else {
    const group = /^[\da-f]+$/i.test(part) ? Number.parseInt(part, 16) : 0x10000;
    if (group > 0xffff) return undefined;
    bytes[14] = group >> 8;
    bytes[15] = group & 0xff;
  }
  return bytesToIp(bytes);
}

/** `FIRST-LAST`, the last address whole or only its last part. */
function spanned(at: Word, first: string, last: string, complain: Complain): Range | undefined {
  const from = canonicalIp(first);
  if (from === undefined) return invalidRange(at, `${first} is not an IP address`, complain);
  const whole = canonicalIp(last);
  const isWhole = whole !== undefined && (last.includes(":") || last.includes("."));
  const to = isWhole ? whole : endFrom(from, last);
  if (to === undefined) return invalidRange(at, `it cannot end with '${last}'`, complain);
  if (familyOf(to) !== familyOf(from))
    return invalidRange(at, "its ends are of different families", complain);
  if (isWhole ? isBefore(to, from) : !isBefore(from, to))
    return invalidRange(at, "it does not end after it starts", complain);
  return { from, to };
}

/** `ADDRESS/LENGTH`: all addresses with that prefix. */
function prefixed(at: Word, first: string, length: string, complain: Complain): Range | undefined {
  const from = canonicalIp(first);
  const bytes = ipToBytes(first);
  if (from === undefined || !bytes) return invalidRange(at, `${first} is not an IP address`, complain);
  const bits = /^\d+$/.test(length) ? Number(length) : 0;
  if (bits < 1 || bits > bytes.length * 8)
    return invalidRange(at, `'${length}' is not a prefix length`, complain);
  const last = bytes.map((byte, index) => byte | hostBits(bits, index));
  if (bytes.some((byte, index) => (byte & hostBits(bits, index)) !== 0))
    return invalidRange(at, `${first} has bits beyond the prefix`, complain);
  return { from, to: bytesToIp(last) };
}

/** The bits of an octet that a prefix of `length` leaves free. */
function hostBits(length: number, octet: number): number {
  return 0xff >> Math.min(8, Math.max(0, length - octet * 8));
}

function mark(number: Word | undefined, family: Word | undefined, at: Word, complain: Complain) {
  if (!number) {
    complain({ code: "missing-value", summary: "fwmark needs a number" }, at);
    return undefined;
  }
  const fwmark = boundedInteger(number, 0, 4_294_967_295, complain);
  if (family && family.text !== "inet" && family.text !== "inet6") {
    complain({ code: "invalid-choice", summary: `'${family.text}' is not one of inet, inet6` }, family);
    return undefined;
  }
  if (fwmark === undefined) return undefined;
  const entry: GroupEntry = {
    type: "fwmark",
    fwmark,
    ...(family && { family: family.text === "inet6" ? 6 : 4 }),
  };
  return entry;
}

/** A line of virtual_server_group: `ADDRESS [PORT]`, `RANGE [PORT]` or `fwmark NUMBER [inet|inet6]`. */
export const groupEntry: Kind<GroupEntry> = {
  name: "address [port] | range [port] | fwmark number [inet|inet6]",
  json: {
    anyOf: [
      objectType({ type: { const: "address" }, address: textType, port: integerType(0, 65_535) }),
      objectType({ type: { const: "range" }, from: textType, to: textType, port: integerType(0, 65_535) }),
      objectType(
        { type: { const: "fwmark" }, fwmark: integerType(0, 4_294_967_295) },
        { family: { anyOf: [{ const: 4 }, { const: 6 }] } },
      ),
    ],
  },
  words: [1, 3],
  parse([first, second, third], complain) {
    if (!first) return undefined;
    if (first.text === "fwmark") return mark(second, third, first, complain);
    const port = second ? boundedInteger(second, 0, 65_535, complain) : 0;
    const [, from = "", sign, to = ""] = /^([^-/]*)([-/])(.*)$/.exec(first.text) ?? [];
    if (sign === undefined) {
      const found = address(first, complain);
      return found === undefined || port === undefined
        ? undefined
        : { type: "address", address: found, port };
    }
    const range = sign === "-" ? spanned(first, from, to, complain) : prefixed(first, from, to, complain);
    return range === undefined || port === undefined ? undefined : { type: "range", ...range, port };
  },
  format(entry) {
    switch (entry.type) {
      case "fwmark":
        return [
          "fwmark",
          String(entry.fwmark),
          ...(entry.family ? [entry.family === 6 ? "inet6" : "inet"] : []),
        ];
      case "address":
        return entry.port === 0 ? [entry.address] : [entry.address, String(entry.port)];
      case "range": {
        const range = `${entry.from}-${entry.to}`;
        return entry.port === 0 ? [range] : [range, String(entry.port)];
      }
    }
  },
};
