import { describe, expect, it } from "vitest";
import { PATTERN_OPTIONS, Pattern, type PatternResult, patternLibrary } from "../../native/pattern.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A pattern that has to compile. */
function compiled(source: string, options = 0): Pattern {
  const pattern = Pattern.compile(bytes(source), options);
  if (!(pattern instanceof Pattern)) throw new Error(`${source}: ${JSON.stringify(pattern)}`);
  return pattern;
}

const match = (source: string, subject: string, from = 0): PatternResult =>
  compiled(source).match(bytes(subject), from);

describe("Pattern", () => {
  it("knows the library that it uses", () => {
    expect(patternLibrary()).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+/) });
  });

  it("finds the first match in bytes, from where it is told to look", () => {
    expect(match("b+", "aabb ü bbb")).toEqual({ type: "match", start: 2, end: 4 });
    expect(match("b+c", "aabb ü bbbc", 3)).toEqual({ type: "match", start: 8, end: 12 });
    expect(match("^b", "ab", 1)).toEqual({ type: "no-match" });
    expect(match("", "")).toEqual({ type: "match", start: 0, end: 0 });
  });

  it("says where what may become a match begins, and how far a lookbehind goes back", () => {
    expect(match("abcdef", "xx abc")).toEqual({ type: "partial", start: 3, end: 6 });
    expect(match("abc$", "xx abc")).toEqual({ type: "partial", start: 3, end: 6 });
    expect(compiled("(?<=before )after").lookbehind).toBe(7);
    expect(compiled("after").lookbehind).toBe(0);
  });

  it("knows whether it is about bytes or characters", () => {
    expect(compiled("a").isUtf).toBe(false);
    expect(compiled("a", PATTERN_OPTIONS.utf).isUtf).toBe(true);
    expect(compiled("(*UTF)a").isUtf).toBe(true);
  });

  it("says where and why a pattern is none", () => {
    expect(Pattern.compile(bytes("a(b"), 0)).toEqual({
      number: 114,
      offset: 3,
      text: "missing closing parenthesis",
    });
    expect(Pattern.compile(bytes("(?<=a+)b"), 0)).toMatchObject({ number: 125 });
  });

  it("gives up a match that takes too much, and takes more with a stack of its own", () => {
    const long = bytes("a".repeat(100_000));
    const deep = bytes("^(.|a)*b");
    const plain = compiled("^(.|a)*b");
    expect(plain.match(long, 0)).toMatchObject({ type: "error", number: -46, text: /stack/ });
    const roomy = Pattern.compile(deep, 0, { start: 32_768, maximum: 64_000_000 });
    expect(roomy).toBeInstanceOf(Pattern);
    if (roomy instanceof Pattern) expect(roomy.match(long, 0)).toMatchObject({ type: "partial", start: 0 });
  });

  it("checks its arguments, and matches nothing once closed", () => {
    const pattern = compiled("a");
    expect(() => pattern.match(bytes("a"), 2)).toThrow(TypeError);
    expect(() => pattern.match(bytes("a"), -1)).toThrow(TypeError);
    expect(() => Pattern.compile(bytes("a"), -1)).toThrow(TypeError);
    expect(() => Pattern.compile(bytes("a"), 0, { start: 1.5, maximum: 2 })).toThrow(TypeError);
    pattern.close();
    pattern.close();
    expect(pattern.match(bytes("a"), 0)).toMatchObject({ type: "error", number: -51 });
    expect(pattern.lookbehind).toBe(0);
  });

  it("knows every option by its bit", () => {
    expect(compiled("A", PATTERN_OPTIONS.caseless).match(bytes("xa."), 0)).toMatchObject({ start: 1 });
    for (const [name, bit] of Object.entries(PATTERN_OPTIONS)) {
      expect(Pattern.compile(bytes("a"), bit), name).toBeInstanceOf(Pattern);
    }
    expect(Pattern.compile(bytes("(*UTF)a"), PATTERN_OPTIONS.never_utf)).toMatchObject({ number: 174 });
    expect(Pattern.compile(bytes("\\C"), PATTERN_OPTIONS.never_backslash_c)).toMatchObject({ number: 183 });
  });
});
