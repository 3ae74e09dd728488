import { linkSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { takePidFile } from "../../src/daemon/pid-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-pid-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const exists = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;

describe("takePidFile", () => {
  it("writes the pid, readable by everybody, and removes the file", () => {
    const path = join(folder, "a.pid");
    const taken = takePidFile(path, 4711);
    if (!taken.taken) throw new Error("refused");
    expect(readFileSync(path, "utf8")).toBe("4711\n");
    expect(statSync(path).mode & 0o777).toBe(0o644);
    taken.release();
    taken.release();
    expect(exists(path)).toBe(false);
  });

  it("refuses a file that somebody holds, and takes it once it is released", () => {
    const path = join(folder, "a.pid");
    const first = takePidFile(path, 1);
    expect(takePidFile(path, 2)).toEqual({ taken: false, running: true });
    expect(readFileSync(path, "utf8")).toBe("1\n");
    if (first.taken) first.release();
    const second = takePidFile(path, 2);
    expect(second.taken).toBe(true);
    if (second.taken) second.release();
  });

  it("takes over what a dead daemon left, however long it is", () => {
    const path = join(folder, "a.pid");
    writeFileSync(path, "123456789\nand more\n");
    const taken = takePidFile(path, 42);
    expect(taken.taken).toBe(true);
    expect(readFileSync(path, "utf8")).toBe("42\n");
    if (taken.taken) taken.release();
  });

  it("follows no symbolic link and leaves its target alone", () => {
    const target = join(folder, "precious");
    writeFileSync(target, "precious");
    symlinkSync(target, join(folder, "a.pid"));
    expect(takePidFile(join(folder, "a.pid"), 1)).toMatchObject({ taken: false, running: false });
    expect(readFileSync(target, "utf8")).toBe("precious");
  });

  it("writes into no file that has another name as well", () => {
    const target = join(folder, "precious");
    writeFileSync(target, "precious");
    linkSync(target, join(folder, "a.pid"));
    expect(takePidFile(join(folder, "a.pid"), 1)).toMatchObject({ taken: false, running: false });
    expect(readFileSync(target, "utf8")).toBe("precious");
  });

  it("says why when there is no such directory", () => {
    const refused = takePidFile(join(folder, "nowhere", "a.pid"), 1);
    expect(refused).toMatchObject({
      taken: false,
      running: false,
      reason: expect.stringContaining("ENOENT"),
    });
  });

  it("does not remove a file that has taken its place", () => {
    const path = join(folder, "a.pid");
    const taken = takePidFile(path, 1);
    rmSync(path);
    writeFileSync(path, "another");
    if (taken.taken) taken.release();
    expect(readFileSync(path, "utf8")).toBe("another");
  });
});
