import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Kernel, ProcessEvent } from "../../src/kernel/ports.ts";
import { eventually } from "../lab/process.ts";
import { settle } from "./host.ts";

/** A machine whose processes a test starts, names and ends. */
export interface ProcessesUnderTest {
  readonly kernel: Kernel;
  /** Runs a program: its process. */
  start(command: readonly string[]): number;
  /** Starts a process called `before` that calls itself `after` when `rename` is called. */
  changing(before: string, after: string): { readonly pid: number; rename(): void };
  end(pid: number): void;
  close(): void;
}

/** `told`: whether the kernel tells us of events here. */
export function processContract(name: string, start: () => ProcessesUnderTest, told: boolean): void {
  describe(`${name} processes`, () => {
    let host: ProcessesUnderTest;
    beforeEach(() => {
      host = start();
    });
    afterEach(() => host.close());

    it("are listed with their names and command lines", async () => {
      const { processes } = host.kernel;
      const pid = host.start(["/bin/sleep", "100"]);
      // A program has its name before its command line.
      await eventually("the program", () => processes.command(pid)?.[0] === "/bin/sleep");
      expect(processes.command(pid)).toEqual(["/bin/sleep", "100"]);
      expect(processes.name(pid)).toBe("sleep");
      expect(processes.list()).toContain(pid);
      host.end(pid);
      await eventually("its end", () => !processes.list().includes(pid));
      expect(processes.name(2 ** 30)).toBeUndefined();
      expect(processes.command(2 ** 30)).toBeUndefined();
    });

    if (!told) return;

    it("are told of when they start, run a program and end, until the monitor is closed", async () => {
      const events: ProcessEvent[] = [];
      const monitor = host.kernel.processes.monitor((event) => events.push(event));
      const pid = host.start(["/bin/sleep", "100"]);
      const about = (id: number) =>
        events.filter((event) => ("pid" in event ? event.pid : "child" in event && event.child) === id);
      await eventually("its start", () => about(pid).length >= 2);
      expect(about(pid).map(({ type }) => type)).toEqual(["fork", "exec"]);
      host.end(pid);
      await eventually("its end", () => about(pid).at(-1)?.type === "exit");
      monitor.close();
      monitor.close();
      const count = events.length;
      host.end(host.start(["/bin/sleep", "100"]));
      await settle();
      expect(events).toHaveLength(count);
    });

    it("are told of when they change their name", async () => {
      const { pid, rename } = host.changing("before", "after");
      await eventually("the old name", () => host.kernel.processes.name(pid) === "before");
      const events: ProcessEvent[] = [];
      const monitor = host.kernel.processes.monitor((event) => events.push(event));
      rename();
      await eventually("the new name", () => events.find(({ type }) => type === "name"));
      expect(events).toContainEqual({ type: "name", pid, name: "after" });
      expect(host.kernel.processes.name(pid)).toBe("after");
      monitor.close();
    });
  });
}
