import { spawnSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

const PROJECT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const bin = mkdtempSync(join(tmpdir(), "holdfast-fmt-"));
let folder = "";

const UGLY =
  "vrrp_instance A {\n  interface eth0\n virtual_router_id 5\n virtual_ipaddress { 10.0.0.1 }\n}\n";
const FORMATTED = `vrrp_instance A {
    interface eth0
    virtual_router_id 5
    virtual_ipaddress {
        10.0.0.1
    }
}
`;
const BROKEN = FORMATTED.replace("virtual_router_id 5", "virtual_router_id 5\n    priorty 7");

function holdfast(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(bin, "main.js"), ...args], {
    encoding: "utf8",
    cwd: folder,
    env,
    input: UGLY,
  });
  return { status, stdout, stderr };
}

function put(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

function get(name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

beforeAll(async () => {
  const bundle = await rolldown({
    input: { main: join(PROJECT, "src/cli/main.ts") },
    platform: "node",
    logLevel: "warn",
  });
  await bundle.write({ dir: bin, format: "esm", entryFileNames: "[name].js" });
  await bundle.close();
  writeFileSync(join(bin, "package.json"), '{ "type": "module" }');
}, 60_000);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-fmt-files-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
afterAll(() => rmSync(bin, { recursive: true, force: true }));

describe("holdfast fmt", () => {
  it("prints files and standard input in their usual form", () => {
    put("a.conf", FORMATTED);
    expect(holdfast("fmt", "a.conf")).toEqual({ status: 0, stdout: FORMATTED, stderr: "" });
    expect(holdfast("fmt", "-")).toEqual({ status: 0, stdout: FORMATTED, stderr: "" });
  });

  it("says with --check what would change, and changes nothing", () => {
    put("a.conf", UGLY);
    put("b.conf", FORMATTED);
    expect(holdfast("fmt", "--check", "a.conf", "b.conf")).toEqual({
      status: 1,
      stdout: "a.conf\n",
      stderr: "",
    });
    expect(get("a.conf")).toBe(UGLY);
    expect(holdfast("fmt", "--check", "b.conf").status).toBe(0);
    expect(holdfast("fmt", "--check", "-")).toEqual({ status: 1, stdout: "-\n", stderr: "" });
  });

  it("writes with --write, keeps the mode, and leaves nothing beside", () => {
    put("a.conf", UGLY);
    chmodSync(join(folder, "a.conf"), 0o640);
    expect(holdfast("fmt", "--write", "a.conf")).toEqual({ status: 0, stdout: "a.conf\n", stderr: "" });
    expect(get("a.conf")).toBe(FORMATTED);
    expect(statSync(join(folder, "a.conf")).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(["a.conf"]);
    expect(holdfast("fmt", "--write", "a.conf").stdout).toBe("");
  });

  it("leaves alone what it cannot read, format or replace, with the reason and status 2", () => {
    put("open.conf", "a {\n");
    put("linked.conf", UGLY);
    linkSync(join(folder, "linked.conf"), join(folder, "other.conf"));
    put("real.conf", UGLY);
    symlinkSync("real.conf", join(folder, "link.conf"));
    writeFileSync(join(folder, "latin.conf"), Buffer.from("# \xe9\n", "latin1"));
    mkdirSync(join(folder, "dir"));
    const { status, stdout, stderr } = holdfast(
      ...[
        "fmt",
        "--write",
        "none.conf",
        "open.conf",
        "linked.conf",
        "link.conf",
        "latin.conf",
        "dir",
        "real.conf",
      ],
    );
    expect([status, stdout]).toEqual([2, "real.conf\n"]);
    expect(stderr.split("\n")).toEqual([
      "none.conf: not formatted: no such file",
      "open.conf:1: not formatted: the block that opens here is never closed",
      "linked.conf: not formatted: it has other names (hard links), which would keep the old text",
      "link.conf: not formatted: it is a symbolic link; name the file itself",
      "latin.conf: not formatted: it is not UTF-8",
      "dir: not formatted: it is not a regular file",
      "",
    ]);
    expect(get("linked.conf")).toBe(UGLY);
    expect(holdfast("fmt", "--write", "-").status).toBe(2);
    expect(holdfast("fmt", "--write", "--check", "real.conf").status).toBe(2);
  });
});

describe("holdfast validate --fix", () => {
  it("changes the files it was read from, says what, and reports what is left", () => {
    put("main.conf", "include part.conf\nfrobnicate\n");
    put("part.conf", BROKEN);
    chmodSync(join(folder, "part.conf"), 0o600);
    const { status, stdout, stderr } = holdfast("validate", "--fix", "main.conf");
    expect(status).toBe(1);
    expect(stderr).toBe("fixed: part.conf:4: write priority instead of priorty\n");
    expect(stdout).toContain("unknown keyword 'frobnicate'");
    expect(stdout).not.toContain("priorty");
    expect(get("part.conf")).toBe(BROKEN.replace("priorty", "priority"));
    expect(get("main.conf")).toBe("include part.conf\nfrobnicate\n");
    expect(statSync(join(folder, "part.conf")).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual(["main.conf", "part.conf"]);
  });

  it("goes on where a fix brings another to light", () => {
    const head = "virtual_server 10.0.0.1 80 {\n    protocol TCP\n    real_server 10.0.0.2 80 {\n";
    const check = (block: string, retry: string): string =>
      `${head}        ${block} {\n            ${retry} 3\n            url {\n                path /\n            }\n        }\n    }\n}\n`;
    put("a.conf", check("HTTP_GETT", "nb_get_retry"));
    const { status, stderr } = holdfast("validate", "--fix", "a.conf");
    expect(stderr.split("\n").slice(0, 2)).toEqual([
      "fixed: a.conf:4: write HTTP_GET instead of HTTP_GETT",
      "fixed: a.conf:5: write retry instead of nb_get_retry",
    ]);
    expect(get("a.conf")).toBe(check("HTTP_GET", "retry"));
    expect(status).toBe(0);
  });

  it("follows no link and takes no standard input", () => {
    put("real.conf", BROKEN);
    symlinkSync("real.conf", join(folder, "link.conf"));
    const { status, stderr } = holdfast("validate", "--fix", "link.conf");
    expect(stderr).toBe("not fixed: link.conf: it is a symbolic link; name the file itself\n");
    expect(status).toBe(1);
    expect(get("real.conf")).toBe(BROKEN);
    expect(holdfast("validate", "--fix", "-").status).toBe(2);
  });

  it("writes nothing that would lead to more errors", () => {
    // With the right name the block counts, and what is wrong in it.
    const wrong = FORMATTED.replace("vrrp_instance A", "vrrp_instence B").replace(
      "eth0",
      "eth0\n    priority 300\n    state X",
    );
    put("a.conf", FORMATTED + wrong);
    expect(holdfast("validate", "--fix", "a.conf").stderr).toBe(
      "not fixed: the fixes together would lead to new errors\n",
    );
    expect(get("a.conf")).toBe(FORMATTED + wrong);
  });
});

describe("holdfast validate", () => {
  it("prints SARIF and GitHub commands", () => {
    put("a.conf", BROKEN);
    const sarif = holdfast("validate", "--format", "sarif", "a.conf");
    expect(sarif.status).toBe(1);
    expect(JSON.parse(sarif.stdout).runs[0].results).toHaveLength(1);
    const github = holdfast("validate", "--format", "github", "a.conf");
    expect(github.stdout).toMatch(
      /^::error file=a\.conf,line=4,endLine=4,col=5,endColumn=11,title=unknown-keyword::.*\n$/,
    );
  });

  it("leaves out what --warn-off names, and refuses what it cannot leave out", () => {
    put("a.conf", FORMATTED.replace("virtual_router_id 5", "virtual_router_id 5 6"));
    expect(holdfast("validate", "a.conf").stdout).toContain("extra-words");
    expect(holdfast("validate", "--warn-off", "extra-words,deprecated", "a.conf").stdout).toBe(
      "a.conf: no problems\n1 diagnostic suppressed\n",
    );
    for (const code of ["nonsense", "unknown-keyword"]) {
      const { status, stderr } = holdfast("validate", "--warn-off", code, "a.conf");
      expect(status).toBe(2);
      expect(stderr).toContain(code);
    }
  });
});
