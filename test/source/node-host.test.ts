import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeHost } from "../../src/source/node-host.ts";
import { readSource } from "../../src/source/read-source.ts";

let directory = "";

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "holdfast-source-"));
  mkdirSync(join(directory, "conf.d"));
  writeFileSync(join(directory, "main.conf"), "include conf.d/*.conf\nlast 1");
  writeFileSync(join(directory, "conf.d/a.conf"), Buffer.from([0x61, 0x20, 0xff, 0x0a]));
  symlinkSync(join(directory, "main.conf"), join(directory, "conf.d/b.conf"));
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

function read(path: string): { texts: string[]; codes: string[]; summaries: string[] } {
  const codes: string[] = [];
  const summaries: string[] = [];
  const { lines } = readSource(nodeHost, path, {}, ({ code, summary }) => {
    codes.push(code);
    summaries.push(summary);
  });
  return { texts: Array.from(lines, (line) => line.text).filter((text) => text !== ""), codes, summaries };
}

describe("the files of this machine", () => {
  it("are included relative to the including file, cycles through links noticed", () => {
    expect(read(join(directory, "main.conf"))).toMatchObject({
      texts: ["a \uFFFD", "last 1"],
      codes: ["invalid-utf8", "include-cycle"],
    });
  });

  it("give a diagnostic when they cannot be read", () => {
    expect(read(directory).summaries).toEqual([`cannot read ${directory}: it is a directory`]);
    expect(read(`${directory}/none`).summaries).toEqual([`cannot read ${directory}/none: no such file`]);
    expect(read(`${directory}/main.conf/x`).codes).toEqual(["unreadable-file"]);
  });

  it("passes over executable files that an include matches, as keepalived does", () => {
    const path = join(directory, "scripts.conf");
    const script = join(directory, "notify.sh");
    writeFileSync(path, "include *.sh\nincludea notify.sh\nlast 1\n");
    writeFileSync(script, "#!/bin/sh\n");
    chmodSync(script, 0o755);
    const summary = `cannot include ${script}: it is executable`;
    expect(read(path)).toEqual({
      texts: ["last 1"],
      codes: ["include-unreadable", "include-unreadable"],
      summaries: [summary, summary],
    });
  });
});
