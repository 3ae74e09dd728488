/**
 * Regular expressions that keepalived and Holdfast look for in the same responses at the same time: verdicts and words
 * are the same.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "../lab/process.ts";
import { type CheckCase, SideBySide } from "../lab/side-by-side.ts";

type Verdict = CheckCase["verdict"];

/** What the response is, in pieces, and what the url says of it. */
type Row = readonly [
  title: string,
  verdict: Verdict,
  regex: string,
  pieces: readonly string[],
  more?: string,
];

const FIRST_PORT = 7_000;
const HEAD = "HTTP/1.0 200 OK\r\n\r\n";
const AT = HEAD.length;
/** Head and the first of the body come together. */
const whole = (first: string, ...rest: string[]): readonly string[] => [HEAD + first, ...rest];
/** The head comes alone. */
const apart = (...rest: string[]): readonly string[] => [HEAD, ...rest];

const PIECES: readonly Row[] = [
  ["in the head", "up", "HTTP", whole("abc")],
  ["from the head on", "up", "^HTTP/1\\\\.0 200", whole("x")],
  ["a head that comes alone", "down", "HTTP", apart("abc")],
  ["the body after a head that comes alone", "up", "^abc", apart("abc.")],
  ["the body after its head", "down", "^abc", whole("abc.")],
  ["a head in two pieces", "up", "X-A: b", ["HTTP/1.0 200 OK\r\nX-A: ", "b\r\n\r\nbody."]],
  ["no body", "down", "HTTP", whole("")],
  ["a second piece begins a line", "up", "^abc", whole("xx", "abc.")],
  ["a second piece begins all", "up", "\\\\Aabc", whole("xx", "abc.")],
  ["a second piece begins no word", "down", "\\\\bbar", whole("foo", "bar.")],
  ["over two pieces", "up", "foobar", whole("xx foo", "bar.")],
  ["over three pieces", "up", "foobar", whole("xx fo", "oba", "r.")],
  ["a byte at a time", "up", "Hello World", apart(..."Hello World.")],
  ["a line end over two pieces", "up", "a\\\\Rb", whole("a\r", "\nb.")],
  ["a lookbehind into the piece before", "up", "(?<=foo)bar", whole("xx foo", "bar.")],
  ["a lookbehind over a cut", "down", "(?<=foo)bar", whole("xx fo", "obar.")],
  ["at the end", "down", "def$", whole("abc def")],
  ["at the end before a newline", "down", "def$", whole("abc def\n")],
  ["at the end of all", "down", "def\\\\z", whole("abc def")],
  ["greedy at the end", "down", "def+", whole("abc def")],
  ["lazy at the end", "up", "def+?", whole("abc def")],
  ["a lookahead at the end", "down", "def(?!x)", whole("abc def")],
  ["the end of a line", "up", "abc$", whole("abc\ndef"), "regex_options multiline"],
  ["behind 5000 bytes", "up", "needle", whole(`${"x".repeat(5_000)}needle.`)],
  ["before 5000 bytes", "up", "needle", whole(`needle.${"x".repeat(5_000)}`)],
  ["over 5000 bytes", "down", "start(?s:.)*?end", whole(`start${"x".repeat(5_000)}end.`)],
];

