import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOLDFAST_BUNDLE } from "../lab/holdfast.ts";
import { type Host, Lab } from "../lab/netns.ts";
import { eventually, execute, signalProcess } from "../lab/process.ts";
import { instance, pidIn, startDaemon } from "./daemon.ts";

let lab: Lab;
let host: Host;
beforeEach(() => {
  lab = new Lab();
  host = lab.hostOnSwitch();
});
afterEach(() => lab.dispose());

const router = (config: string) => startDaemon(lab, host, config);

const globals = (lines: string) => `global_defs {\nscript_user root\n${lines}\n}\n`;
const VIP = ["192.0.2.100/24"];
const signum = (name: string) => execute([process.execPath, HOLDFAST_BUNDLE, "run", "--signum", name]).trim();
/** Attributes of processes are root's to give: in a user namespace the system refuses them. */
const root = statSync("/").uid === 0;

describe("signals", () => {
  it("have keepalived's numbers", () => {
    const names = ["STOP", "RELOAD", "DATA", "STATS", "JSON", "STATS_CLEAR"];
    expect(names.map(signum)).toEqual(["15", "1", "10", "12", "36", "63"]);
  });

  it("have state, statistics and JSON written, into files of root's", async () => {
    const folder = `${lab.path("state")}/`;
    mkdirSync(folder);
    const where = ["state", "stats", "json"].map((what) => `${what}_dump_file ${folder}`).join("\n");
    const daemon = router(`${globals(where)}vrrp_sync_group G {\ngroup {\nVI_1\n}\n}\n${instance(VIP)}`);
    await daemon.waitForState("VI_1", "MASTER");
    const parent = pidIn(daemon.files.pid);
    const written = async (signal: NodeJS.Signals | number, name: string) => {
      signalProcess(parent, signal);
      await eventually(name, () => existsSync(folder + name));
      expect(lstatSync(folder + name).mode & 0o777).toBe(0o600);
      return readFileSync(folder + name, "utf8");
    };
    const data = await written("SIGUSR1", "keepalived.data");
    expect(data).toContain(" VRRP Instance = VI_1\n   VRRP Version = 3\n   State = MASTER\n");
    expect(data).toContain(" VRRP Sync Group = G, MASTER\n");
    expect(await written("SIGUSR1", "keepalived_parent.data")).toContain(
      "------< Global definitions >------",
    );
    const stats = await written("SIGUSR2", "keepalived.stats");
    expect(stats).toMatch(/^VRRP Instance: VI_1\n {2}Advertisements:\n {4}Received: 0\n {4}Sent: [1-9]/);
    expect(stats).toContain("  Became master: 1\n  Released master: 0\n  Packet Errors:\n    Length: 0\n");
    const [one] = JSON.parse(await written(Number(signum("JSON")), "keepalived.json"));
    expect(one.data).toMatchObject({
      iname: "VI_1",
      vrid: 51,
      state: 2,
      adver_int: 0.1,
      effective_priority: 100,
      vips: ["192.0.2.100/24 dev eth0 scope global set"],
    });
    expect(one.stats).toMatchObject({ become_master: 1, advert_rcvd: 0 });
    expect(readdirSync(folder).sort()).toHaveLength(4);
    await daemon.stop();
  });

  it("clear statistics after they are written, and follow no link", async () => {
    const [path, victim] = [lab.path("s.stats"), lab.path("victim")];
    writeFileSync(victim, "kept");
    symlinkSync(victim, path);
    const daemon = router(
      globals(`stats_dump_file ${path}\njson_version 2\njson_dump_file ${path}.json`) + instance(VIP),
    );
    await daemon.waitForState("VI_1", "MASTER");
    const parent = pidIn(daemon.files.pid);
    signalProcess(parent, Number(signum("STATS_CLEAR")));
    await eventually("the file takes the place of the link", () => lstatSync(path).isFile());
    expect(readFileSync(path, "utf8")).toContain("Became master: 1");
    expect(readFileSync(victim, "utf8")).toBe("kept");
    signalProcess(parent, Number(signum("JSON")));
    await eventually("JSON", () => existsSync(`${path}.json`));
    expect(JSON.parse(readFileSync(`${path}.json`, "utf8")).vrrp[0].stats.become_master).toBe(0);
    await daemon.stop();
  });

  it("find their files by instance with data_use_instance", async () => {
    const path = lab.path("one.data");
    const daemon = router(
      `instance blue\n${globals(`state_dump_file ${path}\ndata_use_instance`)}${instance(VIP)}`,
    );
    await daemon.waitForState("VI_1", "MASTER");
    signalProcess(pidIn(daemon.files.pid), "SIGUSR1");
    await eventually("both files", () =>
      ["one_blue.data", "one_parent_blue.data"].every((name) => existsSync(lab.path(name))),
    );
    await daemon.stop();
  });
});

