import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLinuxKernel } from "../../src/kernel/linux/kernel.ts";
import { createMemoryKernel } from "../../src/kernel/memory/kernel.ts";
import { KernelError } from "../../src/kernel/ports.ts";
import { eventually } from "../lab/process.ts";
import { fileContract } from "./files.ts";
import { processContract } from "./processes.ts";
import { linuxProcesses } from "./processes-linux.ts";

/** Files and processes of any machine, without privileges, in memory and for real. */

fileContract("memory", () => {
  const kernel = createMemoryKernel();
  return {
    files: kernel.files,
    directory: "/run",
    remove: (path) => kernel.disk.remove(path),
    close: () => kernel.close(),
  };
});

fileContract("Linux", () => {
  const kernel = createLinuxKernel();
  const directory = mkdtempSync(join(tmpdir(), "holdfast-files-"));
  return {
    files: kernel.files,
    directory,
    remove: (path) => rmSync(path),
    close: () => {
      kernel.close();
      rmSync(directory, { recursive: true });
    },
  };
});

processContract(
  "memory",
  () => {
    const kernel = createMemoryKernel();
    return {
      kernel,
      start: (command) => kernel.machine.start(command),
      changing: (before, after) => {
        const pid = kernel.machine.start([before]);
        return { pid, rename: () => kernel.machine.rename(pid, after) };
      },
      end: (pid) => kernel.machine.end(pid),
      close: () => kernel.close(),
    };
  },
  true,
);

/** Whether this kernel tells us: not in a container, and not without privileges. */
function told(): boolean {
  const kernel = createLinuxKernel();
  try {
    kernel.processes.monitor(() => {});
    return true;
  } catch (error) {
    if (error instanceof KernelError) return false;
    throw error;
  } finally {
    kernel.close();
  }
}

processContract("Linux", linuxProcesses, told());

describe("a watched path", () => {
  let directory: string;
  let kernel: ReturnType<typeof createLinuxKernel>;
  beforeEach(() => {
    kernel = createLinuxKernel();
    directory = mkdtempSync(join(tmpdir(), "holdfast-files-"));
  });
  afterEach(() => {
    kernel.close();
    rmSync(directory, { recursive: true, force: true });
  });

  function watching(path: string) {
    const watched = { seen: "nothing yet" as string | undefined };
    kernel.files.watch(path, () => {
      watched.seen = kernel.files.read(path);
    });
    return watched;
  }

  it("may lie in directories that are still to be made, and that go and come back", async () => {
    const deep = join(directory, "a", "b");
    const path = join(deep, "number");
    const watched = watching(path);
    mkdirSync(join(directory, "a"));
    await new Promise((done) => setTimeout(done, 30));
    mkdirSync(deep);
    await new Promise((done) => setTimeout(done, 30));
    writeFileSync(path, "7");
    await eventually("the file", () => watched.seen === "7");
    rmSync(join(directory, "a"), { recursive: true });
    await eventually("its end", () => watched.seen === undefined);
    mkdirSync(deep, { recursive: true });
    writeFileSync(path, "8");
    await eventually("the file in a new directory", () => watched.seen === "8");
  });

  it("follows a file that is moved there or away, and its directory", async () => {
    const home = join(directory, "home");
    mkdirSync(home);
    const path = join(home, "number");
    const watched = watching(path);
    writeFileSync(join(directory, "made"), "1");
    renameSync(join(directory, "made"), path);
    await eventually("the file", () => watched.seen === "1");
    renameSync(path, join(directory, "away"));
    await eventually("its end", () => watched.seen === undefined);
    renameSync(join(directory, "away"), path);
    await eventually("the file again", () => watched.seen === "1");
    renameSync(home, join(directory, "other"));
    await eventually("the end of the directory", () => watched.seen === undefined);
    renameSync(join(directory, "other"), home);
    await eventually("the directory again", () => watched.seen === "1");
  });

  it("reads no directory, and does not wait for a FIFO", () => {
    expect(kernel.files.read(directory)).toBeUndefined();
    expect(() => kernel.files.write(directory, "1")).toThrow("EISDIR");
  });
});

describe("process events", () => {
  it("that the kernel refuses are an error", () => {
    const kernel = createMemoryKernel();
    kernel.faults.inject("processes.monitor", 111);
    expect(() => kernel.processes.monitor(() => {})).toThrow("ECONNREFUSED");
    kernel.close();
  });
});
