import { existsSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOLDFAST } from "../lab/holdfast.ts";
import { type Host, Lab } from "../lab/netns.ts";
import { eventually, signalProcess } from "../lab/process.ts";
import { Router } from "../lab/router.ts";
import { appendLine, instance, isAlive, nextPid, pidIn, startDaemon } from "./daemon.ts";

let lab: Lab;
let host: Host;
beforeEach(() => {
  lab = new Lab();
  host = lab.hostOnSwitch();
});
afterEach(() => lab.dispose());

async function startMaster(config = instance(["192.0.2.100/24"])): Promise<Router> {
  const router = startDaemon(lab, host, config);
  await router.waitForState("VI_1", "MASTER");
  await host.waitForAddress("eth0", "192.0.2.100");
  return router;
}

describe("a running daemon", () => {
  it("writes pid files while it runs, and leaves nothing behind", async () => {
    const router = await startMaster();
    expect(pidIn(router.files.pid)).toBe(router.process.pid);
    const child = pidIn(router.files.vrrpPid);
    expect(isAlive(child)).toBe(true);
    expect(await router.stop()).toBe(0);
    expect(host.holds("eth0", "192.0.2.100")).toBe(false);
    expect(isAlive(child)).toBe(false);
    expect(existsSync(router.files.pid) || existsSync(router.files.vrrpPid)).toBe(false);
  });

  it("respawns a killed VRRP child within a second, which is master again", async () => {
    const router = await startMaster();
    const before = pidIn(router.files.vrrpPid);
    const mark = router.process.mark();
    const killed = performance.now();
    signalProcess(before, "SIGKILL");
    const pid = await nextPid(router.files.vrrpPid, before);
    expect(performance.now() - killed).toBeLessThan(1_000);
    await router.process.waitFor(/died \(SIGKILL\): Respawning$/, 20_000, mark);
    // It takes the addresses off that its predecessor left, then elects as at any start.
    await router.waitForState("VI_1", "MASTER", 20_000, mark);
    await host.waitForAddress("eth0", "192.0.2.100");
    expect(isAlive(pid)).toBe(true);
    expect(isAlive(router.process.pid)).toBe(true);
    expect(await router.stop()).toBe(0);
  });

  it("takes its children and its addresses along when the parent is killed", async () => {
    const router = await startMaster();
    const child = pidIn(router.files.vrrpPid);
    signalProcess(router.process.pid, "SIGKILL");
    await eventually("the child is gone", () => !isAlive(child));
    expect(host.holds("eth0", "192.0.2.100")).toBe(false);
  });

  it("takes over the pid files of a killed daemon", async () => {
    const router = await startMaster();
    await router.kill();
    expect(existsSync(router.files.pid)).toBe(true);
    router.start();
    await router.waitForState("VI_1", "MASTER");
    expect(pidIn(router.files.pid)).toBe(router.process.pid);
  });

  it("survives every signal that keepalived knows", async () => {
    const router = await startMaster();
    for (const signal of ["SIGUSR1", "SIGUSR2", 36, 37, 63] as const) router.process.signal(signal);
    await router.process.waitFor("Signal RTMIN+3");
    signalProcess(pidIn(router.files.vrrpPid), "SIGUSR1");
    signalProcess(pidIn(router.files.vrrpPid), 36);
    const mark = router.process.mark();
    router.reload();
    await router.process.waitFor("Reload complete", 20_000, mark);
    expect(router.process.log).not.toContain("died");
  });
});

