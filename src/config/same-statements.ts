import { escapedWords } from "../../grammar/escaped-words.ts";
import { parseStatements } from "../../grammar/statements.ts";
import { type Statement, statementsWithin } from "../../grammar/tree.ts";
import type { SourceHost } from "../source/host.ts";
import { readSource, type SourceOptions } from "../source/read-source.ts";

/** What a change of form alone may add or remove. */
const OF_FORM: ReadonlySet<string> = new Set(["byte-order-mark", "line-too-long"]);

function sameSource(left: string | undefined, right: string | undefined): boolean {
  if (left === right) return true;
  if (left === undefined || right === undefined) return false;
  const [one, other] = [escapedWords(left), escapedWords(right)];
  if (!one || !other || one.length !== other.length) return false;
  return one.every(({ text }, index) => text === other[index]?.text);
}

function sameStatement(left: Statement, right: Statement): boolean {
  const { words } = left;
  const [block, others] = [statementsWithin(left), statementsWithin(right)];
  return (
    words.length === right.words.length &&
    words.every((word, index) => {
      const other = right.words[index];
      return word.text === other?.text && word.quoted === other.quoted;
    }) &&
    sameSource(left.source, right.source) &&
    (block === undefined) === (others === undefined) &&
    block?.length === others?.length &&
    (block ?? []).every((inner, index) => {
      const other = others?.[index];
      return other !== undefined && sameStatement(inner, other);
    })
  );
}

/**
 * Whether a configuration says the same to two hosts: the same statements, whatever lines they stand on, and the same
 * things to report on the way. Stronger than the same Config, as it holds for what no schema knows, too.
 */
export function sameStatements(
  left: SourceHost,
  right: SourceHost,
  path: string,
  options: SourceOptions,
): boolean {
  const said: [string[], string[]] = [[], []];
  const statements = (host: SourceHost, codes: string[]): Iterator<Statement> => {
    const report = ({ code }: { readonly code: string }): void => {
      if (!OF_FORM.has(code)) codes.push(code);
    };
    const { parts, sources } = readSource(host, path, options, report);
    return parseStatements(parts, sources, report);
  };
  const [one, other] = [statements(left, said[0]), statements(right, said[1])];
  for (;;) {
    const [a, b] = [one.next(), other.next()];
    if (a.done && b.done) return said[0].join() === said[1].join();
    if (a.done || b.done || !sameStatement(a.value, b.value)) return false;
  }
}
