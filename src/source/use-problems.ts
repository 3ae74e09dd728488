import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { UseProblem } from "./names.ts";

type Text = Omit<Diagnostic, "subject">;

const TEXTS: Readonly<Record<UseProblem, (name: string) => Text>> = {
  undefined: (name) => ({
    code: "undefined-definition",
    severity: "warning",
    summary: `$${name} is not defined here`,
    detail: `It stays in the text as it is. Definitions are lines such as \`$${name}=value\`, above their first use.`,
  }),
  "undefined-braces": (name) => ({
    code: "undefined-definition",
    severity: "error",
    summary: `$${name} is not defined here`,
    detail: `keepalived leaves it in the text and takes its braces for a block. Define it above with \`$${name}=value\`, or quote the word.`,
  }),
  "too-many": (name) => ({
    code: "expansion-too-large",
    severity: "error",
    summary: "too many definitions are replaced in this line",
    detail: `It stopped at $${name}; definitions that use others several times each grow without bound.`,
  }),
  recursive: (name) => ({
    code: "recursive-definition",
    severity: "error",
    summary: `the definition of $${name} uses itself`,
  }),
  "several-lines": (name) => ({
    code: "definition-not-replaced",
    severity: "error",
    summary: `$${name} has several lines and must stand at the end of its line`,
    detail: "keepalived leaves it in the text unreplaced.",
  }),
  "not-delimited": (name) => ({
    code: "definition-not-replaced",
    severity: "warning",
    summary: `$${name} is not replaced here`,
    detail: `A use without braces is replaced only before white space, a comma or a closing parenthesis: write \${${name}}.`,
  }),
  parameters: (name) => ({
    code: "definition-not-replaced",
    severity: "error",
    summary: `$${name} takes no parameters`,
    detail: `The use stays in the text as it is. Write \${${name}}, without anything between the name and the brace.`,
  }),
  "own-parameters": (name) => ({
    code: "definition-parameters",
    severity: "warning",
    summary: `keepalived does not replace the parameters of $${name}`,
    detail: "Holdfast puts them in place of $1, $2 …; keepalived 2.4.3 leaves the use in the text.",
  }),
  "random-numbers": () => ({
    code: "definition-not-replaced",
    severity: "error",
    summary: `\${_RANDOM} takes at most two numbers`,
    detail: `Write \${_RANDOM MIN MAX}, without white space before the brace; both are whole numbers, not negative.`,
  }),
  "random-order": () => ({
    code: "random-range",
    severity: "error",
    summary: `the smallest number of \${_RANDOM} is above the largest`,
    detail: "The smallest one is used.",
  }),
  "environment-name": () => ({
    code: "definition-not-replaced",
    severity: "error",
    summary: `\${_ENV} needs the name of one variable`,
    detail: `Write \${_ENV NAME}, without white space before the brace; keepalived may crash on anything else.`,
  }),
  "not-in-environment": () => ({
    code: "undefined-definition",
    severity: "warning",
    summary: "the environment has no such variable",
    detail: "Nothing is put in its place.",
  }),
};

/** What is said about a use that was not replaced, or not as keepalived would. */
export function textOfProblem(problem: UseProblem, name: string): Text {
  return TEXTS[problem](name);
}
