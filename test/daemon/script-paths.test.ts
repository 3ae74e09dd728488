/** By which path scripts run, and where configurations are kept. */
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOLDFAST_BUNDLE } from "../lab/holdfast.ts";
import { eventually, LabProcess } from "../lab/process.ts";
import { linesOf } from "./daemon.ts";

let folder: string;
let daemon: LabProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-paths-"));
});
afterEach(async () => {
  await daemon?.stop();
  daemon = undefined;
  rmSync(folder, { recursive: true, force: true });
});

function configure(globals: string, program = "/bin/true", delay = 1): void {
  writeFileSync(
    join(folder, "k.conf"),
    `global_defs {\n script_user root\n ${globals}\n}
virtual_server 10.0.0.1 80 {\n delay_loop ${delay}\n warmup 0\n protocol TCP
 real_server 127.0.0.1 80 {\n MISC_CHECK {\n misc_path ${program}\n }\n }\n}\n`,
  );
}

async function start(): Promise<LabProcess> {
  daemon = new LabProcess([
    ...[process.execPath, HOLDFAST_BUNDLE, "run", "-n", "-l", "-D", "--kernel", "memory"],
    ...["-f", join(folder, "k.conf"), "-p", join(folder, "p.pid")],
    ...["-r", join(folder, "v.pid"), "-c", join(folder, "c.pid")],
  ]);
  await daemon.waitFor("Startup complete", 20_000);
  return daemon;
}

describe("scripts", () => {
  it.each([
    ["what their links lead to", "", "real.sh"],
    ["the path that is written, with use_symlink_paths", "use_symlink_paths", "link.sh"],
  ])("run by %s", async (_, globals, expected) => {
    const out = join(folder, "out");
    writeFileSync(join(folder, "real.sh"), `#!/bin/sh\necho "$0" >>${out}\n`);
    chmodSync(join(folder, "real.sh"), 0o755);
    symlinkSync("real.sh", join(folder, "link.sh"));
    configure(globals, join(folder, "link.sh"));
    await start();
    const path = await eventually("it has run", () => linesOf(out)[0], 10_000);
    expect(path).toBe(join(folder, expected));
  });
});

describe("config_save_dir", () => {
  it("has the configuration of the start and of each reload, for root alone", async () => {
    const saved = join(folder, "saved");
    configure(`config_save_dir ${saved}`);
    const running = await start();
    configure(`config_save_dir ${saved}`, "/bin/true", 7);
    running.signal("SIGHUP");
    await running.waitFor("Reload complete", 10_000);
    const pid = readFileSync(join(folder, "p.pid"), "utf8").trim();
    expect(readdirSync(saved).sort()).toEqual([`keepalived.conf.${pid}.0`, `keepalived.conf.${pid}.1`]);
    const [first, second] = [0, 1].map((n) => join(saved, `keepalived.conf.${pid}.${n}`)) as [string, string];
    expect(readFileSync(first, "utf8")).toContain("delay_loop 1");
    expect(readFileSync(second, "utf8")).toContain("delay_loop 7");
    expect(statSync(second).mode & 0o777).toBe(0o600);
    expect(statSync(saved).mode & 0o777).toBe(0o700);
  });
});
