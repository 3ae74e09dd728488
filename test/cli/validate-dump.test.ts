import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const PROJECT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folder = mkdtempSync(join(tmpdir(), "holdfast-cli-"));
const main = join(folder, "main.js");

const GOOD = `vrrp_instance VI_1 {
    interface no-such0
    virtual_router_id 51
    authentication {
        auth_type PASS
        auth_pass s3cret
    }
    virtual_ipaddress {
        10.0.0.1
    }
}
`;
const BAD = GOOD.replace("virtual_router_id 51", "virtual_router_id 51\n    priorty 100");

interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function holdfast(args: readonly string[], input = ""): Result {
  const env = { ...process.env, NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    input,
    encoding: "utf8",
    env,
    maxBuffer: 1 << 26,
  });
  return { status, stdout, stderr };
}

beforeAll(async () => {
  const bundle = await rolldown({
    input: { main: join(PROJECT, "src/cli/main.ts") },
    platform: "node",
    logLevel: "warn",
  });
  await bundle.write({ dir: folder, format: "esm", entryFileNames: "[name].js" });
  await bundle.close();
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "good.conf"), GOOD);
  writeFileSync(join(folder, "bad.conf"), BAD);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("holdfast validate", () => {
  it("says that there is nothing to say", () => {
    const good = join(folder, "good.conf");
    expect(holdfast(["validate", good])).toEqual({ status: 0, stdout: `${good}: no problems\n`, stderr: "" });
  });

  it("shows errors with line and caret, and exits 1", () => {
    const { status, stdout } = holdfast(["validate", join(folder, "bad.conf")]);
    expect(status).toBe(1);
    expect(stdout).toContain("error[unknown-keyword]");
    expect(stdout).toContain("4 |     priorty 100\n  |     ^^^^^^^");
    expect(stdout).toContain("did you mean `priority`?");
    expect(stdout).toMatch(/\n1 error\n1 fix can be applied with --fix\n$/);
  });

  it("reads standard input, and prints one JSON object", () => {
    const { status, stdout } = holdfast(["validate", "-", "--format", "json"], BAD);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      diagnostics: [
        {
          code: "unknown-keyword",
          severity: "error",
          file: "<stdin>",
          line: 4,
          column: 5,
          endLine: 4,
          endColumn: 12,
          suggestions: ["priority"],
        },
      ],
    });
  });

  it("looks at this machine only when asked to", () => {
    const { status, stdout } = holdfast(["validate", "--host", "this", join(folder, "good.conf")]);
    expect(status).toBe(1);
    expect(stdout).toContain(
      "error[no-such-interface]: interface no-such0 of vrrp_instance VI_1 does not exist",
    );
  });

  it("compares @id lines with -i", () => {
    const text = GOOD.replace(
      "virtual_router_id 51",
      "@one virtual_router_id 51\n@two virtual_router_id 300",
    );
    expect(holdfast(["validate", "-", "-i", "one"], text).status).toBe(0);
    expect(holdfast(["validate", "-", "-i", "two"], text).status).toBe(1);
  });

  it("exits 2 for an unreadable file", () => {
    const { status, stdout } = holdfast(["validate", join(folder, "nothing.conf")]);
    expect(status).toBe(2);
    expect(stdout).toContain("nothing.conf: no such file");
  });
});

it("neither validate nor dump loads the addon", () => {
  const guard = join(folder, "guard.cjs");
  writeFileSync(guard, 'process.dlopen = () => { throw new Error("the addon was loaded"); };');
  for (const args of [["validate"], ["validate", "--host", "this"], ["dump"]]) {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ["--require", guard, main, ...args, join(folder, "good.conf")],
      { encoding: "utf8" },
    );
    expect(stderr).toBe("");
    expect(stdout).not.toBe("");
  }
});

describe("wrong usage", () => {
  it.each([
    [["validate", "--format", "yaml"]],
    [["validate", "--hots", "this"]],
    [["validate", "a", "b"]],
    [["frobnicate"]],
    [["dump", "--format"]],
  ])("%j is one line and exit status 2", (args) => {
    const { status, stdout, stderr } = holdfast(args);
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^error: .*\n(\(Did you mean .*\)\n)?$/);
  });

  it("is not asking for help or the version", () => {
    const { version } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8"));
    expect(holdfast(["--version"])).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
    expect(holdfast(["validate", "--help"]).status).toBe(0);
  });
});

describe("holdfast dump", () => {
  it("masks secrets unless told otherwise", () => {
    const good = join(folder, "good.conf");
    expect(holdfast(["dump", good]).stdout).toBe(GOOD.replace("s3cret", "********"));
    expect(holdfast(["dump", "--secrets", good]).stdout).toBe(GOOD);
  });

  it("prints JSON, times in seconds", () => {
    const { stdout } = holdfast(["dump", "--format", "json", "--defaults", join(folder, "good.conf")]);
    expect(JSON.parse(stdout)).toMatchObject({
      vrrp_instance: [
        { name: "VI_1", advert_int: 1, priority: 100, authentication: { auth_pass: "********" } },
      ],
    });
  });

  it("prints what is left of a faulty file, the errors beside it", () => {
    const { status, stdout, stderr } = holdfast(["dump", "--secrets", join(folder, "bad.conf")]);
    expect(status).toBe(1);
    expect(stdout).toBe(GOOD);
    expect(stderr).toContain("unknown-keyword");
  });

  it("writes everything to a slow pipe, and bears one that closes", async () => {
    const many = Array.from({ length: 3000 }, (_, i) =>
      GOOD.replace("VI_1", `VI_${i}`).replace("no-such0", `eth${i}`),
    ).join("");
    const { stdout } = holdfast(["dump", "-", "--secrets"], many);
    expect(stdout.length).toBeGreaterThan(500_000);
    expect(stdout.endsWith("}\n")).toBe(true);
    const child = spawn(process.execPath, [main, "dump", "-"], { stdio: ["pipe", "pipe", "pipe"] });
    let complaint = "";
    child.stderr.on("data", (data: Buffer) => {
      complaint += data.toString();
    });
    child.stdout.once("data", () => child.stdout.destroy());
    child.stdin.end(many);
    const status = await new Promise((resolve) => child.once("close", resolve));
    expect({ status, complaint }).toEqual({ status: 0, complaint: "" });
  });
});
