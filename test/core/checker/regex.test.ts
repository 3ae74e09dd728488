import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createHttpCheck, DEFAULT_STATUS } from "../../../src/core/checker/http-check.ts";
import type { CompiledPattern } from "../../../src/core/checker/pattern.ts";
import { type RegexExpectation, RegexScan } from "../../../src/core/checker/regex-scan.ts";
import { compilePattern } from "../../../src/kernel/linux/patterns.ts";
import { drive, target, timing } from "./drive.ts";

const HEAD = "HTTP/1.0 200 OK\r\n\r\n";

function pattern(source: string, options: readonly string[] = []): CompiledPattern {
  const compiled = compilePattern(source, options);
  if ("type" in compiled) throw new Error(compiled.text);
  return compiled;
}

type Limits = Partial<Omit<RegexExpectation, "pattern">> & { readonly options?: readonly string[] };

/** What a check that is tried once makes of a response in pieces. */
function check(source: string, pieces: readonly string[], { options = [], ...limits }: Limits = {}) {
  const regex = { pattern: pattern(source, options), inverted: false, earliest: 0, ...limits };
  const checker = createHttpCheck(
    target,
    { ...timing, retry: 0 },
    [{ path: "/a", status: DEFAULT_STATUS, regex }],
    {
      service: "[10.0.1.1]:tcp:80",
      virtualServer: "[10.0.0.1]:tcp:80",
      protocol: "1.0",
      up: true,
      logAllFailures: true,
      random: () => 0,
    },
  );
  return drive(checker, 5, () => ({ does: "answer", pieces, end: "end" }));
}

const verdict = (...arguments_: Parameters<typeof check>) => check(...arguments_).verdicts[0];
const UP = "0 up";
const DOWN = "0 down";

/** Each as keepalived 2.2.7 and 2.4.3 have it; test/ipvs/regex.test.ts asks the former. */
describe("a regular expression", () => {
  it("is looked for in the head, too, when some of the body comes with it", () => {
    expect(verdict("^HTTP/1\\.0 200", [`${HEAD}x`])).toBe(UP);
    expect(verdict("^abc", [`${HEAD}abc.`])).toBe(DOWN);
    expect(verdict("HTTP", [HEAD, "abc."])).toBe(DOWN);
    expect(verdict("^abc", [HEAD, "abc."])).toBe(UP);
    expect(verdict("HTTP", [HEAD])).toBe(DOWN);
    expect(verdict("X: b", ["HTTP/1.0 200 OK\r\nX: ", "b\r\n\r\nbody"])).toBe(UP);
  });

  it("is found across pieces, and is looked for in each by itself", () => {
    expect(verdict("foobar", [`${HEAD}xx fo`, "oba", "r."])).toBe(UP);
    expect(verdict("Hello World", [HEAD, ..."Hello World."])).toBe(UP);
    expect(verdict("^abc", [`${HEAD}xx`, "abc."])).toBe(UP);
    expect(verdict("\\bbar", [`${HEAD}foo`, "bar."])).toBe(DOWN);
    expect(verdict("(?<=foo)bar", [`${HEAD}xx foo`, "bar."])).toBe(UP);
    expect(verdict("(?<=foo)bar", [`${HEAD}xx fo`, "obar."])).toBe(DOWN);
  });

  it("is not found where more bytes might undo the match", () => {
    expect(verdict("def$", [`${HEAD}abc def`])).toBe(DOWN);
    expect(verdict("def+", [`${HEAD}abc def`])).toBe(DOWN);
    expect(verdict("def(?!x)", [`${HEAD}abc def`])).toBe(DOWN);
    expect(verdict("def+?", [`${HEAD}abc def`])).toBe(UP);
  });

  it("may be the failure", () => {
    expect(verdict("abc", [`${HEAD}abc.`], { inverted: true })).toBe(DOWN);
    expect(verdict("abd", [`${HEAD}abc.`], { inverted: true })).toBe(UP);
    expect(verdict("HTTP", [HEAD], { inverted: true })).toBe(UP);
  });

  it("starts between its offsets", () => {
    const at = HEAD.length;
    const only = (earliest: number, latest: number) => verdict("abc", [`${HEAD}abc.`], { earliest, latest });
    expect([only(at, at), only(0, at - 1), only(at + 1, 999)]).toEqual([UP, DOWN, DOWN]);
    const second = ["abc ", "xxabc."].map((piece, index) => (index === 0 ? HEAD + piece : piece));
    expect(verdict("abc", second, { earliest: at + 6 })).toBe(UP);
    expect(verdict("abc", second, { earliest: at + 7 })).toBe(DOWN);
    expect(verdict("^abc", [`${HEAD}abc.`], { earliest: at })).toBe(DOWN);
    expect(verdict("\\Gabc", [`${HEAD}abc.`], { earliest: at })).toBe(UP);
    expect(verdict("abc", [HEAD, "abc."], { latest: 0 })).toBe(UP);
    expect(verdict("abcd", [`${HEAD}xx ab`, "cd."], { latest: at + 3 })).toBe(UP);
    expect(verdict("abcd", [`${HEAD}xx ab`, "cd."], { latest: at + 2 })).toBe(DOWN);
    expect(verdict("abc", [`${HEAD}xx abc`, "abc."], { latest: 3 })).toBe(DOWN);
  });

  it("sees what precedes the earliest offset", () => {
    const at = HEAD.length;
    expect(verdict("(?<=xx)abc", [`${HEAD}xx`, "abc."], { earliest: at + 2 })).toBe(UP);
    // keepalived goes wrong where the lookbehind is longer than the offset.
    expect(verdict("(?<=xx)abc", [`${HEAD}xxabc.`], { earliest: 1 })).toBe(UP);
  });

  it("has options", () => {
    expect(verdict("ABC", [`${HEAD}abc.`], { options: ["caseless"] })).toBe(UP);
    expect(verdict("a.c", [`${HEAD}a\nc.`], { options: ["dotall"] })).toBe(UP);
    expect(verdict("a.c", [`${HEAD}a\nc.`])).toBe(DOWN);
  });

  it("is judged after status and digest, and named in the logs", () => {
    expect(check("abc", [`${HEAD}abc.`]).logs).toEqual([
      "Remote Web server [10.0.1.1]:tcp:80 succeed on service.",
    ]);
    expect(check("abd", [`${HEAD}abc.`]).logs).toEqual([
      "Regex match failed server [10.0.1.1]:tcp:80.",
      "HTTP_CHECK on service [10.0.1.1]:tcp:80 failed.",
    ]);
    expect(check("abd", ["HTTP/1.0 500 No\r\n\r\nabc."]).logs[0]).toMatch(/^HTTP status code error/);
  });
});

