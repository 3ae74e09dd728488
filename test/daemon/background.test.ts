import { mkdtempSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOLDFAST_BUNDLE } from "../lab/holdfast.ts";
import { eventually, LabProcess, processTree, signalProcess, statOf } from "../lab/process.ts";
import { instance, isAlive, pidIn } from "./daemon.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-background-"));
  writeFileSync(join(folder, "k.conf"), instance(["192.0.2.100/24"]));
});
afterEach(async () => {
  const pid = pidOf("parent.pid");
  if (pid !== undefined) {
    for (const each of processTree(pid).reverse()) signalProcess(each, "SIGKILL");
    await eventually("the daemon is gone", () => !isAlive(pid));
  }
  rmSync(folder, { recursive: true, force: true });
});

function pidOf(name: string): number | undefined {
  try {
    return pidIn(join(folder, name));
  } catch {
    return undefined;
  }
}

/** `holdfast run` in the background, on the memory kernel. */
function run(...options: string[]): LabProcess {
  return new LabProcess([
    ...[process.execPath, HOLDFAST_BUNDLE, "run", "--kernel", "memory", "-G", "-f", join(folder, "k.conf")],
    ...["-p", join(folder, "parent.pid"), "-r", join(folder, "vrrp.pid"), "-c", join(folder, "checkers.pid")],
    ...options,
  ]);
}

describe("a daemon in the background", () => {
  it("is there, with its pid files, when the command that started it returns", async () => {
    const started = run();
    expect(await started.exited).toBe(0);
    const parent = pidIn(join(folder, "parent.pid"));
    const child = pidIn(join(folder, "vrrp.pid"));
    expect(parent).not.toBe(started.pid);
    expect(isAlive(parent) && isAlive(child)).toBe(true);
    // A session of its own, without a terminal, in the root directory, attached to nothing.
    expect(statOf(parent)[3]).toBe(String(parent));
    expect(statOf(parent)[4]).toBe("0");
    expect(readlinkSync(`/proc/${parent}/cwd`)).toBe("/");
    for (const descriptor of [0, 1, 2])
      expect(readlinkSync(`/proc/${parent}/fd/${descriptor}`)).toBe("/dev/null");
    signalProcess(parent, "SIGTERM");
    await eventually("the daemon is gone", () => !isAlive(parent));
    expect(pidOf("parent.pid") ?? pidOf("vrrp.pid")).toBeUndefined();
  });

  it("shows its names, and no more than its options, in the process table", async () => {
    writeFileSync(
      join(folder, "k.conf"),
      instance(["192.0.2.100/24"], "authentication {\n auth_type PASS\n auth_pass s3cr3t\n }").replace(
        "version 3",
        "",
      ),
    );
    expect(await run().exited).toBe(0);
    const parent = pidIn(join(folder, "parent.pid"));
    const names = processTree(parent).map((pid) => readFileSync(`/proc/${pid}/comm`, "utf8").trim());
    expect(names).toEqual(["holdfast", "holdfast_vrrp"]);
    for (const pid of processTree(parent)) {
      for (const file of ["cmdline", "environ"]) {
        expect(readFileSync(`/proc/${pid}/${file}`, "utf8")).not.toContain("s3cr3t");
      }
    }
  });

  it("prints why it does not start, and ends with the status of it", async () => {
    writeFileSync(join(folder, "k.conf"), "vrrp_instance VI_1 {\n  priority\n}\n");
    const started = run();
    expect(await started.exited).toBe(2);
    await eventually("the report", () => started.log.includes("errors"));
    expect(started.log).toMatch(/2 \| +priority\n +\| +\^{8}/);
    expect(pidOf("parent.pid")).toBeUndefined();
  });

  it("is refused while one runs", async () => {
    expect(await run().exited).toBe(0);
    const parent = pidIn(join(folder, "parent.pid"));
    const second = run();
    expect(await second.exited).toBe(0);
    await eventually("the reason", () => second.log.includes("daemon is already running"));
    expect(pidIn(join(folder, "parent.pid"))).toBe(parent);
  });

  it("follows no link to its pid file", async () => {
    writeFileSync(join(folder, "precious"), "precious");
    symlinkSync(join(folder, "precious"), join(folder, "parent.pid"));
    expect(await run().exited).toBe(1);
    expect(readFileSync(join(folder, "precious"), "utf8")).toBe("precious");
  });

  it("runs without a child as long as the configuration needs none", async () => {
    writeFileSync(join(folder, "k.conf"), "global_defs {\n}\n");
    expect(await run().exited).toBe(0);
    const parent = pidIn(join(folder, "parent.pid"));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(isAlive(parent)).toBe(true);
    writeFileSync(join(folder, "k.conf"), instance(["192.0.2.100/24"]));
    signalProcess(parent, "SIGHUP");
    await eventually("a child", () => pidOf("vrrp.pid") !== undefined);
  });

  it("ends when a child dies that is not to be started again", async () => {
    const daemon = run("-n", "-l", "--dont-respawn");
    await daemon.waitFor("Startup complete");
    signalProcess(pidIn(join(folder, "vrrp.pid")), "SIGKILL");
    expect(await daemon.exited).toBe(2);
    expect(daemon.log).toContain("died (SIGKILL): Exiting");
  });
});
