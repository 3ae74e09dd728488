import { describe, expect, it } from "vitest";
import { expandBraces, glob, isWild } from "../../src/source/glob.ts";
import { MemoryHost } from "../../src/source/memory-host.ts";

const files = [
  "/d/b.conf",
  "/d/a.conf",
  "/d/.c.conf",
  "/d/x/1.conf",
  "/d/y/1.conf",
  "/d/y/2.txt",
  "/d/[z].conf",
];
const host = new MemoryHost(Object.fromEntries(files.map((path) => [path, ""])));

describe("glob", () => {
  it.each([
    ["/d/*.conf", ["/d/[z].conf", "/d/a.conf", "/d/b.conf"]],
    ["/d/.*.conf", ["/d/.c.conf"]],
    ["/d/?.conf", ["/d/a.conf", "/d/b.conf"]],
    ["/d/[!a].conf", ["/d/b.conf"]],
    ["/d/[a-b].conf", ["/d/a.conf", "/d/b.conf"]],
    ["/d/*/1.conf", ["/d/x/1.conf", "/d/y/1.conf"]],
    ["/d/\\[*.conf", ["/d/[z].conf"]],
    ["/nowhere/*", []],
    ["/d/[z-a]", []],
    ["/d/[", []],
  ])("%s", (pattern, expected) => {
    expect(glob(host, pattern)).toEqual(expected);
  });

  it("expands braces as csh does", () => {
    expect(expandBraces("{foo/{,cat,dog},bar}")).toEqual(["foo/", "foo/cat", "foo/dog", "bar"]);
    expect(expandBraces("a{}b{c")).toEqual(["a{}b{c"]);
    expect([isWild("a"), isWild("a*"), isWild("a\\*")]).toEqual([false, true, false]);
  });
});
