import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseFacts } from "../../src/config/facts.ts";
import { Program } from "./program.ts";

const program = new Program();
beforeAll(() => program.build(), 60_000);
afterAll(() => program.dispose());

const PATHS = readFileSync(new URL("../../fixtures/keyword-paths.txt", import.meta.url), "utf8")
  .trimEnd()
  .split("\n");

function output(...args: readonly string[]): string {
  const { status, stdout, stderr } = program.run(args);
  expect([status, stderr]).toEqual([0, ""]);
  return stdout;
}

describe("holdfast keywords", () => {
  it("lists every path with the release that has it, as a table without being asked", () => {
    const text = output("keywords");
    const rows = text
      .trimEnd()
      .split("\n")
      .map((line) => line.split("\t"));
    expect(rows.every((row) => row.length === 2)).toBe(true);
    const listed = new Set(rows.map(([path]) => path));
    expect(PATHS.filter((path) => !listed.has(path))).toEqual([]);
    expect(rows).toContainEqual(["bfd_instance/multihop", "2.2.8"]);
    expect(output("keywords", "--format", "tsv")).toBe(text);
  });

  it("prints the same as JSON", () => {
    const listed = JSON.parse(output("keywords", "--format", "json"));
    const table = output("keywords").trimEnd().split("\n");
    expect(listed).toHaveLength(table.length);
    expect(listed.map(({ path, since }: Record<string, string>) => `${path}\t${since}`)).toEqual(table);
  });

  it("prints the reference as Markdown", () => {
    const reference = output("keywords", "--format", "markdown");
    expect(reference).toMatch(/^# Keywords\n/);
    expect(reference).toMatch(/^\| `virtual_router_id` +\| integer 1–255 +\|/m);
  });
});

describe("holdfast schema", () => {
  it("prints one JSON Schema", () => {
    const schema = JSON.parse(output("schema"));
    expect(schema.$schema).toBe("https://json-schema.org/draft/2020-12/schema");
    expect(schema.properties).toHaveProperty("vrrp_instance");
    expect(schema.additionalProperties).toBe(false);
  });
});

describe("holdfast facts", () => {
  it("tells of interfaces, users and the scripts of the configuration", () => {
    const chk = program.put("chk.sh", "#!/bin/sh\n", 0o750);
    const config = program.put("facts.conf", `vrrp_script s {\n    script ${chk}\n}\n`);
    const facts = parseFacts(output("facts", config));
    if ("problem" in facts) throw new Error(facts.problem);
    expect(Object.keys(facts.interfaces)).toEqual(expect.arrayContaining(Object.keys(networkInterfaces())));
    expect(facts.interfaces.lo?.flags).toContain("loopback");
    expect(facts.users.root).toBe(0);
    expect(facts.files[chk]).toMatchObject({ type: "file", mode: 0o750 });
    expect(facts.files[program.folder]).toMatchObject({ type: "directory" });
    expect(facts.kernel.release).not.toBe("");
  });

  it("takes users and files from below --root, and leaves links inside it", () => {
    program.put("sys/etc/passwd", "someone:x:77:78::/:/bin/sh\n");
    program.put("sys/etc/group", "team:x:78:\n");
    program.put("sys/opt/chk", "#!/bin/sh\n", 0o755);
    program.put("sys/etc/iproute2/rt_tables", "77 blue\n");
    const rules = "static_rules {\n    from 10.0.0.1 table blue\n    from 10.0.0.2 table red\n}\n";
    program.put("sys/etc/keepalived/keepalived.conf", `vrrp_script s {\n    script /opt/chk\n}\n${rules}`);
    const facts = JSON.parse(output("facts", "--root", "sys", "sys/etc/keepalived/keepalived.conf"));
    expect(facts.users).toEqual({ someone: 77 });
    expect(facts.groups).toEqual({ team: 78 });
    expect(facts.names).toEqual({ "rt_tables/blue": 77, "rt_tables/red": null });
    expect(facts.files["/opt/chk"]).toMatchObject({ type: "file", mode: "0755" });
  });

  it("says when there is no configuration, and tells of the rest", () => {
    const { status, stdout, stderr } = program.run(["facts", "none.conf"]);
    expect([status, stderr]).toEqual([0, "none.conf cannot be read: the facts are without its scripts\n"]);
    expect(JSON.parse(stdout).files).toEqual({});
  });
});
