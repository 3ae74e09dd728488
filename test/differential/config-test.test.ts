import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Program } from "../cli/program.ts";
import { type Host, Lab } from "../lab/netns.ts";
import { RELEASE, referenceHost, referenceRelease } from "./reference.ts";
import { INTERFACES } from "./values.ts";

const [PRESENT] = INTERFACES;
const CLEAN = `vrrp_instance A {
    interface ${PRESENT}
    virtual_router_id 5
    virtual_ipaddress {
        10.0.0.1
    }
}
`;
const with5 = (more: string) => CLEAN.replace("virtual_router_id 5", `virtual_router_id 5\n    ${more}`);
const SECURE = "global_defs {\n    enable_script_security\n    script_user root\n}\n";

/** What the exit status is for, and a configuration that has it. */
const CASES: Readonly<Record<string, string>> = {
  "nothing wrong": CLEAN,
  "an unknown keyword": with5("priorty 7"),
  "advice: a password that is cut": with5("authentication {\n auth_type PASS\n auth_pass longerthan8\n }"),
  "a keyword without its value": CLEAN.replace("virtual_router_id 5", "virtual_router_id"),
  "a script that root would run": with5("notify /usr/bin/cat"),
  "script security": SECURE + with5("notify /usr/bin/cat"),
  "a notify script that does not exist": SECURE + with5("notify /no/such/script"),
  "a script of an instance without a number": CLEAN.replace("virtual_router_id 5", "notify /usr/bin/cat"),
  "a script of an instance that is not read": `${CLEAN}${with5("notify /usr/bin/cat")}`,
  "a script of VRRP without an instance": "vrrp_script s {\n    script /usr/bin/cat\n}\n",
  "a script for a FIFO of checkers without one": `global_defs {\n lvs_notify_fifo_script /usr/bin/cat\n}\n${CLEAN}`,
  "a notify script for nobody": with5("notify /usr/bin/cat no_such_user_here"),
  "a script of the start, and no such interface": `global_defs {\n startup_script /usr/bin/cat\n}\n${CLEAN.replace(PRESENT, "nosuch9")}`,
  "an open quote in the place of a value": with5('priority "7'),
  "an open quote behind a value": with5('priority 7 "x'),
  "an open quote in a script": with5('notify "/usr/bin/cat'),
  "quotes that a backslash leaves odd": with5('authentication {\n auth_type PASS\n auth_pass "a\\"\n }'),
  "an instance without a name": "vrrp_instance {\n}\n",
  "an interface to be watched that is not there": `${CLEAN}linkbeat_interfaces {\n nosuch9\n}\n`,
  "the same and a fault": `${CLEAN}linkbeat_interfaces {\n nosuch9\n}\nfoo\n`,
  "authentication without a type": with5("authentication {\n auth_pass x\n }"),
  "a track group of an unknown instance": `${CLEAN}track_group T {\n group {\n nobody\n }\n}\n`,
  "words behind a number": with5("kernel_rx_buf_size 20000 x"),
  "a VMAC given twice": with5("use_vmac vmac1\n    use_vmac vmac2"),
  "an owner that starts as backup, with a delay": with5(
    "state BACKUP\n    priority 255\n    preempt_delay 5",
  ),
  "no such interface": CLEAN.replace(PRESENT, "nosuch9"),
  "a block without its end": CLEAN.replace(/\}\n$/, ""),
  "an include of nothing": `include nothing.conf\n${CLEAN}`,
  "an include that has to be there": `includea nothing.conf\n${CLEAN}`,
  "an include that has to be there, and faults": `includea nothing.conf\n${with5("priorty 7")}`,
  "a pattern that has to match": `includew nothing*.conf\n${CLEAN}`,
};

/** The status of a command in a host's namespaces. */
function statusOf(host: Host, command: string): number {
  return Number(host.exec("sh", "-c", `${command} >/dev/null 2>&1; echo $?`));
}

describe.skipIf(referenceRelease() !== RELEASE)(`holdfast run -t, and keepalived ${RELEASE} -t`, () => {
  const program = new Program();
  const lab = new Lab();
  let host: Host;
  beforeAll(async () => {
    host = referenceHost(lab);
    await program.build();
  }, 60_000);
  afterAll(async () => {
    program.dispose();
    await lab.dispose();
  });

  it.each(Object.entries(CASES))("end with the same status for %s", (name, text) => {
    const file = program.put(join("status", `${name.replace(/\W/g, "-")}.conf`), text);
    const theirs = statusOf(host, `keepalived -t -f ${file}`);
    expect(statusOf(host, `${process.execPath} ${program.main} run -t -f ${file}`)).toBe(theirs);
  });

  it("end with 0 for a file that is not there", () => {
    expect(statusOf(host, "keepalived -t -f /no/such.conf")).toBe(0);
    expect(statusOf(host, `${process.execPath} ${program.main} run -t -f /no/such.conf`)).toBe(0);
  });

  it("write to a file when one is named", () => {
    const file = program.put("faulty.conf", with5("priorty 7"));
    for (const [name, command] of [
      ["theirs.log", "keepalived"],
      ["ours.log", `${process.execPath} ${program.main} run`],
    ] as const) {
      const log = join(program.folder, name);
      expect(statusOf(host, `${command} --config-test=${log} -f ${file}`)).toBe(5);
      expect(readFileSync(log, "utf8")).toContain(`(${file}: Line 4) `);
    }
  });
});