describe("processes", () => {
  const nameOf = (pid: number) => readFileSync(`/proc/${pid}/comm`, "utf8").trim();

  it("have the names that are asked for", async () => {
    const daemon = router(globals("process_names\nvrrp_process_name ring") + instance(VIP));
    await daemon.waitForState("VI_1", "MASTER");
    expect(nameOf(pidIn(daemon.files.pid))).toBe("keepalived");
    expect(nameOf(pidIn(daemon.files.vrrpPid))).toBe("ring");
    await daemon.stop();
  });

  it.runIf(root)("have nice value, CPUs and locked memory as they are asked for, and umask", async () => {
    const config = "vrrp_priority -7\nvrrp_cpu_affinity 0\nvrrp_no_swap\numask IRWXO";
    const daemon = router(globals(config) + instance(VIP));
    await daemon.waitForState("VI_1", "MASTER");
    const pid = pidIn(daemon.files.vrrpPid);
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    expect(/^VmLck:\s+(\d+)/m.exec(status)?.[1]).not.toBe("0");
    expect(status).toMatch(/^Cpus_allowed_list:\s+0$/m);
    expect(status).toMatch(/^Umask:\s+0007$/m);
    expect(niceOf(pid)).toBe("-7");
    await daemon.stop();
  });

  it.runIf(root)("are real-time with a limit, what they start is not", async () => {
    const config = "vrrp_rt_priority 20\nvrrp_rlimit_rttime 2000000";
    const daemon = router(globals(config) + instance(VIP, "notify_master /bin/true"));
    await daemon.waitForState("VI_1", "MASTER");
    const pid = pidIn(daemon.files.vrrpPid);
    await eventually("it is real-time", () => realTimeOf(pid) === "20 2");
    expect(readFileSync(`/proc/${pid}/limits`, "utf8")).toMatch(/^Max realtime timeout\s+1000000\s+2000000/m);
    const threads = readdirSync(`/proc/${pid}/task`).filter((id) => Number(id) !== pid);
    expect(threads.map((id) => realTimeOf(Number(id), pid))).toEqual(threads.map(() => "0 0"));
    await daemon.stop();
  });

  it.runIf(root)("that are late make themselves real-time under max_auto_priority", async () => {
    const daemon = router(globals("max_auto_priority 3\nmin_auto_priority_delay 2000000") + instance(VIP));
    await daemon.waitForState("VI_1", "MASTER");
    const pid = pidIn(daemon.files.vrrpPid);
    expect(realTimeOf(pid)).toBe("0 0");
    signalProcess(pid, "SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    signalProcess(pid, "SIGCONT");
    await daemon.process.waitFor("raising real-time priority to 1");
    expect(realTimeOf(pid)).toBe("1 2");
    await daemon.stop();
  });
});

/** Fields of proc(5) stat, from the third. */
const statOf = (pid: number, of = pid): string[] => {
  const stat = readFileSync(`/proc/${of}/task/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
};
const niceOf = (pid: number) => statOf(pid)[16];
/** rt_priority and policy. */
const realTimeOf = (pid: number, of = pid) => statOf(pid, of).slice(37, 39).join(" ");

describe("reloads", () => {
  it("are scheduled by a file, which goes", async () => {
    const path = lab.path("when");
    const daemon = router(globals(`reload_time_file ${path}`) + instance(VIP));
    await daemon.waitForState("VI_1", "MASTER");
    const soon = new Date(Date.now() + 6_000).toISOString().replace("T", " ").replace(/\..*/, "Z");
    writeFileSync(path, `${soon}\n`);
    await daemon.process.waitFor("Reload scheduled at");
    await daemon.process.waitFor("Reload complete", 15_000);
    expect(existsSync(path)).toBe(false);
    await daemon.stop();
  });

  it("say in a file what is wrong, and hold another while they read", async () => {
    const [log, held] = [lab.path("check.log"), lab.path("held")];
    const text = globals(`reload_check_config ${log}\nreload_file ${held}`) + instance(VIP);
    const daemon = router(text);
    await daemon.waitForState("VI_1", "MASTER");
    writeFileSync(held, "waiting");
    daemon.configure(text.replace("virtual_router_id 51", "virtual_router_id 0"));
    daemon.reload();
    await daemon.process.waitFor("the running one stays as it is");
    expect(existsSync(held)).toBe(false);
    await eventually("what is wrong", () => existsSync(log));
    expect(readFileSync(log, "utf8")).toContain("virtual_router_id");
    await daemon.stop();
  });
});

describe("several daemons of one host", () => {
  it.runIf(root)("have pid files by instance, and work in the namespace of their own", async () => {
    const name = `holdfast-test-${process.pid}`;
    execute(["ip", "netns", "add", name]);
    try {
      execute(["ip", "-n", name, "link", "add", "eth7", "type", "veth", "peer", "name", "eth8"]);
      for (const link of ["eth7", "eth8"]) execute(["ip", "-n", name, "link", "set", link, "up"]);
      execute(["ip", "-n", name, "address", "add", "192.0.2.1/24", "dev", "eth7"]);
      const file = lab.path("apart.conf");
      writeFileSync(file, `net_namespace ${name}\ninstance red\n${instance(VIP).replace("eth0", "eth7")}`);
      const command = [process.execPath, HOLDFAST_BUNDLE, "run", "-n", "-l", "-P", "-f", file];
      const daemon = host.spawn(command);
      await daemon.waitFor("(VI_1) Entering MASTER STATE");
      const addresses = () => execute(["ip", "-n", name, "-brief", "address", "show", "dev", "eth7"]);
      await eventually("the address is there", () => addresses().includes("192.0.2.100/24"));
      const folder = `/run/keepalived/keepalived_${name}`;
      expect(readdirSync(folder).sort()).toEqual(["keepalived_red.pid", "vrrp_red.held", "vrrp_red.pid"]);
      await daemon.stop();
      expect(readdirSync(folder)).toEqual([]);
      execute(["rmdir", folder]);
    } finally {
      execute(["ip", "netns", "delete", name]);
    }
  });
});
