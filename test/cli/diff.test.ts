import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type DiffOptions, diff } from "../../src/cli/diff.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-diff-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const instance = (priority: number, more = "") =>
  `vrrp_instance VI_1 {\n  interface eth0\n  virtual_router_id 51\n  priority ${priority}\n  virtual_ipaddress {\n    10.0.0.1/24\n${more}  }\n}\n`;

async function run(oldFile: string, newFile: string, options: Partial<DiffOptions> = {}) {
  let out = "";
  let err = "";
  const stdout = { write: (text: string) => (out += text) };
  const stderr = { write: (text: string) => (err += text) };
  const status = await diff(oldFile, newFile, { format: "text", ...options }, { stdout, stderr });
  return { status, out, err };
}

describe("holdfast diff", () => {
  it("prints the plan and exits with 2 only when asked to", async () => {
    const old = file("old.conf", instance(100));
    const next = file("new.conf", instance(90));
    const plain = await run(old, next);
    expect(plain.status).toBe(0);
    expect(plain.out).toContain(`priority: 100 → 90  (${old}:4 → ${next}:4)`);
    expect((await run(old, next, { exitCode: true })).status).toBe(2);
    expect(await run(old, old, { exitCode: true })).toEqual({ status: 0, out: "No changes.\n", err: "" });
  });

  it("prints one JSON object", async () => {
    const old = file("old.conf", instance(100));
    const next = file("new.conf", instance(100, "    10.0.0.2/24\n"));
    const { status, out } = await run(old, next, { format: "json", exitCode: true });
    expect(status).toBe(2);
    const printed = JSON.parse(out);
    expect(printed.changes).toHaveLength(1);
    expect(printed.changes[0]).toMatchObject({
      address: "vrrp_instance[VI_1]/virtual_ipaddress[10.0.0.2/24]",
      kind: "create",
      impact: "none",
      before: null,
      after: { address: "10.0.0.2", prefixLength: 24 },
      reasons: [{ keyword: "virtual_ipaddress", after: "10.0.0.2/24", file: next, line: 7 }],
    });
  });

  it("prints the errors of both files, and what a restart would come to", async () => {
    const old = file("old.conf", instance(300));
    const next = file("new.conf", instance(400));
    const { status, out, err } = await run(old, next, { exitCode: true });
    expect({ status, out }).toEqual({ status: 1, out: "No changes.\n" }); // both fall back to the default
    expect(err).toContain("old.conf:4");
    expect(err).toContain("new.conf:4");
    expect(err).toContain("new.conf has errors: a reload refuses it");
  });

  it("compares with a configuration that runs in spite of its errors", async () => {
    const old = file("old.conf", instance(300));
    const next = file("new.conf", instance(90));
    const { status, out, err } = await run(old, next, { exitCode: true });
    expect(status).toBe(2);
    expect(out).toContain("priority: 100 → 90");
    expect(err).toContain("old.conf:4");
    expect(err).not.toContain("refuses");
  });

  it("has no plan for what cannot be used", async () => {
    const old = file("old.conf", instance(100));
    const next = file("new.conf", "vrrp_instance VI_1 {\n  interface\n}\n");
    const { status, out, err } = await run(old, next);
    expect({ status, out }).toEqual({ status: 1, out: "" });
    expect(err).toContain("missing-value");
  });

  it("says that a file cannot be read", async () => {
    const missing = join(folder, "missing.conf");
    const { status, err } = await run(missing, missing);
    expect(status).toBe(1);
    expect(err).toContain("missing.conf");
  });

  it("compares what @id lines leave", async () => {
    const path = file(
      "id.conf",
      `vrrp_instance VI_1 {\n interface eth0\n virtual_router_id 51\n@left priority 150\n@right priority 100\n virtual_ipaddress {\n 10.0.0.1\n }\n}\n`,
    );
    const left = await run(path, path, { configId: "left", exitCode: true, format: "json" });
    expect(left.status).toBe(0);
    expect(JSON.parse(left.out).changes).toEqual([]);
  });
});
