import type { Word } from "../../grammar/tree.ts";
import type { TrackedInterface, TrackedScript } from "./composite.ts";
import type { Complain, Kind } from "./kind.ts";
import { boundedInteger, interfaceName } from "./kinds.ts";

/** Greatest weight of a tracked object, so that a priority never becomes 0 or 255 by it. */
const GREATEST_WEIGHT = 253;

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

function boundedWeight(word: Word, complain: Complain): number | undefined {
  return boundedInteger(word, -GREATEST_WEIGHT, GREATEST_WEIGHT, complain);
}

/** `[weight NUMBER [reverse|noreverse]]` after the name of a tracked object. */
function parseWeight(words: readonly Word[], complain: Complain): Weight {
  let weight: number | undefined;
  let reverse = false;
  for (let i = 0; i < words.length; i++) {
    const option = words[i];
    if (!option) break;
    if (option.text === "weight") {
      const value = words[++i];
      if (value) weight = boundedWeight(value, complain);
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
  words: [1, 4],
  parse: ([name, ...options], complain) => name && { script: name.text, ...parseWeight(options, complain) },
  format: ({ script, ...weight }) => [script, ...formatWeight(weight)],
};

/** The weight of a vrrp_script: `NUMBER [reverse]`. */
export const scriptWeight: Kind<{ readonly weight: number; readonly reverse: boolean }> = {
  name: `integer -${GREATEST_WEIGHT}–${GREATEST_WEIGHT} [reverse]`,
  words: [1, 2],
  parse([number, option], complain) {
    const weight = number && boundedWeight(number, complain);
    if (option && option.text !== "reverse") unknownOption(option, complain);
    return weight === undefined ? undefined : { weight, reverse: option?.text === "reverse" };
  },
  format: ({ weight, reverse }) => (reverse ? [String(weight), "reverse"] : [String(weight)]),
};
