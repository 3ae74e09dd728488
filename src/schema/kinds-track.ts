import type { Word } from "../../grammar/tree.ts";
import type {
  InitialValue,
  LinkbeatInterface,
  TrackedInterface,
  TrackedObject,
  TrackedScript,
} from "./composite.ts";
import { booleanType, choiceType, integerType, interfaceType, objectType, textType } from "./json-types.ts";
import type { Complain, JsonType, Kind } from "./kind.ts";
import { boundedInteger, interfaceName } from "./kinds.ts";

/** Greatest weight of a tracked file or process. */
const GREATEST_FACTOR = 254;

/** Greatest weight of a tracked object, so that a priority never becomes 0 or 255 by it. */
const GREATEST_WEIGHT = 253;

function weightType(greatest: number): JsonType {
  return integerType(-greatest, greatest);
}

interface Weight {
  readonly weight?: number;
  readonly reverse: boolean;
}

function unknownOption(option: Word, complain: Complain): void {
  complain(
    {
      code: "unknown-option",
      summary: `'${option.text}' is no option here`,
      detail: "What may follow is `weight NUMBER`, then `reverse`.",
    },
    option,
  );
}

function boundedWeight(word: Word, complain: Complain, greatest = GREATEST_WEIGHT): number | undefined {
  return boundedInteger(word, -greatest, greatest, complain);
}

/** `[weight NUMBER [reverse|noreverse]]` after the name of a tracked object. */
function parseWeight(words: readonly Word[], complain: Complain, greatest = GREATEST_WEIGHT): Weight {
  let weight: number | undefined;
  let reverse = false;
  for (let i = 0; i < words.length; i++) {
    const option = words[i];
    if (!option) break;
    if (option.text === "weight") {
      const value = words[++i];
      if (value) weight = boundedWeight(value, complain, greatest);
      else complain({ code: "incomplete-option", summary: "weight needs a number" }, option);
    } else if (option.text === "reverse") reverse = true;
    else if (option.text !== "noreverse") {
      unknownOption(option, complain);
      break;
    }
  }
  return weight === undefined ? { reverse } : { weight, reverse };
}

function formatWeight({ weight, reverse }: Weight): string[] {
  return weight === undefined ? [] : ["weight", String(weight), ...(reverse ? ["reverse"] : [])];
}

/** A line of track_interface: `NAME [weight NUMBER [reverse]]`. */
export const trackedInterface: Kind<TrackedInterface> = {
  name: "interface [weight NUMBER [reverse]]",
  json: objectType({ interface: interfaceType, weight: weightType(GREATEST_WEIGHT), reverse: booleanType }),
  words: [1, 4],
  parse([name, ...options], complain) {
    const found = name && interfaceName.parse([name], complain);
    if (found === undefined) return undefined;
    const { weight = 0, reverse } = parseWeight(options, complain);
    return { interface: found, weight, reverse };
  },
  format: ({ interface: name, weight, reverse }) =>
    weight === 0 && !reverse ? [name] : [name, ...formatWeight({ weight, reverse })],
};

/** A line of track_script: `NAME [weight NUMBER [reverse|noreverse]]`. */
export const trackedScript: Kind<TrackedScript> = {
  name: "script [weight NUMBER [reverse]]",
  json: objectType({ script: textType, reverse: booleanType }, { weight: weightType(GREATEST_WEIGHT) }),
  words: [1, 4],
  parse: ([name, ...options], complain) => name && { script: name.text, ...parseWeight(options, complain) },
  format: ({ script, ...weight }) => [script, ...formatWeight(weight)],
};

/** A line of a tracking list: `NAME [weight NUMBER [reverse|noreverse]]`. */
function trackedObject(what: string, greatest: number): Kind<TrackedObject> {
  return {
    name: `${what} [weight NUMBER [reverse]]`,
    json: objectType({ name: textType, reverse: booleanType }, { weight: weightType(greatest) }),
    words: [1, 4],
    parse: ([name, ...options], complain) =>
      name && { name: name.text, ...parseWeight(options, complain, greatest) },
    format: ({ name, ...weight }) => [name, ...formatWeight(weight)],
  };
}

/** A line of track_file. */
export const trackedFile = trackedObject("file", GREATEST_FACTOR);
/** A line of track_process. */
export const trackedProcess = trackedObject("process", GREATEST_FACTOR);
/** A line of track_bfd. */
export const trackedBfd = trackedObject("bfd", GREATEST_WEIGHT);

/** The weight in the block of a tracked object: `NUMBER [reverse]`. */
function ownWeight(greatest: number): Kind<{ readonly weight: number; readonly reverse: boolean }> {
  return {
    name: `integer -${greatest}–${greatest} [reverse]`,
    json: objectType({ weight: weightType(greatest), reverse: booleanType }),
    words: [1, 2],
    parse([number, option], complain) {
      const weight = number && boundedWeight(number, complain, greatest);
      if (option && option.text !== "reverse") unknownOption(option, complain);
      return weight === undefined ? undefined : { weight, reverse: option?.text === "reverse" };
    },
    format: ({ weight, reverse }) => (reverse ? [String(weight), "reverse"] : [String(weight)]),
  };
}

/** The weight of a vrrp_script or bfd_instance. */
export const scriptWeight = ownWeight(GREATEST_WEIGHT);
/** The weight of a track_file or vrrp_track_process. */
export const factor = ownWeight(GREATEST_FACTOR);

/** `[VALUE] [overwrite]` of init_file. */
export const initialValue: Kind<InitialValue> = {
  name: "[integer] [overwrite]",
  json: objectType({ value: integerType(-2_147_483_648, 2_147_483_647), overwrite: booleanType }),
  words: [0, 2],
  parse(words, complain) {
    let value = 0;
    let overwrite = false;
    for (const word of words) {
      if (word.text === "overwrite") overwrite = true;
      else if (/^[+-]?\d+$/.test(word.text)) {
        value = boundedInteger(word, -2_147_483_648, 2_147_483_647, complain) ?? value;
        if (Math.abs(value) > GREATEST_FACTOR)
          complain(
            {
              code: "out-of-range",
              severity: "warning",
              summary: `${value} is more than a priority can change by, from -${GREATEST_FACTOR} to ${GREATEST_FACTOR}`,
            },
            word,
          );
      } else
        complain({ code: "unknown-option", summary: `'${word.text}' is no number and not overwrite` }, word);
    }
    return { value, overwrite };
  },
  format: ({ value, overwrite }) => [String(value), ...(overwrite ? ["overwrite"] : [])],
};

const LINKBEAT = ["MII", "ETHTOOL", "IOCTL"] as const;

/** A line of linkbeat_interfaces: `INTERFACE [MII|ETHTOOL|IOCTL]`. */
export const linkbeatInterface: Kind<LinkbeatInterface> = {
  name: "interface [MII | ETHTOOL | IOCTL]",
  json: objectType({ interface: interfaceType }, { type: choiceType(LINKBEAT) }),
  words: [1, 2],
  parse([name, type], complain) {
    const found = name && interfaceName.parse([name], complain);
    if (found === undefined) return undefined;
    const known = LINKBEAT.find((one) => one === type?.text);
    if (type && !known)
      complain(
        { code: "invalid-choice", summary: `'${type.text}' is not one of ${LINKBEAT.join(", ")}` },
        type,
      );
    return { interface: found, ...(known ? { type: known } : {}) };
  },
  format: ({ interface: name, type }) => (type ? [name, type] : [name]),
};
