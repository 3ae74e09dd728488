import { expect, it } from "vitest";
import { MemoryHost } from "../../src/source/memory-host.ts";
import { readSource } from "../../src/source/read-source.ts";
import { RootedHost } from "../../src/source/rooted-host.ts";

/** The lines that a main file leads to, absolute includes looked for below a directory. */
function linesBelow(root: string, main: string, files: Readonly<Record<string, string>>): string[] {
  const host = new RootedHost(new MemoryHost(files), root, main);
  return [...readSource(host, main, {}, () => {}).lines].map(({ text }) => text);
}

it("looks for absolute includes below the root, patterns too, and from there on", () => {
  const files = {
    "/image/etc/k/k.conf": "main\ninclude /etc/k/conf.d/*.conf\ninclude beside.conf",
    "/image/etc/k/conf.d/a.conf": "a\ninclude b.inc",
    "/image/etc/k/conf.d/b.inc": "b",
    "/image/etc/k/beside.conf": "beside",
    "/etc/k/conf.d/a.conf": "of the wrong machine",
  };
  expect(linesBelow("/image/", "/image/etc/k/k.conf", files)).toEqual(["main", "a", "b", "beside"]);
});

it("reads the main file where it was named", () => {
  const files = {
    "k.conf": "main\ninclude /x.conf",
    "/image/x.conf": "x",
    "/image/k.conf": "no",
    "/x.conf": "no",
  };
  expect(linesBelow("/image", "k.conf", files)).toEqual(["main", "x"]);
});
