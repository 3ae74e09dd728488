import type { Word } from "../../grammar/tree.ts";
import { canonicalIp, familyOf, type IpFamily } from "../values/ip.ts";
import { arrayType, integerType } from "./json-types.ts";
import type { Complain, Kind } from "./kind.ts";
import { oneText } from "./kinds.ts";

/** The canonical text of `ADDRESS[/LENGTH]`, the length left out where it is the longest. */
export function prefixOf(at: Word, complain: Complain): string | undefined {
  const [host = "", length] = at.text.split("/", 2);
  const found = canonicalIp(host);
  if (found === undefined) return undefined;
  if (length === undefined) return found;
  const longest = familyOf(found) === 4 ? 32 : 128;
  const bits = /^\d+$/.test(length) ? Number(length) : Number.NaN;
  if (bits <= longest) return bits === longest ? found : `${found}/${bits}`;
  complain(
    {
      code: "invalid-prefix-length",
      summary: `'${length}' is not a prefix length from 0 to ${longest}`,
      detail: `/${longest} is used instead.`,
    },
    at,
  );
  return found;
}

/** `ADDRESS[/LENGTH]`, canonical. */
export const network: Kind<string> = oneText("address[/length]", (text, complain, at) => {
  const prefix = prefixOf(at, complain);
  if (prefix === undefined)
    complain({ code: "invalid-address", summary: `'${text}' is not an IP address or network` }, at);
  return prefix;
});

/** The family of `ADDRESS[/LENGTH]` in canonical text. */
export function familyOfPrefix(prefix: string): IpFamily {
  return familyOf(prefix.split("/", 1)[0] ?? prefix);
}

/** A number in decimal, octal or hexadecimal, or undefined. */
function numberOf(text: string): number | undefined {
  if (/^0x[\da-f]{1,8}$/i.test(text)) return Number.parseInt(text, 16);
  if (/^0[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/**
 * A number, or a name that a file in /etc/iproute2 gives to one: canonical decimal text, or the name. Which names
 * there are is the host's.
 */
export function numberOrName(what: string, most: number): Kind<string> {
  return oneText(`${what} by number or name`, (text, complain, at) => {
    const value = numberOf(text);
    if (value === undefined && /^[a-z_][\w.-]*$/i.test(text)) return text;
    if (value !== undefined && value <= most) return String(value);
    complain({ code: "invalid-number", summary: `'${text}' is no ${what}` }, at);
    return undefined;
  });
}

const SCOPES = ["global", "universe", "site", "link", "host", "nowhere"];

/** A scope of routes, by name or number. */
export const routeScope: Kind<string> = oneText("scope by number or name", (text, complain, at) => {
  const value = numberOf(text);
  if (value !== undefined && value <= 255) return String(value);
  if (SCOPES.includes(text)) return text;
  complain(
    { code: "invalid-choice", summary: `'${text}' is not one of site, link, host, nowhere, global` },
    at,
  );
  return undefined;
});

/** A text of a certain form. */
function pattern(what: string, form: RegExp, code: string): Kind<string> {
  return oneText(what, (text, complain, at) => {
    if (form.test(text)) return text;
    complain({ code, summary: `'${text}' is no ${what}` }, at);
    return undefined;
  });
}

/** Realms of a route: `TO` or `FROM/TO`, each a number or a name. */
export const realms = pattern(
  "realm or pair of realms",
  /^(?:0x[\da-f]+|[\w.-]+)(?:\/[\w.-]+)?$/i,
  "invalid-number",
);

/** A mark and its mask: `NUMBER[/MASK]`. */
export const markAndMask = pattern(
  "mark[/mask]",
  /^(?:0x[\da-f]{1,8}|\d{1,10})(?:\/(?:0x[\da-f]{1,8}|\d{1,10}))?$/i,
  "invalid-number",
);

/** `FIRST-LAST`, both included. */
export function numberRange(what: string, most: number): Kind<readonly [first: number, last: number]> {
  return {
    name: `${what} first-last`,
    json: arrayType(integerType(0, most), 2, 2),
    words: [1, 1],
    parse([word], complain) {
      const [, first = "", last = ""] = /^(\d{1,10})-(\d{1,10})$/.exec(word?.text ?? "") ?? [];
      const [from, to] = [Number(first), Number(last)];
      if (last !== "" && from <= to && to <= most) return [from, to];
      complain(
        { code: "invalid-number", summary: `'${word?.text}' is no range first-last of ${what}` },
        word,
      );
      return undefined;
    },
    format: ([first, last]) => [`${first}-${last}`],
  };
}

/** What ends a complaint with: whether it was of an error. */
export function counting(complain: Complain): {
  readonly complain: Complain;
  readonly failed: () => boolean;
} {
  let errors = 0;
  return {
    complain: (fault, word) => {
      if ((fault.severity ?? "error") === "error") errors++;
      complain(fault, word);
    },
    failed: () => errors > 0,
  };
}

/** The family that `inet` or `inet6` says; the word behind it is not read, as in keepalived. Undefined for others. */
export function familyWord(words: readonly Word[], index: number, complain: Complain): IpFamily | undefined {
  const at = words[index];
  if (at?.text !== "inet" && at?.text !== "inet6") return undefined;
  const skipped = words[index + 1];
  if (skipped && skipped.text !== "to" && skipped.text !== at.text)
    complain(
      {
        code: "skipped-word",
        severity: "warning",
        summary: `'${skipped.text}' is skipped: it stands behind ${at.text}`,
        detail: `keepalived does not read the word behind ${at.text}. Addresses say their family themselves; else write ${at.text} twice.`,
      },
      skipped,
    );
  return at.text === "inet" ? 4 : 6;
}

/** The routing protocol of what keepalived sets up, by number and name. */
export const OWN_PROTOCOL: ReadonlySet<string> = new Set(["18", "keepalived"]);

/** Says that a protocol other than keepalived's own is for what is not tracked. */
export function protocolReset(protocol: string, at: Word | undefined, complain: Complain): void {
  complain(
    {
      code: "protocol-reset",
      severity: "warning",
      summary: `protocol ${protocol} is ignored: what is tracked has keepalived's own`,
      detail: "Write no_track to keep the protocol.",
    },
    at,
  );
}
