import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { admit } from "../../src/daemon/scripts/admission.ts";
import { identityOf, scriptIdentity } from "../../src/daemon/scripts/identity.ts";
import type { FromRunner, ScriptRequest, ScriptResult } from "../../src/daemon/scripts/messages.ts";
import { findProgram, insecurity } from "../../src/daemon/scripts/program.ts";
import { ScriptQueues } from "../../src/daemon/scripts/runner.ts";
import { isAlive, linesOf } from "../daemon/daemon.ts";
import { eventually } from "../lab/process.ts";

/** Root of a machine whose directories are root's: in a user namespace they are not, and nothing is secure. */
const root = process.getuid?.() === 0 && statSync("/").uid === 0;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-scripts-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function script(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe("findProgram", () => {
  it("takes a path as it is, and looks for a name on the path", () => {
    expect(findProgram("/bin/sh")).toBe("/bin/sh");
    expect(findProgram("sh", "relative:/nowhere:/bin")).toBe("/bin/sh");
    expect(findProgram("no-such-program", "/bin")).toBeUndefined();
  });

  it("takes no directory and no file without permission to execute", () => {
    const path = join(folder, "plain");
    writeFileSync(path, "");
    chmodSync(path, 0o644);
    expect(findProgram(path)).toBeUndefined();
    expect(findProgram(folder)).toBeUndefined();
  });
});

describe.runIf(root)("insecurity", () => {
  it("trusts what only root can change, in a sticky directory too", () => {
    expect(insecurity("/bin/sh")).toBeUndefined();
    expect(insecurity(script("fine", "true"))).toBeUndefined();
  });

  it("names the directory that others can write to", () => {
    const open = join(folder, "open");
    mkdirSync(open);
    chmodSync(open, 0o777);
    const path = join(open, "script");
    writeFileSync(path, "", { mode: 0o755 });
    expect(insecurity(path)).toBe(`${open} is writable by others than root`);
  });

  it("names the program itself", () => {
    const path = script("loose", "true");
    chmodSync(path, 0o757);
    expect(insecurity(path)).toBe(`${path} is writable by others than root`);
  });

  it("follows links, of directories too, to where they can be changed", () => {
    const open = join(folder, "open");
    mkdirSync(open);
    chmodSync(open, 0o777);
    writeFileSync(join(open, "script"), "", { mode: 0o755 });
    symlinkSync(open, join(folder, "link"));
    symlinkSync(join(folder, "link", "script"), join(folder, "program"));
    expect(insecurity(join(folder, "program"))).toBe(`${open} is writable by others than root`);
  });

  it("gives up on links that lead nowhere else", () => {
    symlinkSync("loop", join(folder, "loop"));
    expect(insecurity(join(folder, "loop"))).toMatch(/too many symbolic links/);
  });
});

describe("identities", () => {
  it("come from names, the group from the user", () => {
    expect(identityOf({ user: "root" })).toEqual({ uid: 0, gid: 0 });
    expect(identityOf({ user: "root", group: "root" })).toEqual({ uid: 0, gid: 0 });
    for (const group of [":root", ":"])
      expect(identityOf({ user: "root", group })).toEqual({ uid: 0, gid: 0, supplementary: true });
    expect(identityOf({ user: "0" })).toEqual({ problem: "user '0' does not exist" });
    expect(identityOf({ user: "no-such-user" })).toEqual({ problem: "user 'no-such-user' does not exist" });
    expect(identityOf({ user: "root", group: "no-such" })).toEqual({
      problem: "group 'no-such' does not exist",
    });
  });

  it("come from a directory service that is asked once for a name, also for one that is none", () => {
    const asked = join(folder, "asked");
    script("getent", `echo "$3" >>${asked}; [ "$3" = far ] && echo far:x:4242:4343::/:/bin/sh`);
    const path = process.env.PATH;
    process.env.PATH = `${folder}:${path}`;
    try {
      for (let times = 0; times < 3; times++) {
        expect(identityOf({ user: "far" })).toEqual({ uid: 4242, gid: 4343 });
        expect(identityOf({ user: "farther" })).toEqual({ problem: "user 'farther' does not exist" });
      }
    } finally {
      process.env.PATH = path;
    }
    expect(readFileSync(asked, "utf8").split("\n")).toEqual(["far", "farther", ""]);
  });

  it.runIf(root)("are the script's own, then script_user, then root unless scripts are to be secure", () => {
    const nobody = identityOf({ user: "nobody" });
    expect(scriptIdentity({ user: "nobody" }, { secure: true, defaultUser: { user: "root" } })).toEqual(
      nobody,
    );
    expect(scriptIdentity({}, { secure: true, defaultUser: { user: "nobody" } })).toEqual(nobody);
    const customary = identityOf({ user: "keepalived_script" });
    const exists = !("problem" in customary);
    expect(scriptIdentity({}, { secure: false })).toEqual(exists ? customary : { uid: 0, gid: 0 });
    expect("problem" in scriptIdentity({}, { secure: true })).toBe(!exists);
  });
});

describe("admit", () => {
  const policy = { secure: true, defaultUser: { user: "root" } };

  it("says what is missing", () => {
    expect(admit({ argv: ["/no/such"] }, policy)).toMatchObject({ kind: "not found/accessible" });
    if (root)
      expect(admit({ argv: ["/bin/true"], user: "no-such-user" }, policy)).toMatchObject({ kind: "user" });
  });

  it.runIf(root)("refuses an insecure script of root, only under enable_script_security", () => {
    const path = script("loose", "true");
    chmodSync(path, 0o757);
    expect(admit({ argv: [path] }, policy)).toMatchObject({ kind: "insecure" });
    expect(admit({ argv: [path] }, { ...policy, secure: false })).toMatchObject({ program: path });
    expect(admit({ argv: [path], user: "nobody" }, policy)).toMatchObject({ program: path });
  });
});

/** Queues, and the results that come out of them. */
class Bench {
  readonly messages: FromRunner[] = [];
  readonly queues: ScriptQueues;
  readonly #waiting = new Map<number, (result: ScriptResult) => void>();
  #ids = 0;

  constructor() {
    this.queues = new ScriptQueues((message) => {
      this.messages.push(message);
      if (message.type === "result") this.#waiting.get(message.id)?.(message.result);
    });
    this.queues.setPolicy({ secure: false, defaultUser: { user: "root" } });
  }

  run(request: Partial<ScriptRequest> & { readonly argv: readonly string[] }): Promise<ScriptResult> {
    this.#ids += 1;
    const id = this.#ids;
    const result = new Promise<ScriptResult>((resolve) => this.#waiting.set(id, resolve));
    this.queues.run(id, { key: "k", kind: "track", ...request });
    return result;
  }
}

describe("ScriptQueues", () => {
  it("reports how a script ended", async () => {
    const bench = new Bench();
    expect(await bench.run({ argv: ["/bin/true"] })).toEqual({
      ok: true,
      status: "exited with status 0",
      exitStatus: 0,
    });
    expect(await bench.run({ argv: [script("three", "exit 3")] })).toEqual({
      ok: false,
      status: "exited with status 3",
      exitStatus: 3,
    });
    expect(await bench.run({ argv: [script("kill", "kill -KILL $$")] })).toEqual({
      ok: false,
      status: "killed by SIGKILL",
    });
    expect((await bench.run({ argv: ["/no/such"] })).status).toMatch(/^not run: /);
  });

  it("gives arguments as they are, no shell, nothing on standard input, a group of its own", async () => {
    const out = join(folder, "out");
    const path = script(
      "show",
      `{ printf '%s|' "$@"; cat; ps -o pgid= -p $$ | tr -d ' '; echo $$; } >${out}`,
    );
    await bench().run({ argv: [path, "a b", "$(id)", "*"] });
    const [first = "", own] = readFileSync(out, "utf8").trim().split("\n");
    expect(first).toBe(`a b|$(id)|*|${own}`);
  });

  it("runs those of one key one after the other, of different keys side by side", async () => {
    const out = join(folder, "out");
    // None ends before c has started.
    const slow = script(
      "slow",
      `echo start $1 >>${out}; until grep -q 'start c' ${out}; do sleep 0.05; done; echo end $1 >>${out}`,
    );
    const one = bench();
    await Promise.all([
      one.run({ argv: [slow, "a"], key: "x" }),
      one.run({ argv: [slow, "b"], key: "x" }),
      one.run({ argv: [slow, "c"], key: "y" }),
    ]);
    const lines = readFileSync(out, "utf8").trim().split("\n");
    expect(lines.filter((line) => !line.endsWith("c"))).toEqual(["start a", "end a", "start b", "end b"]);
  });

  it("kills a script whose time is up with all it started, and says so at once", async () => {
    const out = join(folder, "out");
    const path = script("hang", `sleep 600 & echo $! >${out}; wait`);
    const begun = performance.now();
    const result = await bench().run({ argv: [path], timeout: 2_000_000 });
    expect(result).toEqual({ ok: false, status: "timed out" });
    // What ignores SIGTERM would end two seconds later.
    expect(performance.now() - begun).toBeLessThan(3_900);
    const [started = 0] = linesOf(out).map(Number);
    expect(started).toBeGreaterThan(0);
    await eventually("its child is gone", () => !isAlive(started));
  });

  it("kills with SIGKILL what ignores SIGTERM, and runs nothing of its key before", async () => {
    const one = bench();
    const deaf = join(folder, "deaf");
    const path = script("stubborn", `trap '' TERM\n: >${deaf}\nwhile :; do sleep 0.1; done`);
    const started = performance.now();
    const stubborn = one.run({ argv: [path], timeout: 2_000_000 });
    await eventually("it ignores SIGTERM", () => existsSync(deaf));
    const next = one.run({ argv: ["/bin/true"] });
    expect((await stubborn).status).toBe("timed out");
    expect((await next).ok).toBe(true);
    expect(performance.now() - started).toBeGreaterThan(3_900);
  });

  it("cancels what runs and what waits", async () => {
    const one = bench();
    const running = one.run({ argv: ["/bin/sleep", "30"] });
    const waiting = one.run({ argv: ["/bin/true"] });
    one.queues.cancel("k");
    expect(await running).toEqual({ ok: false, status: "cancelled" });
    expect(await waiting).toEqual({ ok: false, status: "cancelled" });
  });

  it("logs a notify script that may not run: nobody looks at its result", async () => {
    const one = bench();
    await one.run({ argv: ["/no/such"], kind: "notify" });
    // Before the answer: what comes after the last answer of a stop is heard by nobody.
    expect(one.messages[0]).toEqual({
      type: "log",
      level: "warn",
      message: "script /no/such not run: /no/such is no executable file",
    });
  });
});

const bench = (): Bench => new Bench();
