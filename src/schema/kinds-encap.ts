import type { Word } from "../../grammar/tree.ts";
import type { Complain, Kind } from "./kind.ts";
import { address, words } from "./kinds.ts";

/** Says what is wrong with a value. */
type Judge = (value: Word, complain: Complain) => void;

/** A number up to `most`, in decimal unless `form` says otherwise. */
function upTo(most: bigint, form = /^\d+$/): Judge {
  return (value, complain) => {
    if (form.test(value.text) && BigInt(value.text) <= most) return;
    complain({ code: "invalid-number", summary: `'${value.text}' is not a number from 0 to ${most}` }, value);
  };
}

/** A word of a form. */
function like(form: RegExp, what: string): Judge {
  return (value, complain) => {
    if (form.test(value.text)) return;
    complain({ code: "invalid-choice", summary: `'${value.text}' is no ${what}` }, value);
  };
}

const family =
  (which: 4 | 6): Judge =>
  (value, complain) => {
    address(value, complain, which);
  };

const ANY_BASE = /^(?:\d+|0x[\da-f]+)$/i;
const ID = upTo(0xffff_ffff_ffff_ffffn);
const BYTE = upTo(255n);
const CLASS = upTo(255n, ANY_BASE);
const FLAGS = upTo(0xffffn, ANY_BASE);
/** 20 bits. */
const LABELS: Judge = (value, complain) => {
  const fits = value.text.split("/").every((label) => /^\d{1,7}$/.test(label) && Number(label) < 1 << 20);
  if (!fits) complain({ code: "invalid-number", summary: `'${value.text}' are no labels of MPLS` }, value);
};
const LOCATOR = like(/^[\da-f]{1,4}(?::[\da-f]{1,4}){3}$/i, "locator");

/** What an encapsulation may have: the value behind its type, where there is one, and its options. */
interface Form {
  readonly first?: Judge;
  readonly options: Readonly<Record<string, Judge>>;
  /** Options of which it needs one. */
  readonly needs?: readonly string[];
}

const FORMS: ReadonlyMap<string, Form> = new Map<string, Form>([
  [
    "ip",
    {
      options: { id: ID, dst: family(4), src: family(4), tos: CLASS, ttl: BYTE, flags: FLAGS },
      needs: ["id", "dst"],
    },
  ],
  [
    "ip6",
    {
      options: { id: ID, dst: family(6), src: family(6), tc: CLASS, hoplimit: BYTE, flags: FLAGS },
      needs: ["id", "dst"],
    },
  ],
  ["mpls", { first: LABELS, options: { ttl: BYTE } }],
  ["ila", { first: LOCATOR, options: { locator: LOCATOR } }],
  [
    "seg6",
    {
      options: {
        mode: like(/^(?:inline|encap)$/, "mode of seg6"),
        segs: like(/^[\da-f:.]+(?:,[\da-f:.]+)*$/i, "list of IPv6 addresses"),
      },
      needs: ["segs"],
    },
  ],
]);

/** Whether a value stands between the type and the options. */
function hasFirst(type: Word | undefined, next: Word | undefined): boolean {
  return (
    FORMS.get(type?.text ?? "")?.first !== undefined && !(type?.text === "ila" && next?.text === "locator")
  );
}

/** How many of the words at `from` are of the encapsulation. */
export function encapWidth(given: readonly Word[], from: number): number {
  if (from >= given.length) return 0;
  const options = FORMS.get(given[from]?.text ?? "")?.options ?? {};
  let width = hasFirst(given[from], given[from + 1]) ? 2 : 1;
  while (Object.hasOwn(options, given[from + width]?.text ?? "")) width += given[from + width + 1] ? 2 : 1;
  return width;
}

function judgeOptions(type: Word, form: Form, pairs: readonly Word[], complain: Complain): void {
  for (let at = 0; at < pairs.length; at += 2) {
    const [option, value] = [pairs[at], pairs[at + 1]];
    if (!option) break;
    if (!value) complain({ code: "incomplete-option", summary: `${option.text} needs a value` }, option);
    else form.options[option.text]?.(value, complain);
  }
  const { needs } = form;
  if (needs && !needs.some((name) => pairs.some(({ text }, index) => index % 2 === 0 && text === name)))
    complain({ code: "incomplete-option", summary: `encap ${type.text} needs ${needs.join(" or ")}` }, type);
}

/** The tunnel of a route, as in `ip route`: its type, and pairs of the options of that type. A route with a wrong one is left out. */
export const encapsulation: Kind<readonly string[]> = {
  ...words("encapsulation", 0, Number.POSITIVE_INFINITY),
  parse(given, complain) {
    const [type, ...rest] = given;
    if (!type) {
      // No word to stand for a value: keepalived leaves the route out and goes on.
      complain({ code: "incomplete-option", summary: "encap needs the type of encapsulation" });
      return undefined;
    }
    const form = FORMS.get(type.text);
    if (!form) {
      complain({ code: "invalid-choice", summary: `'${type.text}' is no type of encapsulation` }, type);
      return undefined;
    }
    const [first] = rest;
    const skipped = hasFirst(type, first) ? 1 : 0;
    if (skipped > 0 && first) form.first?.(first, complain);
    judgeOptions(type, form, rest.slice(skipped), complain);
    return given.map(({ text }) => text);
  },
};
