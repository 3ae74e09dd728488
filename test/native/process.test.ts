import { execFileSync, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { constants, getPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { interfaceIndex, interfaceName } from "../../native/interface.ts";
import {
  closeOnExec,
  initGroups,
  lockFile,
  lockMemory,
  setDumpable,
  setGroup,
  setParentDeathSignal,
  setPriority,
  setProcessName,
  setResourceLimit,
  setScheduler,
  setUser,
} from "../../native/process.ts";
import { realTimeSignal, Signals } from "../../native/signals.ts";

const received = (signals: Signals, signal: number) =>
  new Promise<number>((done) => expect(signals.on(signal, done)).toBe(0));

describe("Signals", () => {
  it("delivers ordinary and real-time signals by number", async () => {
    const signals = new Signals();
    expect(realTimeSignal(2)).toBeGreaterThan(33);
    for (const signal of [constants.signals.SIGUSR2, realTimeSignal(2)]) {
      const arrival = received(signals, signal);
      process.kill(process.pid, signal);
      expect(await arrival).toBe(signal);
    }
    signals.close();
    signals.close();
  });

  it("refuses signals that cannot be caught", () => {
    const signals = new Signals();
    expect(signals.on(constants.signals.SIGKILL, () => {})).toBe(-constants.errno.EINVAL);
    expect(() => realTimeSignal(99)).toThrow(RangeError);
    signals.close();
  });

  it("lives beside Node's own subscriptions and child handling", async () => {
    const signals = new Signals();
    const both = [
      received(signals, constants.signals.SIGUSR2),
      new Promise((done) => process.once("SIGUSR2", done)),
    ];
    const child = received(signals, constants.signals.SIGCHLD);
    process.kill(process.pid, "SIGUSR2");
    await Promise.all(both);
    const status = await new Promise((done) => spawn("sh", ["-c", "exit 7"]).on("exit", done));
    expect(status).toBe(7);
    expect(await child).toBe(constants.signals.SIGCHLD);
    signals.close();
  });

  it("gives a child the default dispositions and an empty mask", () => {
    const signals = new Signals();
    signals.on(constants.signals.SIGHUP, () => {});
    signals.on(realTimeSignal(2), () => {});
    const status = execFileSync("cat", ["/proc/self/status"], { encoding: "utf8" });
    signals.close();
    for (const field of ["SigBlk", "SigIgn", "SigCgt"]) {
      expect(status).toMatch(new RegExp(`^${field}:\\s*0+$`, "m"));
    }
  });
});

describe("process attributes", () => {
  it("names the process", () => {
    const before = readFileSync("/proc/self/comm", "utf8").trim();
    expect(setProcessName("hf-name-test")).toBe(0);
    expect(readFileSync(`/proc/${process.pid}/comm`, "utf8").trim()).toBe("hf-name-test");
    setProcessName(before);
  });

  it("sets resource limits, and says why it cannot", () => {
    expect(setResourceLimit(4, 0)).toBe(0); // RLIMIT_CORE, soft only
    expect(readFileSync("/proc/self/limits", "utf8")).toMatch(/^Max core file size\s+0\s/m);
    expect(setResourceLimit(999, 0)).toBe(-constants.errno.EINVAL);
  });

  it("sets scheduling, as far as it may", () => {
    expect(setPriority(getPriority() + 1)).toBe(0);
    expect(readFileSync("/proc/self/stat", "utf8").split(") ")[1]?.split(" ")[16]).toBe(
      String(getPriority()),
    );
    expect(setScheduler(0, 0)).toBe(0);
    expect(setScheduler(0, 50)).toBe(-constants.errno.EINVAL); // SCHED_OTHER has no priorities
    expect(lockMemory(0)).toBe(-constants.errno.EINVAL);
  });

  it("sets what the kernel does when the parent ends, and whether we dump core", () => {
    expect(setParentDeathSignal(constants.signals.SIGTERM)).toBe(0);
    expect(setParentDeathSignal(0)).toBe(0);
    expect(setParentDeathSignal(999)).toBe(-constants.errno.EINVAL);
    expect(setDumpable(false)).toBe(0);
    expect(setDumpable(true)).toBe(0);
  });

  it("sets user and groups; to what they are, anybody may", () => {
    expect(setUser(process.getuid?.() ?? -1)).toBe(0);
    expect(setGroup(process.getgid?.() ?? -1)).toBe(0);
    const root = process.getuid?.() === 0;
    expect(initGroups("root", 0)).toBe(root ? 0 : -constants.errno.EPERM);
    if (root) expect(process.getgroups?.()).toContain(0);
  });

  it("marks descriptors that are open, and says when one is not", () => {
    expect(closeOnExec(0)).toBe(0);
    expect(closeOnExec(99_999)).toBe(-constants.errno.EBADF);
  });

  it("locks a file against other openings until it is closed", () => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-lock-"));
    const first = openSync(join(folder, "pid"), "w");
    const second = openSync(join(folder, "pid"), "w");
    expect(lockFile(first)).toBe(0);
    expect(lockFile(second)).toBe(-constants.errno.EWOULDBLOCK);
    closeSync(first);
    expect(lockFile(second)).toBe(0);
    closeSync(second);
    rmSync(folder, { recursive: true });
  });
});

describe("interfaces", () => {
  it("have an index and a name", () => {
    const index = interfaceIndex("lo");
    expect(index).toBeGreaterThan(0);
    expect(interfaceName(index)).toBe("lo");
    expect(interfaceIndex("no-such-link")).toBe(-constants.errno.ENODEV);
    expect(interfaceName(999_999)).toBe(-constants.errno.ENXIO);
  });
});
