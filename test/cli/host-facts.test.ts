import { describe, expect, it } from "vitest";
import { hostFacts } from "../../src/cli/host-facts.ts";
import { compileText } from "../config/compile-text.ts";

describe("the facts of this machine", () => {
  const url = (regex: string) => `url {\n path /\n regex ${regex}\n}\n`;
  const config = (...patterns: readonly string[]) =>
    compileText(
      `virtual_server 10.0.0.1 80 {\n real_server 10.0.1.1 80 {\n SSL_GET {\n${patterns.map(url).join("")}}\n}\n}\n`,
    );

  it("tell what interfaces are, where the kernel has a word for it", () => {
    expect(hostFacts(config()).interfaces.lo).toMatchObject({ kind: null });
  });

  it("tell which regular expressions of the configuration PCRE2 refuses", () => {
    expect(hostFacts(config('"a(b"', "a++b", '"(?<=a+)b"')).pcre2).toEqual({
      version: expect.stringMatching(/^\d+\.\d+/),
      refused: {
        "/a(b/": "missing closing parenthesis at offset 3",
        "/(?<=a+)b/": expect.stringMatching(/lookbehind/),
      },
    });
  });

  it("tell nothing of PCRE2 where nothing needs it, or for a system below another root", () => {
    expect(hostFacts(config())).not.toHaveProperty("pcre2");
    expect(hostFacts(config("a"), "/somewhere")).not.toHaveProperty("pcre2");
  });
});
