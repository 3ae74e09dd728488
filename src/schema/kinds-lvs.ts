import type { Word } from "../../grammar/tree.ts";
import type { LvsTimeouts, SyncDaemon } from "./composite-lvs.ts";
import { integerType, interfaceType, objectType, textType } from "./json-types.ts";
import type { Complain, Kind } from "./kind.ts";
import { boundedInteger, interfaceName, multicastGroup } from "./kinds.ts";
import { type OptionReaders, readOptions } from "./kinds-options.ts";

/** 31 days, the kernel's limit, in seconds. */
const LONGEST_TIMEOUT = 2_678_400;
const TIMEOUT_TYPE = integerType(0, LONGEST_TIMEOUT);

function timeout<K extends keyof LvsTimeouts>(name: K) {
  return (value: Word, complain: Complain): Partial<LvsTimeouts> | undefined => {
    const seconds = boundedInteger(value, 0, LONGEST_TIMEOUT, complain);
    return seconds === undefined ? undefined : { [name]: seconds };
  };
}

const TIMEOUTS: OptionReaders<LvsTimeouts> = new Map([
  ["tcp", timeout("tcp")],
  ["tcpfin", timeout("tcpfin")],
  ["udp", timeout("udp")],
]);

/** `[tcp SECONDS] [tcpfin SECONDS] [udp SECONDS]`, at least one of them. */
export const lvsTimeouts: Kind<LvsTimeouts> = {
  name: "[tcp seconds] [tcpfin seconds] [udp seconds]",
  json: objectType({}, { tcp: TIMEOUT_TYPE, tcpfin: TIMEOUT_TYPE, udp: TIMEOUT_TYPE }),
  words: [0, Number.POSITIVE_INFINITY],
  parse(words, complain) {
    if (words.length === 0)
      complain({ code: "incomplete-option", summary: "one of tcp, tcpfin and udp has to follow" });
    const { options } = readOptions(words, TIMEOUTS, complain);
    return Object.keys(options).length === 0 ? undefined : options;
  },
  format: (value) =>
    (["tcp", "tcpfin", "udp"] as const).flatMap((name) =>
      value[name] === undefined ? [] : [name, String(value[name])],
    ),
};

function number<K extends "id" | "maxlen" | "port" | "ttl">(name: K, from: number, to: number) {
  return (value: Word, complain: Complain): Partial<SyncDaemon> | undefined => {
    const found = boundedInteger(value, from, to, complain);
    return found === undefined ? undefined : { [name]: found };
  };
}

function group(value: Word, complain: Complain): Partial<SyncDaemon> | undefined {
  const family = value.text.includes(":") ? 6 : 4;
  const found = multicastGroup(family).parse([value], complain);
  return found === undefined ? undefined : { group: found };
}

function instance(value: Word): Partial<SyncDaemon> {
  return { instance: value.text };
}

const SYNC_OPTIONS: OptionReaders<SyncDaemon> = new Map([
  ["inst", instance],
  ["id", number("id", 0, 255)],
  ["maxlen", number("maxlen", 1, 65_507)],
  ["port", number("port", 1, 65_535)],
  ["ttl", number("ttl", 1, 255)],
  ["group", group],
]);

/** `INTERFACE [[inst] INSTANCE] [id NUMBER] [maxlen NUMBER] [port NUMBER] [ttl NUMBER] [group ADDRESS]`. */
export const syncDaemon: Kind<SyncDaemon> = {
  name: "interface [[inst] instance] [id number] [maxlen number] [port number] [ttl number] [group address]",
  json: objectType(
    { interface: interfaceType },
    {
      instance: textType,
      id: integerType(0, 255),
      maxlen: integerType(1, 65_507),
      port: integerType(1, 65_535),
      ttl: integerType(1, 255),
      group: textType,
    },
  ),
  words: [0, Number.POSITIVE_INFINITY],
  parse([name, ...rest], complain) {
    if (!name) {
      complain({ code: "incomplete-option", summary: "the interface of the sync daemon is missing" });
      return undefined;
    }
    const found = interfaceName.parse([name], complain);
    const [first] = rest;
    const plain = first && !SYNC_OPTIONS.has(first.text) ? first : undefined;
    const { options } = readOptions(plain ? rest.slice(1) : rest, SYNC_OPTIONS, complain);
    if (found === undefined) return undefined;
    return { interface: found, ...(plain && { instance: plain.text }), ...options };
  },
  format: ({ interface: name, instance, id, maxlen, port, ttl, group: to }) => [
    name,
    ...Object.entries({ inst: instance, id, maxlen, port, ttl, group: to }).flatMap(([option, value]) =>
      value === undefined ? [] : [option, String(value)],
    ),
  ],
};
