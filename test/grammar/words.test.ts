import { describe, expect, it } from "vitest";
import { escapedWords } from "../../grammar/escaped-words.ts";
import { LineScanner } from "../../grammar/scanner.ts";

/** Words in quotes as JSON, braces bare. */
function pieces(line: string, comments = true): string {
  const scanner = new LineScanner();
  scanner.reset(line, comments);
  const found: string[] = [];
  for (let kind = scanner.next(); kind !== undefined; kind = scanner.next()) {
    found.push(kind === "word" ? JSON.stringify(scanner.text()) : kind === "open" ? "{" : "}");
  }
  return found.join(" ");
}

/** Recorded with keepalived 2.2.7: the words it named in its messages for each line of a list block. */
const RECORDED: readonly (readonly [string, string])[] = [
  ["a b", '"a" "b"'],
  ["'a b' c", `"'a" "b'" "c"`],
  ['"a b" c', '"a b" "c"'],
  ['a"b c"d e', '"a" "b c" "d" "e"'],
  ['ab" c d "ef g', '"ab" " c d " "ef" "g"'],
  ['"a\\tb" c', '"a\\\\tb" "c"'],
  ["a\\tb c", '"a\\\\tb" "c"'],
  ["\\a b", '"\\\\a" "b"'],
  ['"a b # c" d', '"a b # c" "d"'],
  ["a # b", '"a"'],
  ["a#b c", '"a"'],
  ["a !b", '"a"'],
  ["a!b c", '"a"'],
  ['a"#"b c', '"a" "#" "b" "c"'],
  ['"" b', '"" "b"'],
  ["'' b", `"''" "b"`],
  ["a {b c", '"a" { "b" "c"'],
  ["a{ b", '"a" { "b"'],
  ["a b{", '"a" "b" {'],
  ["a}b", '"a" } "b"'],
  ["a\\\\b c", '"a\\\\\\\\b" "c"'],
  ["a'b c'd", `"a'b" "c'd"`],
  ['"a\'b" c', `"a'b" "c"`],
  ["a\\x41b c", '"a\\\\x41b" "c"'],
  ["a\\ b c", '"a\\\\" "b" "c"'],
  ["a;b", '"a;b"'],
  ["a\\# b", '"a\\\\"'],
  ["a \\! b", '"a" "\\\\"'],
  ['"a""b"', '"a" "b"'],
  ["a\x01b \x7f", '"a\\u0001b" "\x7f"'],
  ["é \u00a0x\u00a0y", '"é" "\u00a0x\u00a0y"'],
  ["a\vb\fc", '"a" "b" "c"'],
  ['"a\tb"', '"a\\tb"'],
  ['state "{"', '"state" "{"'],
  ["# all of it", ""],
  ["  \t ", ""],
];

describe("words of a line", () => {
  it.each(RECORDED)("%j is %s", (line, expected) => {
    expect(pieces(line)).toBe(expected);
  });

  it("keeps what is left of an unterminated quote, and says so", () => {
    const scanner = new LineScanner();
    scanner.reset('state "FOO } # x', true);
    scanner.next();
    scanner.next();
    expect([scanner.text(), scanner.unterminated]).toEqual(["FOO } # x", true]);
    expect(scanner.next()).toBeUndefined();
  });

  it("keeps a definition that was not replaced in one word", () => {
    // keepalived takes the braces for a block here; see the diagnostic undefined-definition.
    expect(pieces(`10.\${NET}.1 x`)).toBe(`"10.\${NET}.1" "x"`);
    expect(pieces(`a \${ b`)).toBe('"a" "$" { "b"');
  });

  it("takes comment characters as text once the source stage has removed comments", () => {
    expect(pieces("a #b !c", false)).toBe('"a" "#b" "!c"');
  });
});

describe("escaped words", () => {
  const texts = (source: string): readonly string[] | undefined =>
    escapedWords(source)?.map((word) => word.text);

  it("are those of the examples in keepalived.conf(5)", () => {
    expect(texts('abcd" efg h jkl "mnop')).toEqual(["abcd efg h jkl mnop"]);
    expect(texts('abcd "efg h jkl" mnop')).toEqual(["abcd", "efg h jkl", "mnop"]);
    const script = "/etc/x.sh ' spaces\\\\x20f\\x69le ' '\\\"s p a c e \\\"' SG1.low master";
    expect(texts(script)).toEqual(["/etc/x.sh", " spaces\\x20file ", '"s p a c e "', "SG1.low", "master"]);
  });

  it.each([
    ["\\a\\b\\E\\f\\n\\r\\t\\v", "\x07\b\x1b\f\n\r\t\v"],
    ["\\101\\x41\\x4a\\cA\\q\\\\", "AAJ\x01q\\"],
    ["a\\ b", "a b"],
    ["\\0", "\0"],
  ])("resolves %j", (source, expected) => {
    expect(texts(source)).toEqual([expected]);
  });

  it("tells where each word stands", () => {
    expect(escapedWords(' a "b c"')).toEqual([
      { text: "a", start: 1, end: 2 },
      { text: "b c", start: 3, end: 8 },
    ]);
  });

  it("has no words when a quote has no end", () => {
    expect(escapedWords("a 'b")).toBeUndefined();
    expect(escapedWords('a "b" \\')).toBeUndefined();
    expect(escapedWords('a \\"b')?.map(({ text }) => text)).toEqual(["a", '"b']);
  });
});

/** Recorded with keepalived 2.4.3, by its rule for quoted texts that are no scripts. */
describe("quoted words", () => {
  it.each([
    ['pass a"b c"d', ["pass", "ab cd"]],
    ["single 'a b' x", ["single", "a b", "x"]],
    ['x "a \\"y\\" z" w', ["x", 'a \\"y\\" z', "w"]],
    ["x 'a\\tb' a\\ b", ["x", "a\\tb", "a\\ b"]],
    ['x "" y', ["x", "", "y"]],
    ["x ''", ["x", ""]],
    [`x "a'b" 'c"d'`, ["x", "a'b", 'c"d']],
    ['x "a\\\\" b', ["x", "a\\\\", "b"]],
    ['x "a" b"c', undefined],
    ['x "a" \\', undefined],
  ])("%j is %j", (source, expected) => {
    expect(escapedWords(source, true)?.map(({ text }) => text)).toEqual(expected);
  });
});