describe("a regular expression in a long response", () => {
  const long = "x".repeat(5_000);

  it("is found wherever it is", () => {
    expect(verdict("needle", [`${HEAD}${long}needle.`])).toBe(UP);
    expect(verdict("needle", [`${HEAD}needle.${long}`])).toBe(UP);
  });

  it("is not found over more than is kept, which is said", () => {
    const trace = check("start.*end", [`${HEAD}start${long}end.`], { options: ["dotall"] });
    expect(trace.verdicts).toEqual([DOWN]);
    expect(trace.logs[0]).toBe(
      "Regex of [10.0.1.1]:tcp:80 url(/a) did not see all: what may become a match is too long to be kept",
    );
  });

  it("may take too much, which is said", () => {
    const { logs, verdicts } = check("(x+x+)+y", [`${HEAD}${"x".repeat(40)}.`]);
    expect(verdicts).toEqual([DOWN]);
    expect(logs[0]).toMatch(/did not see all: match limit exceeded$/);
  });

  it("always has room for more, whatever comes", () => {
    const partial = pattern("start(?s:.)*end");
    const piece = fc.uint8Array({ minLength: 1, maxLength: 3_000 });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.boolean(), (pieces, begun) => {
        const scan = new RegexScan({ pattern: partial, inverted: false, earliest: 0 });
        if (begun) scan.look(new TextEncoder().encode("start"));
        for (const one of pieces) {
          for (let at = 0; at < one.length; ) {
            const { room } = scan;
            expect(room).toBeGreaterThan(0);
            scan.look(one.subarray(at, at + room));
            at += room;
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("a regular expression about characters", () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const found = (source: string, pieces: readonly Uint8Array[]): boolean => {
    const scan = new RegexScan({ pattern: pattern(source, ["utf"]), inverted: false, earliest: 0 });
    for (const piece of pieces) scan.look(piece);
    return scan.matched;
  };

  it("is found wherever the characters are cut", () => {
    const text = bytes("ein café, ein 😀!");
    for (let cut = 0; cut <= text.length; cut++) {
      const pieces = [text.subarray(0, cut), text.subarray(cut)].filter(({ length }) => length > 0);
      expect(found("é, ein 😀", pieces), `cut at ${cut}`).toBe(true);
      expect(found("f.,", pieces), `cut at ${cut}`).toBe(true);
    }
    expect(
      found(
        "é, ein 😀",
        [...text].map((byte) => Uint8Array.of(byte)),
      ),
    ).toBe(true);
  });

  it("is found in what is not all UTF-8", () => {
    expect(found("needle", [Uint8Array.of(0xff, 0xe9, 0x20), bytes("needle.")])).toBe(true);
    expect(found("needle", [Uint8Array.of(0xff, 0xe9, 0x20, ...bytes("needle"), 0xe9)])).toBe(true);
  });
});
