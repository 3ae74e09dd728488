import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FilePort } from "../../src/kernel/ports.ts";
import { eventually } from "../lab/process.ts";
import { settle } from "./host.ts";

/** A directory for tests, and the hand that takes files away in it. */
export interface FilesUnderTest {
  readonly files: FilePort;
  readonly directory: string;
  remove(path: string): void;
  close(): void;
}

export function fileContract(name: string, start: () => FilesUnderTest): void {
  describe(`${name} files`, () => {
    let host: FilesUnderTest;
    let path: string;
    beforeEach(() => {
      host = start();
      path = `${host.directory}/number`;
    });
    afterEach(() => host.close());

    it("are written, read and missed", () => {
      expect(host.files.read(path)).toBeUndefined();
      host.files.write(path, "5\n");
      expect(host.files.read(path)).toBe("5\n");
      host.files.write(path, "");
      expect(host.files.read(path)).toBe("");
    });

    it("are told of when they are made, written and deleted, until the watch is closed", async () => {
      let seen: string | undefined = "nothing yet";
      const watch = host.files.watch(path, () => {
        seen = host.files.read(path);
      });
      host.files.write(path, "1");
      await eventually("its making", () => seen === "1");
      host.files.write(path, "2");
      await eventually("its change", () => seen === "2");
      host.remove(path);
      await eventually("its end", () => seen === undefined);
      watch.close();
      watch.close();
      host.files.write(path, "3");
      await settle();
      expect(seen).toBeUndefined();
    });

    it("beside them are not told of", async () => {
      let calls = 0;
      const watch = host.files.watch(path, () => calls++);
      host.files.write(`${path}.other`, "1");
      await settle();
      expect(calls).toBe(0);
      watch.close();
    });
  });
}
