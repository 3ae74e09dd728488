import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Program } from "./program.ts";

const program = new Program();
beforeAll(() => program.build(), 60_000);
afterAll(() => program.dispose());

const CLEAN = `vrrp_instance A {
    interface lo
    virtual_router_id 5
    unicast_peer {
        127.0.0.2
    }
    virtual_ipaddress {
        10.0.0.1
    }
}
`;
const FAULTY = CLEAN.replace("virtual_router_id 5", "virtual_router_id 5\n    priorty 7");
const NO_INTERFACE = CLEAN.replace("interface lo", "interface no-such0");

describe("holdfast run -t", () => {
  it("tests for this machine, and says on standard error what it finds", () => {
    const file = program.put("none.conf", NO_INTERFACE);
    const { status, stdout, stderr } = program.run(["run", "-t", "-f", file]);
    expect([status, stdout]).toEqual([5, ""]);
    expect(stderr).toBe(
      `(${file}: Line 2) interface no-such0 of vrrp_instance A does not exist [no-such-interface]\n`,
    );
  });

  it("is 2 for what cannot be used at all, and 0 without a file", () => {
    const unusable = program.put("value.conf", CLEAN.replace("virtual_router_id 5", "virtual_router_id"));
    expect(program.run(["run", "-t", "-f", unusable]).status).toBe(2);
    expect(program.run(["run", "-t", "-f", "/no/such.conf"]).status).toBe(0);
  });

  it.each(["-t=", "--config-test=", "-t"])("writes to the file of %s, and adds to it", (option) => {
    const file = program.put("faulty.conf", FAULTY);
    const log = join(program.folder, `messages${option}.log`);
    const once = program.run(["run", `${option}${log}`, "-f", file]);
    expect(once).toEqual({ status: 5, stdout: "", stderr: "" });
    const text = readFileSync(log, "utf8");
    expect(text).toContain(`(${file}: Line 4) unknown keyword 'priorty' in vrrp_instance`);
    program.run(["run", `${option}${log}`, "-f", file]);
    expect(readFileSync(log, "utf8")).toBe(text + text);
  });

  it("says when it cannot write there", () => {
    const file = program.put("faulty.conf", FAULTY);
    const { status, stderr } = program.run(["run", "-t=/no/such/log", "-f", file]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error: ENOENT: .*\/no\/such\/log/);
  });

  it("takes includes that find nothing for errors, with -e", () => {
    const file = program.put("include.conf", `include ${program.folder}/no/*.conf\n${CLEAN}`);
    expect(program.run(["run", "-t", "-f", file]).stderr).toContain("warning: no file matches");
    for (const option of ["-e", "--all-config"]) {
      const { status, stderr } = program.run(["run", "-t", option, "-f", file]);
      expect(status).toBe(6);
      expect(stderr).toContain(`(${file}: Line 1) no file matches`);
    }
  });

  it("reads the @id lines of -i", () => {
    const file = program.put("id.conf", `${CLEAN}@other nonsense\n`);
    expect(program.run(["run", "-t", "-i", "one", "-f", file]).stderr).not.toContain("nonsense");
    expect(program.run(["run", "-t", "-i", "other", "-f", file]).stderr).toContain("nonsense");
  });

  it("draws other numbers each time, unless random_seed says which", () => {
    const said = (seed: string): string => {
      const file = program.put("random.conf", `${seed}${CLEAN}no_${"$"}{_RANDOM 0 2000000000}\n`);
      return program.run(["run", "-t", "-f", file]).stderr.replace(/^.*: Line \d+\) /gm, "");
    };
    expect(said("")).not.toBe(said(""));
    const seed = "global_defs {\n    random_seed 7\n}\n";
    expect(said(seed)).toBe(said(seed));
  });
});
