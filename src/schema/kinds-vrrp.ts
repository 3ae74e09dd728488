import type { Word } from "../../grammar/tree.ts";
import { hasKeyLength, KEY_BYTES, keyOfText } from "../values/hmac-key.ts";
import { canonicalIp } from "../values/ip.ts";
import { formatSeconds, type Micros, parseSeconds, SECOND } from "../values/time.ts";
import type { ExtraGarp, HmacKey, IpvlanUse, ReceiveBuffers, UpDownDelay, VmacUse } from "./composite.ts";
import {
  booleanType,
  choiceType,
  integerType,
  interfaceType,
  numberType,
  objectType,
  textType,
} from "./json-types.ts";
import type { Complain, Kind } from "./kind.ts";
import { boundedInteger, fromSeconds, interfaceName, multicastGroup, seconds } from "./kinds.ts";

/** One day, the longest interval of gratuitous ARPs on other interfaces. */
const DAY = 86_400;
const MOST = 4_294_967_295;

/** `[all] SECONDS` of garp_extra_if: whole seconds. */
export function extraGarp(shortest: number): Kind<ExtraGarp> {
  return {
    name: `[all] whole seconds ${shortest}–${DAY}`,
    json: objectType({ all: booleanType, interval: numberType(shortest, DAY) }),
    words: [1, 2],
    parse([first, second], complain) {
      const all = first?.text === "all";
      const time = all ? second : first;
      if (!time) {
        complain({ code: "incomplete-option", summary: "all needs a number of seconds after it" }, first);
        return undefined;
      }
      if (!all && second)
        complain(
          { code: "extra-words", severity: "warning", summary: `'${second.text}' is ignored` },
          second,
        );
      const interval = boundedInteger(time, shortest, DAY, complain);
      return interval === undefined ? undefined : { all, interval: interval * SECOND };
    },
    format: ({ all, interval }) => [...(all ? ["all"] : []), formatSeconds(interval)],
    toJson: ({ all, interval }) => ({ all, interval: interval / SECOND }),
    fromJson: (json) => {
      const { all, interval } = { all: false, interval: 0, ...Object(json) };
      return { all: all === true, interval: fromSeconds(interval) };
    },
  };
}

/** `MTU`, `ADVERT` or a number of bytes. */
export const receiveBuffers: Kind<ReceiveBuffers> = {
  name: `MTU | ADVERT | bytes`,
  json: { anyOf: [choiceType(["MTU", "ADVERT"]), integerType(0, MOST)] },
  words: [1, 1],
  parse([policy], complain) {
    if (!policy) return undefined;
    if (policy.text === "MTU" || policy.text === "ADVERT") return policy.text;
    return boundedInteger(policy, 0, MOST, complain);
  },
  format: (value) => [String(value)],
};

/** The IPv6 group of adverts: any multicast address, with a warning where it is not of the link. */
export const linkLocalGroup: Kind<string> = {
  ...multicastGroup(6),
  parse(words, complain) {
    const group = multicastGroup(6).parse(words, complain);
    if (group !== undefined && !/^ff.2:/.test(group))
      complain(
        {
          code: "wide-multicast",
          severity: "warning",
          summary: `${group} is not a group of the link, as ff02::12 is: adverts are not for other networks`,
        },
        words[0],
      );
    return group;
  },
};

/** How long instances wait before they start. */
export const startupDelay: Kind<Micros> = {
  ...seconds(0.001, 4294.967295),
  name: "seconds 0.001–4294.967295",
};

/** The octets of a MAC address, lower case; undefined when it is none. */
function macOf(text: string): string | undefined {
  const octets = text.split(":");
  const wellFormed = octets.every((octet) => /^[\da-f]{1,2}$/i.test(octet));
  if (!wellFormed || (octets.length !== 5 && octets.length !== 6)) return undefined;
  return octets.map((octet) => octet.toLowerCase().padStart(2, "0")).join(":");
}

/** What reading a VMAC or ipvlan needs to say of a second value for one thing. */
function given(
  into: { [property: string]: string | boolean | undefined },
  property: string,
  value: string,
  at: Word,
  complain: Complain,
): void {
  if (into[property] === undefined) {
    into[property] = value;
    return;
  }
  complain(
    {
      code: "extra-words",
      severity: "warning",
      summary: `'${at.text}' is ignored: the ${property} is ${into[property]} already`,
    },
    at,
  );
}

