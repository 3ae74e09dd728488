import type { Word } from "../../grammar/tree.ts";
import { canonicalIp } from "../values/ip.ts";
import type { Granularity, ServerAddress, ServiceName, StatusRanges } from "./composite.ts";
import { arrayType, booleanType, choiceType, integerType, objectType, textType } from "./json-types.ts";
import type { Complain, Kind } from "./kind.ts";
import { address, boundedInteger, oneText, oneWord } from "./kinds.ts";

/** `ADDRESS [PORT]`; undefined after a complaint. keepalived takes a prefix length and ignores it. */
function addressAndPort(
  host: Word,
  port: Word | undefined,
  complain: Complain,
): { readonly address: string; readonly port: number } | undefined {
  const at = host.text.includes("/") ? { ...host, text: host.text.replace(/\/\d{1,3}$/, "") } : host;
  const found = address(at, complain);
  const number = port ? boundedInteger(port, 0, 65_535, complain) : 0;
  return found === undefined || number === undefined ? undefined : { address: found, port: number };
}

function missing(what: string, at: Word, complain: Complain): undefined {
  complain({ code: "missing-value", summary: `${at.text} needs ${what}` }, at);
  return undefined;
}

/** What follows virtual_server: `ADDRESS [PORT]`, `fwmark NUMBER` or `group NAME`. */
export const serviceName: Kind<ServiceName> = {
  name: "address [port] | fwmark number | group name",
  json: {
    anyOf: [
      objectType({ type: { const: "address" }, address: textType, port: integerType(0, 65_535) }),
      objectType({ type: { const: "fwmark" }, fwmark: integerType(1, 4_294_967_295) }),
      objectType({ type: { const: "group" }, group: textType }),
    ],
  },
  words: [1, 2],
  parse([first, second], complain) {
    if (!first) return undefined;
    if (first.text === "fwmark") {
      if (!second) return missing("a number", first, complain);
      const fwmark = boundedInteger(second, 1, 4_294_967_295, complain);
      return fwmark === undefined ? undefined : { type: "fwmark", fwmark };
    }
    if (first.text === "group") {
      return second ? { type: "group", group: second.text } : missing("a name", first, complain);
    }
    const found = addressAndPort(first, second, complain);
    return found && { type: "address", address: found.address, port: found.port };
  },
  format(service) {
    switch (service.type) {
      case "fwmark":
        return ["fwmark", String(service.fwmark)];
      case "group":
        return ["group", service.group];
      case "address":
        return service.port === 0 ? [service.address] : [service.address, String(service.port)];
    }
  },
};

/** `ADDRESS [PORT]`. */
export const serverAddress: Kind<ServerAddress> = {
  name: "address [port]",
  json: objectType({ address: textType, port: integerType(0, 65_535) }),
  words: [1, 2],
  parse: ([host, port], complain) => host && addressAndPort(host, port, complain),
  format: (server) => (server.port === 0 ? [server.address] : [server.address, String(server.port)]),
};

const STATUS = /^(\d{3})(?:-(\d{3}))?$/;

/** `200 300-302 …`. */
export const statusRanges: Kind<StatusRanges> = {
  name: "status codes",
  json: arrayType(arrayType(integerType(100, 599), 2, 2), 1),
  words: [1, Number.POSITIVE_INFINITY],
  parse(words, complain) {
    const ranges: [number, number][] = [];
    for (const at of words) {
      const [, low, high = low] = STATUS.exec(at.text) ?? [];
      const range: [number, number] = [Number(low), Number(high)];
      if (range[0] >= 100 && range[1] <= 599 && range[0] <= range[1]) ranges.push(range);
      else
        complain(
          {
            code: "invalid-status",
            summary: `'${at.text}' is not an HTTP status code from 100 to 599, nor a range of them`,
          },
          at,
        );
    }
    return ranges.length > 0 ? ranges : undefined;
  },
  format: (ranges) => ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)),
};

/** The length of a netmask's run of ones, or undefined when it is none. */
function maskLength(mask: string): number | undefined {
  const bits = mask
    .split(".")
    .map((octet) => Number(octet).toString(2).padStart(8, "0"))
    .join("");
  return /^1+0*$/.test(bits) ? bits.replace(/0+$/, "").length : undefined;
}

/** The netmask with a run of ones, from 1 to 32. */
function maskOf(length: number): string {
  const bits = "1".repeat(length).padEnd(32, "0");
  return [0, 8, 16, 24].map((at) => Number.parseInt(bits.slice(at, at + 8), 2)).join(".");
}

/** Persistence granularity: prefix length, 1–32 or 1–128, from a netmask or a number. */
export const granularity: Kind<Granularity> = {
  json: objectType({ length: integerType(1, 128), netmask: booleanType }),
  ...oneWord<Granularity>(
    "netmask or prefix length",
    (text, complain, at) => {
      const mask = text.includes(".") ? canonicalIp(text) : undefined;
      const length = mask === undefined ? undefined : maskLength(mask);
      if (length !== undefined) return { length, netmask: true };
      if (text.includes(".")) {
        complain({ code: "invalid-netmask", summary: `'${text}' is not a netmask` }, at);
        return undefined;
      }
      const number = boundedInteger(at, 1, 128, complain);
      return number === undefined ? undefined : { length: number, netmask: false };
    },
    ({ length, netmask }) => (netmask ? maskOf(length) : String(length)),
  ),
};

/** Persistence in seconds when the keyword stands alone. */
const DEFAULT_PERSISTENCE = 360;
/** 31 days, the kernel's limit. */
const LONGEST_PERSISTENCE = 2_678_400;

/** Optional argument: seconds of persistence, 360 when the keyword stands alone. */
export const persistenceTimeout: Kind<number> = {
  name: `seconds 1–${LONGEST_PERSISTENCE}, ${DEFAULT_PERSISTENCE} when left out`,
  json: integerType(1, LONGEST_PERSISTENCE),
  words: [0, 1],
  parse: ([at], complain) =>
    at ? boundedInteger(at, 1, LONGEST_PERSISTENCE, complain) : DEFAULT_PERSISTENCE,
  format: (value) => [String(value)],
};

/** The schedulers of Linux. */
const SCHEDULERS = [
  "rr",
  "wrr",
  "lc",
  "wlc",
  "lblc",
  "lblcr",
  "sh",
  "mh",
  "dh",
  "fo",
  "ovf",
  "sed",
  "nq",
  "twos",
];

/** A scheduler of the kernel, by the name that ipvsadm knows it under. */
export const scheduler: Kind<string> = oneText(
  SCHEDULERS.join(" | "),
  (text, complain, at) => {
    if (SCHEDULERS.includes(text)) return text;
    complain({ code: "invalid-choice", summary: `'${text}' is not one of ${SCHEDULERS.join(", ")}` }, at);
    return undefined;
  },
  choiceType(SCHEDULERS),
);
