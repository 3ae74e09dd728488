/** What may make a missing include an error (keepalived.conf(5), include_check). */
export type IncludeCheck = "readable" | "match" | "wildcard_match" | "brace_match";

export type IncludeChecks = ReadonlySet<IncludeCheck>;

export const NO_CHECKS: IncludeChecks = new Set();
export const ALL_CHECKS: IncludeChecks = new Set(["readable", "match", "wildcard_match", "brace_match"]);

/** What each letter after `include` adds, for that line alone. */
const VARIANTS: Readonly<Record<string, readonly IncludeCheck[]>> = {
  a: [...ALL_CHECKS],
  b: ["readable", "brace_match"],
  m: ["readable", "match"],
  r: ["readable"],
  w: ["readable", "match", "wildcard_match"],
};

/** The checks of an include line: those in force and what its variant adds. */
export function checksOfVariant(inForce: IncludeChecks, variant: string): IncludeChecks {
  const added = VARIANTS[variant];
  return added ? new Set([...inForce, ...added]) : inForce;
}

/** An option of `include_check` that does nothing, or not what it says. */
export interface OptionProblem {
  /** Index among the options. */
  readonly index: number;
  readonly kind: "unknown" | "second-unsigned" | "readable";
}

function isCheck(word: string): word is IncludeCheck {
  return ALL_CHECKS.has(word as IncludeCheck); // Set.has wants the type that is being tested for
}

/**
 * What `include_check OPTIONS` leaves in force. Without options: all. `+` adds, `-` removes; a word without sign, which
 * must be the first, replaces what was in force and brings `readable` along; further ones are ignored, as 2.4.3 does.
 */
export function withOptions(
  inForce: IncludeChecks,
  options: readonly string[],
): { readonly checks: IncludeChecks; readonly problems: readonly OptionProblem[] } {
  if (options.length === 0) return { checks: ALL_CHECKS, problems: [] };
  const checks = new Set(inForce);
  const problems: OptionProblem[] = [];
  for (const [index, option] of options.entries()) {
    const sign = /^[+-]/.exec(option)?.[0];
    const word = sign ? option.slice(1) : option;
    if (!isCheck(word)) problems.push({ index, kind: "unknown" });
    else if (sign === "+") checks.add(word);
    else if (sign === "-") checks.delete(word);
    else if (index > 0) problems.push({ index, kind: "second-unsigned" });
    else {
      checks.clear();
      checks.add("readable").add(word);
    }
    if (word === "readable") problems.push({ index, kind: "readable" });
  }
  return { checks, problems };
}