/** Takes the word after an option; complains when there is none, which keepalived does not start with. */
function valueAfter(words: readonly Word[], index: number, complain: Complain): Word | undefined {
  const value = words[index + 1];
  if (!value) {
    const option = words[index];
    complain(
      {
        code: "missing-value",
        summary: `${option?.text} needs a value`,
        detail: "keepalived refuses a configuration with this.",
      },
      option,
    );
  }
  return value;
}

function badMac(text: string, at: Word, complain: Complain): boolean {
  const why = /^[\da-f]?[13579bdf]:/i.test(text)
    ? "is a multicast address"
    : text.startsWith("00:00:5e:00:0")
      ? "belongs to VRRP (RFC 9568 §7.3)"
      : undefined;
  if (why === undefined) return false;
  complain({ code: "invalid-mac", summary: `the MAC address ${at.text} ${why}; it is ignored` }, at);
  return true;
}

/** `[[name] NAME] [MAC] [netlink_notify_msg] [group GROUP]` of use_vmac. */
export const vmacUse: Kind<VmacUse> = {
  name: "[[name] interface] [MAC] [netlink_notify_msg] [group group]",
  json: objectType(
    {},
    { name: interfaceType, mac: textType, netlinkNotifyMessage: booleanType, group: textType },
  ),
  words: [0, Number.POSITIVE_INFINITY],
  parse(words, complain) {
    const into: { name?: string; mac?: string; netlinkNotifyMessage?: boolean; group?: string } = {};
    for (let i = 0; i < words.length; i++) {
      const word = words[i];
      if (!word) break;
      const mac = macOf(word.text);
      if (word.text === "netlink_notify_msg") into.netlinkNotifyMessage = true;
      else if (word.text === "group") {
        const value = valueAfter(words, i++, complain);
        if (value) into.group = value.text;
      } else if (mac !== undefined) {
        if (!badMac(mac, word, complain)) given(into, "mac", mac, word, complain);
      } else {
        const named = word.text === "name" ? valueAfter(words, i++, complain) : word;
        const name = named && interfaceName.parse([named], complain);
        if (named && name !== undefined) given(into, "name", name, named, complain);
      }
    }
    return into;
  },
  format: ({ name, mac, netlinkNotifyMessage, group }) => [
    ...(name === undefined ? [] : [...(needsName(name) ? ["name"] : []), name]),
    ...(mac === undefined ? [] : [mac]),
    ...(netlinkNotifyMessage ? ["netlink_notify_msg"] : []),
    ...(group === undefined ? [] : ["group", group]),
  ],
};

const IPVLAN_FLAGS = ["bridge", "private", "vepa"] as const;

/** Whether an interface name would be taken for something else without `name` before it. */
function needsName(name: string): boolean {
  const taken: readonly string[] = ["name", "group", "netlink_notify_msg", ...IPVLAN_FLAGS];
  return taken.includes(name) || macOf(name) !== undefined || canonicalIp(name) !== undefined;
}

/** Whether what follows an address and a slash can be its prefix length; with anything else keepalived sees a name. */
function isPrefixLength(text: string | undefined, address: string): boolean {
  if (text === undefined) return true;
  return /^\d+$/.test(text) && Number(text) <= (address.includes(":") ? 128 : 32);
}

/** `[[name] NAME] [ADDRESS] [bridge|private|vepa] [group GROUP]` of use_ipvlan. */
export const ipvlanUse: Kind<IpvlanUse> = {
  name: "[[name] interface] [address] [bridge | private | vepa] [group group]",
  json: objectType(
    {},
    { name: interfaceType, address: textType, flag: choiceType(IPVLAN_FLAGS), group: textType },
  ),
  words: [0, Number.POSITIVE_INFINITY],
  parse(words, complain) {
    const into: { name?: string; address?: string; flag?: (typeof IPVLAN_FLAGS)[number]; group?: string } =
      {};
    for (let i = 0; i < words.length; i++) {
      const word = words[i];
      if (!word) break;
      const flag = IPVLAN_FLAGS.find((one) => one === word.text);
      const [host = "", length] = word.text.split("/");
      const address = isPrefixLength(length, host) ? canonicalIp(host) : undefined;
      if (flag) given(into, "flag", flag, word, complain);
      else if (word.text === "group") {
        const value = valueAfter(words, i++, complain);
        if (value) into.group = value.text;
      } else if (address !== undefined) {
        const whole = length === undefined ? address : `${address}/${length}`;
        given(into, "address", whole, word, complain);
      } else {
        const named = word.text === "name" ? valueAfter(words, i++, complain) : word;
        const name = named && interfaceName.parse([named], complain);
        if (named && name !== undefined) given(into, "name", name, named, complain);
      }
    }
    return into;
  },
  format: ({ name, address, flag, group }) => [
    ...(name === undefined ? [] : [...(needsName(name) ? ["name"] : []), name]),
    ...(address === undefined ? [] : [address]),
    ...(flag === undefined ? [] : [flag]),
    ...(group === undefined ? [] : ["group", group]),
  ],
};

