import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Program } from "./program.ts";

const program = new Program();
beforeAll(() => program.build(), 60_000);
afterAll(() => program.dispose());

const INSTANCE = `vrrp_instance VI_1 {
    interface wan7
    virtual_router_id 51
    virtual_ipaddress {
        10.0.0.1
    }
}
`;
const FACTS = {
  interfaces: { wan7: { addresses: ["192.0.2.1/24"], flags: ["up"] } },
  users: { root: 0 },
  groups: { root: 0 },
  searchPath: ["/usr/bin"],
  files: {},
  kernel: { release: "6.1.0", features: {} },
};

describe("holdfast validate --host FACTS", () => {
  it("checks against another host", () => {
    const config = program.put("host.conf", INSTANCE);
    const facts = program.put("facts.json", JSON.stringify(FACTS));
    expect(program.run(["validate", "--host", facts, config])).toMatchObject({ status: 0, stderr: "" });
    const without = program.put("without.json", JSON.stringify({ ...FACTS, interfaces: {} }));
    const { status, stdout } = program.run(["validate", "--host", without, config]);
    expect(status).toBe(1);
    expect(stdout).toContain("error[no-such-interface]: interface wan7 of vrrp_instance VI_1 does not exist");
  });

  it("takes what holdfast facts writes", () => {
    const config = program.put("loopback.conf", INSTANCE.replace("wan7", "lo"));
    const facts = program.put("mine.json", program.run(["facts", config]).stdout);
    expect(program.run(["validate", "--host", facts, config]).stdout).not.toContain("no-such-interface");
  });

  it("refuses what are no facts, with the place", () => {
    const config = program.put("host.conf", INSTANCE);
    const wrong = program.put("wrong.json", JSON.stringify({ ...FACTS, users: { root: "0" } }));
    expect(program.run(["validate", "--host", wrong, config])).toEqual({
      status: 2,
      stdout: "",
      stderr: `error: ${wrong}: these are no facts of a host: users.root is not an integer\n`,
    });
    const { status, stderr } = program.run(["validate", "--host", "no-facts.json", config]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error: no-facts\.json: ENOENT/);
  });
});

describe("holdfast validate --root", () => {
  it("reads absolute includes, and looks for scripts, below the directory", () => {
    const check = `vrrp_script chk {\n    script /opt/chk\n}\ninclude /etc/keepalived/part.conf\n`;
    program.put("image/etc/keepalived/keepalived.conf", `include /etc/keepalived/conf.d/*.conf\n${INSTANCE}`);
    program.put("image/etc/keepalived/conf.d/check.conf", check);
    program.put("image/etc/keepalived/part.conf", "frobnicate\n");
    program.put("image/etc/passwd", "root:x:0:0::/:/bin/sh\n");
    const args = ["validate", "--root", "image", "image/etc/keepalived/keepalived.conf"];
    const before = program.run(args);
    expect(before.status).toBe(1);
    expect(before.stdout).toContain("--> /etc/keepalived/part.conf:1:1");
    program.put("image/etc/keepalived/part.conf", "");
    const missing = program.run([...args, "--host", "this"]).stdout;
    expect(missing).toContain("warning[no-such-script]: /opt/chk, the script script, does not exist");
    program.put("image/opt/chk", "#!/bin/sh\n", 0o755);
    expect(program.run([...args, "--host", "this"]).stdout).not.toContain("no-such-script");
  });

  it("changes no files", () => {
    const { status, stderr } = program.run([
      "validate",
      "--root",
      "image",
      "--fix",
      "image/etc/keepalived/keepalived.conf",
    ]);
    expect([status, stderr]).toEqual([2, "error: --fix cannot be used with --root\n"]);
  });
});

describe("holdfast validate --target", () => {
  it("refuses what that release does not know, and says which does", () => {
    const config = program.put("new.conf", `global_defs {\n    json_version 2\n}\n${INSTANCE}`);
    const { status, stdout } = program.run(["validate", "--target", "2.2.7", config]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/error\[\S+\]: .*json_version/);
    expect(stdout).toContain("2.2.8");
    expect(program.run(["validate", "--target", "2.2.8", config]).status).toBe(0);
  });

  it("is a release from 2.0.0 to 2.4.3", () => {
    for (const target of ["1.4.5", "2.5.0", "two"]) {
      const { status, stderr } = program.run(["validate", "--target", target, "new.conf"]);
      expect(status).toBe(2);
      expect(stderr).toContain("It is a release of keepalived from 2.0.0 to 2.4.3.");
    }
  });
});

describe("holdfast dump --from json", () => {
  it("makes the configuration again that the JSON came from", () => {
    const config = program.put("dumped.conf", INSTANCE);
    const json = program.put("dumped.json", program.run(["dump", "--format", "json", config]).stdout);
    expect(program.run(["dump", "--from", "json", json])).toEqual({
      status: 0,
      stdout: INSTANCE,
      stderr: "",
    });
  });

  it("says where the JSON is no configuration", () => {
    const wrong = program.put("no.json", JSON.stringify({ vrrp_instance: [{ name: "A", priorty: 1 }] }));
    expect(program.run(["dump", "--from", "json", wrong])).toEqual({
      status: 2,
      stdout: "",
      stderr: `error: ${wrong}: vrrp_instance[0].priorty: there is no such keyword\n`,
    });
    expect(program.run(["dump", "--from", "json", join(program.folder, "none.json")]).status).toBe(2);
  });
});

describe("options that the program has, too", () => {
  it("are those of the command after it", () => {
    const { stdout, stderr } = program.run(["run", "-V", "--umask", "no"]);
    expect([stdout, stderr]).toEqual(["", expect.stringContaining("octal with a leading 0")]);
    expect(program.run(["-V"]).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(program.run(["genhash", "-V"]).stdout).toBe("");
    expect(program.run(["run", "-v"])).toEqual({
      status: 0,
      stdout: "",
      stderr: expect.stringMatching(/^Holdfast v\d+\.\d+\.\d+\n$/),
    });
  });

  it.each(["-T", "--genhash"])("are genhash's after %s", (option) => {
    const words = ["-s", "192.0.2.1", "-p", "80", "-u", "/"];
    const wrong = program.run(["genhash", ...words, "-P", "9"]);
    expect(wrong.stderr).toContain("It is 1.0, 1.0C or 1.1.");
    expect(program.run(["run", option, ...words, "-P", "9"])).toEqual(wrong);
  });
});