describe("reload", () => {
  it("refuses a broken file with the line, and changes nothing", async () => {
    const router = await startMaster();
    const child = pidIn(router.files.vrrpPid);
    const mark = router.process.mark();
    const line = appendLine(router, "no_such_keyword 1");
    router.reload();
    await router.process.waitFor(`(${router.files.config}: Line ${line}) `, 20_000, mark);
    await router.process.waitFor("the running one stays as it is", 20_000, mark);
    expect(pidIn(router.files.vrrpPid)).toBe(child);
    expect(host.holds("eth0", "192.0.2.100")).toBe(true);
    expect(await router.stop()).toBe(0);
  });

  it("adds an address and stays master", async () => {
    const router = await startMaster();
    const child = pidIn(router.files.vrrpPid);
    const mark = router.process.mark();
    router.configure(instance(["192.0.2.100/24", "192.0.2.101/24"]));
    router.reload();
    await host.waitForAddress("eth0", "192.0.2.101");
    await router.process.waitFor("Reload complete", 20_000, mark);
    const since = router.process.lines.slice(mark).map(({ text }) => text);
    expect(since.filter((text) => text.includes("STATE"))).toEqual([]);
    expect(since.join("\n")).toContain(
      "Plan: 1 to create, 0 to update, 0 to replace, 0 to delete. Impact: none.",
    );
    expect(host.holds("eth0", "192.0.2.100")).toBe(true);
    expect(pidIn(router.files.vrrpPid)).toBe(child);
  });

  it("gives a child that dies after it the new configuration", async () => {
    const router = await startMaster();
    router.configure(instance(["192.0.2.100/24", "192.0.2.101/24"]));
    router.reload();
    await host.waitForAddress("eth0", "192.0.2.101");
    const mark = router.process.mark();
    signalProcess(pidIn(router.files.vrrpPid), "SIGKILL");
    await router.waitForState("VI_1", "MASTER", 20_000, mark);
    await host.waitForAddress("eth0", "192.0.2.101");
  });

  it("stops the child that has nothing left to do, and starts it when it has", async () => {
    const router = await startMaster();
    const child = pidIn(router.files.vrrpPid);
    router.configure("global_defs {\n}\n");
    router.reload();
    await eventually("the child is gone", () => !isAlive(child));
    expect(host.holds("eth0", "192.0.2.100")).toBe(false);
    await eventually("its pid file is gone", () => !existsSync(router.files.vrrpPid));
    router.configure(instance(["192.0.2.100/24"]));
    router.reload();
    await host.waitForAddress("eth0", "192.0.2.100");
  });

  it("does several in a row, each to its end", async () => {
    const router = await startMaster();
    for (let i = 0; i < 5; i++) {
      router.configure(instance(["192.0.2.100/24", `192.0.2.${110 + i}/24`]));
      router.reload();
      await new Promise((resolve) => setTimeout(resolve, 20 * i));
    }
    await host.waitForAddress("eth0", "192.0.2.114");
    const last = "192.0.2.1/24 192.0.2.100/24 192.0.2.114/24";
    await eventually(`only ${last}`, () => host.addresses("eth0").sort().join(" ") === last);
  });
});

describe("start", () => {
  it("refuses a second daemon on the same pid file, with keepalived's words and status", async () => {
    const router = await startMaster();
    const second = host.spawn(HOLDFAST.command(router.files));
    expect(await second.exited).toBe(0);
    expect(second.log).toContain("daemon is already running");
    expect(isAlive(router.process.pid)).toBe(true);
    expect(host.holds("eth0", "192.0.2.100")).toBe(true);
  });

  it("runs on what can be used, and logs every error with its line", async () => {
    const broken = "priorty 7\n  priority 300\n  track_script {\n    nobody\n  }";
    const router = new Router(lab, host, HOLDFAST, instance(["192.0.2.100/24"], broken));
    router.start();
    await router.waitForState("VI_1", "MASTER");
    expect(host.holds("eth0", "192.0.2.100")).toBe(true);
    const place = (line: number) => `(${router.files.config}: Line ${line}) `;
    expect(router.process.log).toContain(`${place(8)}unknown keyword 'priorty'`);
    expect(router.process.log).toContain(`${place(9)}'300' is not an integer from 1 to 255`);
    expect(router.process.log).toContain(place(11));
    expect(router.process.log).toContain("has errors: running without what they are about");
    // What it started on it would not reload to.
    const mark = router.process.mark();
    router.reload();
    await router.process.waitFor("the running one stays as it is", 20_000, mark);
    expect(host.holds("eth0", "192.0.2.100")).toBe(true);
    expect(await router.stop()).toBe(0);
  });

  it("refuses a keyword without its value, with a code frame", async () => {
    const router = new Router(lab, host, HOLDFAST, instance(["192.0.2.100/24"], "priority"));
    router.start();
    expect(await router.process.exited).toBe(2);
    expect(router.process.log).toContain("priority needs a value");
    expect(router.process.log).toMatch(/8 \| +priority\n +\| +\^{8}/);
    expect(existsSync(router.files.pid)).toBe(false);
  });

  it("refuses an interface that is not there", async () => {
    const config = instance(["192.0.2.100/24"]).replace("eth0", "eth7");
    const router = new Router(lab, host, HOLDFAST, config);
    router.start();
    expect(await router.process.exited).toBe(2);
    expect(router.process.log).toContain("interface eth7 of vrrp_instance VI_1 does not exist");
  });

  it("says so when there is no file", async () => {
    const router = new Router(lab, host, HOLDFAST, "");
    const missing = host.spawn(HOLDFAST.command({ ...router.files, config: lab.path("nowhere.conf") }));
    expect(await missing.exited).toBe(6);
    expect(missing.log).toContain("no such file");
  });
});
