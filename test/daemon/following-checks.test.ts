import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOLDFAST_BUNDLE } from "../lab/holdfast.ts";
import { LabProcess } from "../lab/process.ts";

// FILE_CHECK over real files, with the table in memory.

let folder: string;
let daemon: LabProcess;
const path = (name: string) => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-following-"));
});
afterEach(async () => {
  await daemon.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Writes a file in one go: one that is empty for long, as while it is being written, holds 0. */
function put(name: string, text: string): void {
  writeFileSync(path(`${name}.new`), text);
  renameSync(path(`${name}.new`), path(name));
}

/** A server that weighs 10, with a check of the file `number`. */
function write(check: string, file = "number"): void {
  const text = `track_file f {
  file ${path(file)}
  init_file 2
}
virtual_server 192.0.2.100 80 {
  lb_algo rr
  lb_kind NAT
  protocol TCP
  real_server 192.0.2.1 80 {
    weight 10
    FILE_CHECK {
      track_file f
      ${check}
    }
  }
}
`;
  writeFileSync(path("k.conf"), text);
}

async function start(check: string): Promise<void> {
  write(check);
  daemon = new LabProcess([
    ...[process.execPath, HOLDFAST_BUNDLE, "run", "-n", "-l", "-D", "-C", "--kernel", "memory"],
    ...["-f", path("k.conf"), "-p", path("parent.pid"), "-c", path("c.pid")],
  ]);
  await daemon.waitFor("Startup complete");
}

async function reload(check: string, file?: string): Promise<number> {
  const mark = daemon.mark();
  write(check, file);
  daemon.signal("SIGHUP");
  await daemon.waitFor("Reload complete", 20_000, mark);
  return mark;
}

const SERVER = "service [192.0.2.1]:tcp:80";
const changed = (from: number, to: number) => `Changing weight from ${from} to ${to} for active ${SERVER}`;

describe("FILE_CHECK", () => {
  it("weighs its server by track_file, which is made where there is none, times weight", async () => {
    await start("");
    await daemon.waitFor("Gained quorum 1+0=1 <= 12");
    expect(readFileSync(path("number"), "utf8")).toBe("2\n");
    put("number", "5");
    await daemon.waitFor(changed(12, 15));
    const slower = await reload("weight 2");
    await daemon.waitFor(changed(15, 20), 20_000, slower);
    await reload("weight 2 reverse");
    await daemon.waitFor(changed(20, 0));
    rmSync(path("number"));
    await daemon.waitFor(changed(0, 10));
  });

  it("takes its server out while the number is a fault", async () => {
    put("number", "0");
    await start("weight 0");
    put("number", "1");
    await daemon.waitFor("([192.0.2.1]:tcp:80): tracked file f now FAULT state");
    await daemon.waitFor(`Removing ${SERVER}`);
    put("number", "0");
    await daemon.waitFor(`Adding ${SERVER}`);
  });

  it("follows its track_file to another file", async () => {
    put("number", "0");
    put("other", "7");
    await start("");
    const mark = await reload("", "other");
    await daemon.waitFor(changed(10, 17), 20_000, mark);
    put("number", "1");
    put("other", "8");
    await daemon.waitFor(changed(17, 18), 20_000, mark);
    expect(daemon.lines.filter(({ text }) => text.includes("Changing weight"))).toHaveLength(2);
  });
});
