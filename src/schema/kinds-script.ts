import type { ScriptCommand } from "./composite.ts";
import { arrayType, objectType, textType } from "./json-types.ts";
import type { Kind } from "./kind.ts";

/**
 * Splits a command into its arguments: blanks separate, quotes of either sort hold together and are dropped. Escapes
 * were resolved when the line was read. Undefined when a quote has no end.
 */
export function splitCommand(text: string): string[] | undefined {
  const argv: string[] = [];
  let current: string | undefined;
  let quote = "";
  for (const character of text) {
    if (quote !== "") {
      if (character === quote) quote = "";
      else current += character;
    } else if (character === "'" || character === '"') {
      quote = character;
      current ??= "";
    } else if (character === " " || character === "\t") {
      if (current !== undefined) argv.push(current);
      current = undefined;
    } else current = (current ?? "") + character;
  }
  if (quote !== "") return undefined;
  if (current !== undefined) argv.push(current);
  return argv;
}

/** One argument as `splitCommand` reads it back. */
function quoteArgument(argument: string): string {
  if (/^[^\s'"]+$/.test(argument)) return argument;
  if (!argument.includes("'")) return `'${argument}'`;
  if (!argument.includes('"')) return `"${argument}"`;
  return argument
    .split("'")
    .map((part) => (part === "" ? "" : `'${part}'`))
    .join(`"'"`);
}

/** What a user or group can be called; a colon before a group asks for supplementary groups. */
const NAME = /^:?(?:[a-z_][\w.-]*\$?)?$|^:?\d+$/i;

/** `COMMAND [user [group]]`; the command with its arguments is one, usually quoted, word. */
export const scriptCommand: Kind<ScriptCommand> = {
  name: "script [user [group]]",
  json: objectType({ argv: arrayType(textType) }, { user: textType, group: textType }),
  words: [1, 3],
  escaped: true,
  parse([command, user, group], complain) {
    const argv = command ? splitCommand(command.text) : [];
    if (!argv) {
      complain(
        {
          code: "unterminated-quote",
          summary: "the quotes within this command do not match; it is left out",
        },
        command,
      );
      return undefined;
    }
    if (argv.length === 0) {
      complain(
        { code: "invalid-script", severity: "warning", summary: "this script is empty; the line is ignored" },
        command,
      );
      return undefined;
    }
    const odd = [user, group].find((name) => name && !NAME.test(name.text));
    if (odd && !command?.quoted) {
      complain(
        {
          code: "unquoted-arguments",
          severity: "warning",
          summary: `'${odd.text}' is taken for a user or group to run the script as`,
          detail: `Put a command and its arguments into quotes: "${[command, user, group].flatMap((word) => word?.text ?? []).join(" ")}".`,
        },
        odd,
      );
    }
    return {
      argv,
      ...(user ? { user: user.text } : {}),
      ...(group ? { group: group.text } : {}),
    };
  },
  format: ({ argv, user, group }) => [
    argv.map(quoteArgument).join(" "),
    ...(user === undefined ? [] : [user]),
    ...(group === undefined ? [] : [group]),
  ],
};

/** A script that may be left out: its argv is empty then. */
export const optionalScript: Kind<ScriptCommand> = {
  ...scriptCommand,
  name: "[script [user [group]]]",
  words: [0, 3],
  parse: (words, complain) => (words.length === 0 ? { argv: [] } : scriptCommand.parse(words, complain)),
  format: (value) => (value.argv.length === 0 ? [] : scriptCommand.format(value)),
};

/** A FIFO and who owns it: `PATH [user [group]]`. */
export const fifo: Kind<{ readonly path: string; readonly user?: string; readonly group?: string }> = {
  name: "path [user [group]]",
  json: objectType({ path: textType }, { user: textType, group: textType }),
  words: [1, 3],
  parse: ([path, user, group]) =>
    path && {
      path: path.text,
      ...(user ? { user: user.text } : {}),
      ...(group ? { group: group.text } : {}),
    },
  format: ({ path, user, group }) => [path, user, group].filter((word) => word !== undefined),
};

/** `user [group]`. */
export const userGroup: Kind<{ readonly user: string; readonly group?: string }> = {
  name: "user [group]",
  json: objectType({ user: textType }, { group: textType }),
  words: [1, 2],
  parse: ([user, group]) => user && { user: user.text, ...(group ? { group: group.text } : {}) },
  format: ({ user, group }) => (group === undefined ? [user] : [user, group]),
};
