/** Options of `run` that keepalived has, by what they do. */
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOLDFAST } from "../lab/holdfast.ts";
import { KEEPALIVED } from "../lab/keepalived.ts";
import { type Host, Lab } from "../lab/netns.ts";
import { eventually, signalProcess } from "../lab/process.ts";
import type { Router, RouterProgram } from "../lab/router.ts";
import { instance, linesOf, pidIn, startDaemon, writeScript } from "./daemon.ts";

let lab: Lab;
let host: Host;
beforeEach(() => {
  lab = new Lab();
  host = lab.hostOnSwitch();
});
afterEach(() => lab.dispose());

/** A program with options more, behind its own; `wrap` goes before it all. */
const given = (
  options: readonly string[],
  program = HOLDFAST,
  wrap: readonly string[] = [],
): RouterProgram => ({
  ...program,
  command: (...files) => [...wrap, ...program.command(...files), ...options],
});

/** What a router has said, without time and place. */
const said = ({ process }: Router) => process.lines.map(({ text }) => text);

describe("holdfast run", () => {
  it.each(["-d", "--dump-conf"])(
    "%s logs the configuration at the start and at each reload",
    async (option) => {
      const secret = "authentication {\n auth_type PASS\n auth_pass s3cret\n }";
      const text = instance(["192.0.2.100/24"], secret).replace("version 3", "version 2").replace("0.1", "1");
      const daemon = startDaemon(lab, host, text, given([option]));
      await daemon.process.waitFor("Startup complete");
      await daemon.process.waitFor("VRRP Instance = VI_1");
      const mark = daemon.process.mark();
      daemon.configure(text.replace("priority 100", "priority 77"));
      daemon.reload();
      await daemon.process.waitFor("Priority = 77", 20_000, mark);
      await daemon.process.waitFor("Reload complete", 20_000, mark);
      expect(said(daemon).join("\n")).not.toContain("s3cret");
    },
  );

  it("-a logs addresses that come and go, as keepalived", async () => {
    const lines: string[][] = [];
    for (const program of [KEEPALIVED, HOLDFAST]) {
      const daemon = startDaemon(lab, host, instance(["192.0.2.100/24"], "", "1"), given(["-a"], program));
      await daemon.waitForState("VI_1", "BACKUP");
      const mark = daemon.process.mark();
      host.exec("ip", "addr", "add", "198.51.100.7/32", "dev", "eth0");
      host.exec("ip", "addr", "del", "198.51.100.7/32", "dev", "eth0");
      await daemon.process.waitFor("198.51.100.7 removed", 20_000, mark);
      await daemon.stop();
      lines.push(said(daemon).flatMap((line) => /Netlink reflector reports IP 198.*$/.exec(line) ?? []));
    }
    expect(lines[0]).toHaveLength(2);
    expect(lines[1]).toEqual(lines[0]);
  });

  it("-s runs in a network namespace, whatever the configuration says", async () => {
    const elsewhere = lab.host("right");
    const text = `net_namespace no-such-namespace\n${instance(["192.0.2.100/24"])}`;
    const daemon = startDaemon(lab, elsewhere, text, given(["-s", host.namespace]));
    await daemon.waitForState("VI_1", "MASTER");
    await host.waitForAddress("eth0", "192.0.2.100");
    const mark = daemon.process.mark();
    daemon.reload();
    await daemon.process.waitFor("Reload complete", 20_000, mark);
    expect(daemon.process.log).not.toContain("net_namespace has changed");
    await daemon.stop();
  });

  it("-e starts with what is there, and does not reload, where an include finds nothing", async () => {
    const text = instance(["192.0.2.100/24"]);
    const daemon = startDaemon(lab, host, text, given(["-e"]));
    await daemon.waitForState("VI_1", "MASTER");
    const mark = daemon.process.mark();
    daemon.configure(`include ${lab.path("no")}/*.conf\n${text}`);
    daemon.reload();
    await daemon.process.waitFor("The new configuration has errors", 20_000, mark);
  });

  it("-X leaves no virtual address on a backup, as without it", async () => {
    for (const options of [[], ["-X"], ["--release-vips"]]) {
      host.exec("ip", "addr", "replace", "192.0.2.100/32", "dev", "eth0");
      const daemon = startDaemon(lab, host, instance(["192.0.2.100/32"], "", "1"), given(options));
      await daemon.waitForState("VI_1", "BACKUP");
      await host.waitForAddress("eth0", "192.0.2.100", false);
      await daemon.stop();
    }
  });

  it("-m lets its processes dump core, but not what they run", async () => {
    const out = lab.path("out");
    const notify = writeScript(
      lab,
      "notify",
      `grep core /proc/self/limits >${out}.new; mv ${out}.new ${out}`,
    );
    const config = `global_defs {\n script_user root\n}\n${instance(["192.0.2.100/24"], `notify_master ${notify}`)}`;
    // The limit that it starts with, soft and hard: to raise the hard one takes a capability of its own.
    const wrap = ["prlimit", "--core=4096:unlimited"];
    const daemon = startDaemon(lab, host, config, given(["-m"], HOLDFAST, wrap));
    await daemon.waitForState("VI_1", "MASTER");
    const limits = (text: string) => /core file size\s+(\S+)\s+(\S+)/.exec(text)?.slice(1);
    for (const file of [daemon.files.pid, daemon.files.vrrpPid])
      expect(limits(readFileSync(`/proc/${pidIn(file)}/limits`, "utf8"))).toEqual(["unlimited", "unlimited"]);
    const [line = ""] = await eventually("the script has run", () => {
      const lines = linesOf(out);
      return lines.length > 0 ? lines : undefined;
    });
    expect(limits(line)).toEqual(["4096", "unlimited"]);
  });

  it("--ignore-sigint goes on at SIGINT", async () => {
    for (const [options, goesOn] of [
      [["--ignore-sigint"], true],
      [[], false],
    ] as const) {
      const daemon = startDaemon(lab, host, instance(["192.0.2.100/24"]), given(options));
      await daemon.waitForState("VI_1", "MASTER");
      signalProcess(pidIn(daemon.files.pid), "SIGINT");
      const mark = daemon.process.mark();
      daemon.reload();
      await daemon.process.waitFor(goesOn ? "Reload complete" : "Stopped Holdfast", 20_000, mark);
      if (goesOn) await daemon.stop();
    }
  });
});