/** Bytes of a key, undefined for a file, whose content only the host knows. */
function keyLength(value: string): number | undefined {
  return value.startsWith("file:") ? undefined : (keyOfText(value)?.length ?? 0);
}

/** A key of auth_hmac: `ID VALUE`, the value a text, `hex:DIGITS` or `file:PATH`. */
export const hmacKey: Kind<HmacKey> = {
  name: "id key",
  json: objectType({ id: integerType(1, 255), value: textType }),
  words: [2, 2],
  parse([number, value], complain) {
    const id = number && boundedInteger(number, 1, 255, complain);
    if (!value || id === undefined) return undefined;
    const length = keyLength(value.text);
    if (length === undefined || hasKeyLength(length)) return { id, value: value.text };
    complain(
      {
        code: "invalid-key",
        summary: `key ${id} has ${length} bytes; it needs ${KEY_BYTES[0]} to ${KEY_BYTES[1]}`,
        detail: "Write that many characters, or twice as many hexadecimal digits after hex:.",
      },
      value,
    );
    return undefined;
  },
  format: ({ id, value }) => [String(id), value],
};

/** A line of interface_up_down_delays: `INTERFACE DOWN [UP]`, in seconds; UP is DOWN when left out. */
export const upDownDelay: Kind<UpDownDelay> = {
  name: "interface down-delay [up-delay]",
  json: objectType({
    interface: interfaceType,
    downDelay: numberType(0, 255),
    upDelay: numberType(0, 255),
  }),
  words: [2, 3],
  parse([name, down, up], complain) {
    const found = name && interfaceName.parse([name], complain);
    const delayOf = (word: Word | undefined): Micros | undefined =>
      word && seconds(0, 255).parse([word], complain);
    const downDelay = delayOf(down);
    const upDelay = up ? delayOf(up) : downDelay;
    if (found === undefined || downDelay === undefined || upDelay === undefined) return undefined;
    return { interface: found, downDelay, upDelay };
  },
  format: ({ interface: name, downDelay, upDelay }) => [
    name,
    formatSeconds(downDelay),
    ...(upDelay === downDelay ? [] : [formatSeconds(upDelay)]),
  ],
  toJson: ({ interface: name, downDelay, upDelay }) => ({
    interface: name,
    downDelay: downDelay / SECOND,
    upDelay: upDelay / SECOND,
  }),
  fromJson: (json) => {
    const {
      interface: name,
      downDelay,
      upDelay,
    } = { interface: "", downDelay: 0, upDelay: 0, ...Object(json) };
    return { interface: String(name), downDelay: fromSeconds(downDelay), upDelay: fromSeconds(upDelay) };
  },
};

/** An interval of BFD: milliseconds with decimals in the text, microseconds in the value. */
export function bfdMilliseconds(minimum: number): Kind<Micros> {
  const most = 4_294_967;
  return {
    name: `milliseconds ${minimum}–${most}`,
    words: [1, 1],
    parse([word], complain) {
      if (!word) return undefined;
      // Parsed as seconds, so that decimals are exact to the nanosecond; then scaled down.
      const scaled = parseSeconds(word.text.replace(/^\+/, ""));
      if (scaled !== undefined && scaled >= minimum * SECOND && scaled <= most * SECOND) {
        return Math.round(scaled / 1_000);
      }
      const code = scaled === undefined ? "invalid-number" : "out-of-range";
      complain(
        { code, summary: `'${word.text}' is not a time from ${minimum} to ${most} milliseconds` },
        word,
      );
      return undefined;
    },
    format: (value) => [formatSeconds(value * 1_000)],
    toJson: (value) => value / SECOND,
    fromJson: fromSeconds,
    json: numberType(minimum / 1_000, most / 1_000),
  };
}