const KEYWORDS: readonly Row[] = [
  ["regex_no_match of a match", "down", "abc", whole("abc."), "regex_no_match"],
  ["regex_no_match of none", "up", "abd", whole("abc."), "regex_no_match"],
  ["regex_no_match without a body", "up", "HTTP", whole(""), "regex_no_match"],
  ["from regex_min_offset", "up", "abc", whole("abc."), `regex_min_offset ${AT}`],
  ["before regex_min_offset", "down", "abc", whole("abc."), `regex_min_offset ${AT + 1}`],
  ["regex_min_offset begins no line", "down", "^abc", whole("abc."), `regex_min_offset ${AT}`],
  ["regex_min_offset begins the search", "up", "\\\\Gabc", whole("abc."), `regex_min_offset ${AT}`],
  ["regex_min_offset in a later piece", "up", "abc", whole("abc ", "xxabc."), `regex_min_offset ${AT + 6}`],
  ["regex_min_offset behind it", "down", "abc", whole("abc ", "xxabc."), `regex_min_offset ${AT + 7}`],
  ["up to regex_max_offset", "up", "abc", whole("abc."), `regex_max_offset ${AT}`],
  ["beyond regex_max_offset", "down", "abc", whole("abc."), `regex_max_offset ${AT - 1}`],
  ["regex_max_offset of a body alone", "up", "abc", apart("abc."), "regex_max_offset 0"],
  ["regex_max_offset over a cut", "up", "abcd", whole("xx ab", "cd."), `regex_max_offset ${AT + 3}`],
  ["beyond it over a cut", "down", "abcd", whole("xx ab", "cd."), `regex_max_offset ${AT + 2}`],
  ["the first match counts", "down", "abc", whole("xx abc", "abc."), "regex_max_offset 3"],
  [
    "where \\K says it begins",
    "up",
    "ab\\\\Kc",
    whole("abc."),
    `regex_min_offset 3\nregex_max_offset ${AT + 2}`,
  ],
  ["caseless", "up", "ABC", whole("abc."), "regex_options caseless"],
  ["two options", "up", "A.C", whole("a\nc."), "regex_options caseless dotall"],
  ["without dotall", "down", "a.c", whole("a\nc.")],
  ["extended", "up", "a b c", whole("abc."), "regex_options extended"],
  ["firstline", "down", "abc", whole("xxabc."), "regex_options firstline"],
  ["utf", "up", "caf.,", whole("caf\u00c3\u00a9, "), "regex_options utf"],
  ["bytes", "down", "caf.,", whole("caf\u00c3\u00a9, ")],
  ["too much stack", "down", "^(.|x)*?end", whole(`${"x".repeat(3_500)}end.`), "regex_options dotall"],
  [
    "regex_stack",
    "up",
    "^(.|x)*?end",
    whole(`${"x".repeat(3_500)}end.`),
    "regex_options dotall\nregex_stack 32768 64000000",
  ],
  ["too much time", "down", "(x+x+)+y", whole(`${"x".repeat(40)}.`)],
  ["a digest besides", "down", "abc", whole("abc."), "digest 00000000000000000000000000000000"],
  ["a status besides", "down", "abc", ["HTTP/1.0 404 No\r\n\r\nabc."]],
];

const DIFFERENT: readonly Row[] = [
  ["a lookbehind before regex_min_offset", "down/up", "(?<=xx)abc", whole("xxabc."), "regex_min_offset 1"],
  ["a character over a cut", "down/up", "caf\u00e9,", whole("caf\u00c3", "\u00a9, "), "regex_options utf"],
];

/** Milliseconds: dozens of servers, several checks each, in a guest. */
const LONG = { timeout: 240_000 };

let both: SideBySide | undefined;
afterEach(async () => {
  await both?.dispose();
  both = undefined;
});

const check = (port: number, regex: string, more: string) =>
  `HTTP_GET {\nconnect_port ${port}\nlog_all_failures\nurl {\npath /a\nregex "${regex}"\n${more}\n}\n}`;

async function contest(rows: readonly Row[]): Promise<SideBySide> {
  both = new SideBySide(4);
  both.prepare(
    rows.map(([title, verdict, regex, , more = ""], index) => ({
      title,
      verdict,
      checks: check(FIRST_PORT + index, regex, more),
    })),
  );
  const file = both.lab.path("pieces.json");
  writeFileSync(file, JSON.stringify(rows.map(([, , , pieces], index) => [FIRST_PORT + index, pieces])));
  const program = fileURLToPath(new URL("../lab/piecewise-server-process.mjs", import.meta.url));
  const server = both.servers.spawn([process.execPath, program, file, ...both.socketTables()]);
  await server.waitFor("ready", 20_000);
  await both.start();
  const expected = Object.fromEntries(rows.map(([title, verdict]) => [title, verdict]));
  expect(await both.settled(expected)).toEqual(expected);
  return both;
}

/** Words of Holdfast alone: keepalived does not say of which server they are. */
const isOwn = (line: string): boolean => /did not see all/.test(line);

describe("regular expressions, beside keepalived", () => {
  it.each([
    ["of pieces", PIECES],
    ["of keywords", KEYWORDS],
  ] as const)("%s", LONG, async (_, rows) => {
    const lab = await contest(rows);
    const words = (program: "keepalived" | "holdfast") =>
      Object.entries(lab.logs()).map(([title, said]) => [
        title,
        [...new Set(said[program])].filter((line) => !isOwn(line)),
      ]);
    const isSame = () => JSON.stringify(words("holdfast")) === JSON.stringify(words("keepalived"));
    await eventually("the same words", isSame, 20_000).catch(() => {});
    expect(words("holdfast")).toEqual(words("keepalived"));
  });

  it("differ where docs/differences.md says", LONG, async () => {
    await contest(DIFFERENT);
  });
});
