/** Keywords whose effect is only seen in a running daemon: in scripts, FIFOs, states after a standstill, filters. */
import { realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findProgram } from "../lab/capabilities.ts";
import { type Host, Lab, type Switch } from "../lab/netns.ts";
import { eventually, execute, signalProcess } from "../lab/process.ts";
import { instance, linesOf, pidIn, startDaemon, writeScript } from "./daemon.ts";

let lab: Lab;
let host: Host;
let wire: Switch;
beforeEach(() => {
  lab = new Lab();
  host = lab.host("left");
  wire = lab.switch();
  wire.connect(host, "eth0", ["192.0.2.1/24"]);
});
afterEach(() => lab.dispose());

const root = statSync("/").uid === 0;
const VIP = ["192.0.2.100/24"];
const globals = (lines = "") => `global_defs {\n  script_user root\n  ${lines}\n}\n`;

const script = (name: string, text: string) => writeScript(lab, name, text);

const router = (config: string, on = host) => startDaemon(lab, on, config);

describe("notifies", () => {
  it("each state has its script: of an instance, and of its group", async () => {
    const out = lab.path("out");
    const say = script("say", `echo "$*" >>${out}`);
    const keywords = ["notify_master", "notify_backup", "notify_fault", "notify_stop"];
    const scripts = (who: string) =>
      keywords.map((keyword) => `${keyword} "${say} ${who} ${keyword.slice(7)}"`).join("\n");
    const group = `vrrp_sync_group G {\ngroup {\nVI_1\n}\n${scripts("group")}\nnotify "${say} any"\n}\n`;
    const daemon = router(globals() + group + instance(VIP, scripts("own")));
    await daemon.waitForState("VI_1", "MASTER");
    const mark = daemon.process.mark();
    host.exec("ip", "link", "set", "eth0", "down");
    await daemon.waitForState("VI_1", "FAULT", 20_000, mark);
    host.exec("ip", "link", "set", "eth0", "up");
    await daemon.waitForState("VI_1", "MASTER", 20_000, mark);
    await daemon.stop();
    const told = (who: string) => linesOf(out).filter((line) => line.startsWith(who));
    const states = ["backup", "master", "fault", "backup", "master", "stop"];
    expect(told("own")).toEqual(states.map((state) => `own ${state}`));
    expect(told("group")).toEqual(states.map((state) => `group ${state}`));
    expect(told("any")).toEqual(states.map((state) => `any GROUP G ${state.toUpperCase()} 0`));
  });

  it("notify_master_rx_lower_pri, when a master of lower priority is heard", async () => {
    const out = lab.path("out");
    const say = script("say", `echo "$*" >>${out}`);
    const other = lab.host("right");
    const cable = wire.connect(other, "eth0", ["192.0.2.2/24"]);
    cable.sever();
    const daemon = router(globals() + instance(VIP, `notify_master_rx_lower_pri "${say} lower"`));
    // Whichever of the two is heard first: the other one then advertises once more.
    const weaker = instance(VIP, "higher_prio_send_advert").replace("priority 100", "priority 50");
    const lower = router(weaker, other);
    await Promise.all([daemon.waitForState("VI_1", "MASTER"), lower.waitForState("VI_1", "MASTER")]);
    expect(linesOf(out)).toEqual([]);
    await cable.restore();
    await lower.waitForState("VI_1", "BACKUP");
    await eventually("the script has run", () => linesOf(out).length > 0);
    expect(linesOf(out)[0]).toBe("lower");
    await Promise.all([daemon.stop(), lower.stop()]);
  });

  it("notify_deleted, when a reload takes the instance out", async () => {
    const out = lab.path("out");
    const say = script("say", `echo "$*" >>${out}`);
    const other = instance(["192.0.2.101/24"]).replace("VI_1", "VI_2").replace("51", "52");
    const daemon = router(globals() + other + instance(VIP, `notify_deleted "${say} gone"`));
    await daemon.waitForState("VI_1", "MASTER");
    daemon.configure(globals() + other);
    daemon.reload();
    await eventually("the script has run", () => linesOf(out).includes("gone"));
    await daemon.stop();
  });

  it.each([
    ["vrrp_notify_priority_changes", "", ""],
    ["", "notify_priority_changes true", ""],
    ["", "", "notify_priority_changes"],
  ])("priorities in FIFOs: %s %s %s", async (global, own, ofGroup) => {
    const [fifo, out, number] = [lab.path("fifo"), lab.path("out"), lab.path("number")];
    const reader = script("reader", `exec cat "$1" >${out}`);
    writeFileSync(number, "0\n");
    const news = `notify_fifo ${fifo}\nnotify_fifo_script ${reader}\n${global}`;
    const track = `track_file f {\nfile ${number}\nweight 1\n}\n`;
    const group = `vrrp_sync_group G {\ngroup {\nVI_1\n}\nsync_group_tracking_weight\n${ofGroup}\n}\n`;
    const daemon = router(
      globals(news) + track + group + instance(VIP, `track_file {\nf weight 1\n}\n${own}`),
    );
    await daemon.waitForState("VI_1", "MASTER");
    writeFileSync(number, "7\n");
    await eventually("the line", () => linesOf(out).includes('INSTANCE "VI_1" MASTER_PRIORITY 107'));
    await daemon.stop();
  });

  it("no priorities in FIFOs where nobody asked for them", async () => {
    const [fifo, out, number] = [lab.path("fifo"), lab.path("out"), lab.path("number")];
    const reader = script("reader", `exec cat "$1" >${out}`);
    writeFileSync(number, "0\n");
    const daemon = router(
      `${globals(`notify_fifo ${fifo}\nnotify_fifo_script ${reader}`)}track_file f {\nfile ${number}\nweight 1\n}\n${instance(VIP, "track_file {\nf weight 1\n}")}`,
    );
    await daemon.waitForState("VI_1", "MASTER");
    writeFileSync(number, "7\n");
    await daemon.process.waitFor("to 107");
    await daemon.stop();
    expect(linesOf(out).filter((line) => line.includes("PRIORITY"))).toEqual([]);
  });
});

describe("scripts that are tracked", () => {
  const check = (lines: string) => `vrrp_script chk {\n${lines}\n}\n`;
  const tracking = instance(VIP, "track_script {\nchk\n}");

  it("init_fail: down until the first result", async () => {
    const slow = script("slow", "sleep 1");
    const daemon = router(globals() + check(`script ${slow}\ninterval 1\ntimeout 3\ninit_fail`) + tracking);
    await daemon.process.waitFor("(VI_1) entering FAULT state");
    await daemon.waitForState("VI_1", "MASTER");
    await daemon.stop();
  });

  it("timeout: one that hangs has failed", async () => {
    const hang = script("hang", "exec sleep 100");
    const daemon = router(globals() + check(`script ${hang}\ninterval 1\ntimeout 1`) + tracking);
    await daemon.process.waitFor("(VI_1) entering FAULT state", 10_000);
    await daemon.stop();
  });

  it("of a group count for all its members", async () => {
    const flag = lab.path("flag");
    writeFileSync(flag, "");
    const test = script("test", `test -e ${flag}`);
    const group = "vrrp_sync_group G {\ngroup {\nVI_1\nVI_2\n}\ntrack_script {\nchk\n}\n}\n";
    const other = instance(["192.0.2.101/24"]).replace("VI_1", "VI_2").replace("51", "52");
    const daemon = router(
      globals() + check(`script ${test}\ninterval 1\nfall 1`) + group + instance(VIP) + other,
    );
    const both = (state: "MASTER" | "FAULT") =>
      Promise.all(["VI_1", "VI_2"].map((name) => daemon.waitForState(name, state)));
    await both("MASTER");
    rmSync(flag);
    await both("FAULT");
    await daemon.stop();
  });

  it.runIf(root)("user: it runs as somebody else", async () => {
    const out = lab.path("out");
    host.exec("sh", "-c", `touch ${out} && chmod 666 ${out}; chmod 755 ${lab.path("")}`);
    const who = script("who", `id -un >>${out}`);
    const daemon = router(globals() + check(`script ${who}\ninterval 1\nuser daemon`) + tracking);
    await daemon.waitForState("VI_1", "MASTER");
    expect(await eventually("it has run", () => linesOf(out)[0])).toBe("daemon");
    await daemon.stop();
  });
});

it.runIf(root)("set_supplementary_groups: scripts have the groups of their user", async () => {
  const out = lab.path("out");
  host.exec("sh", "-c", `touch ${out} && chmod 666 ${out}; chmod 755 ${lab.path("")}`);
  const groups = script("groups", `grep Groups /proc/self/status >>${out}`);
  const told = async (global: string) => {
    writeFileSync(out, "");
    const daemon = router(globals(global) + instance(VIP, `notify_master "${groups}" daemon daemon`));
    await eventually("it has run", () => linesOf(out).length === 1);
    await daemon.stop();
    return linesOf(out)[0]
      ?.replace(/.*Groups:\s*/, "")
      .trim();
  };
  expect(await told("")).toBe("");
  expect(await told("set_supplementary_groups")).toBe(host.exec("id", "-G", "daemon").trim());
});

it.runIf(root)("script_user: whom scripts run as that name nobody", async () => {
  const out = lab.path("out");
  host.exec("sh", "-c", `touch ${out} && chmod 666 ${out}; chmod 755 ${lab.path("")}`);
  const who = script("who", `id -un >>${out}`);
  const daemon = router(
    `global_defs {\nscript_user daemon\n}\n${instance(VIP, `notify_backup ${who}\nnotify_master "${who}" root`)}`,
  );
  await eventually("both have run", () => linesOf(out).length === 2);
  expect(linesOf(out)).toEqual(["daemon", "root"]);
  await daemon.stop();
});

it("smtp_connect_timeout: a mail server that says nothing", async () => {
  host.exec("ip", "link", "set", "lo", "up");
  const silent = host.spawn([
    process.execPath,
    "-e",
    'require("node:net").createServer(() => {}).listen(2525, "127.0.0.1", () => console.log("ready"))',
  ]);
  await silent.waitFor("ready");
  const mail = (timeout: number) =>
    `notification_email {\na@example.com\n}\nsmtp_server 127.0.0.1 2525\nsmtp_alert\nsmtp_connect_timeout ${timeout}`;
  const daemon = router(globals(mail(1)) + instance(VIP));
  await daemon.waitForState("VI_1", "MASTER");
  await daemon.process.waitFor("not sent", 10_000);
  await daemon.stop();
  const patient = router(globals(mail(60)) + instance(VIP));
  await patient.waitForState("VI_1", "MASTER");
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect(patient.process.log).not.toContain("not sent");
  await patient.kill();
  await silent.stop();
});

describe("a standstill", () => {
  it.each(["timer_expired_backup 200", "thread_timer_expired 200", ""])(
    "a master with nopreempt gives way after it with timer_expired_backup: %s",
    async (keyword) => {
      const daemon = router(instance(VIP, `nopreempt\n${keyword}`));
      await daemon.waitForState("VI_1", "MASTER");
      const mark = daemon.process.mark();
      const pid = pidIn(daemon.files.vrrpPid);
      signalProcess(pid, "SIGSTOP");
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      signalProcess(pid, "SIGCONT");
      if (keyword === "") await new Promise((resolve) => setTimeout(resolve, 500));
      else await daemon.waitForState("VI_1", "BACKUP", 10_000, mark);
      const since = daemon.process.lines.slice(mark).map(({ text }) => text);
      expect(since.some((text) => text.includes("Entering BACKUP"))).toBe(keyword !== "");
      await daemon.stop();
    },
  );
});

const [iptables, legacy, ipset] = ["iptables", "iptables-legacy", "ipset"].map(findProgram);

describe.runIf(iptables && legacy && ipset && root)("filters of iptables", () => {
  const rules = () => host.exec("iptables", "-S").split("\n");
  const refuses = instance(VIP, "no_accept");
  const [tool, older] = [iptables, legacy].map((path) => realpathSync(path ?? "/"));

  // Where iptables is a way to write nftables, the older one takes its place: mounts here are the test's own.
  beforeEach(() => {
    if (tool !== older) execute(["mount", "--bind", older ?? "", tool ?? ""]);
  });
  afterEach(() => {
    if (tool !== older) execute(["umount", tool ?? ""]);
  });

  it("vrrp_iptables: in the chains that are named", async () => {
    for (const chain of ["in_vrrp", "out_vrrp"]) host.exec("iptables", "-N", chain);
    const daemon = router(globals("vrrp_iptables in_vrrp out_vrrp\nvrrp_ipsets") + refuses);
    await daemon.waitForState("VI_1", "MASTER");
    await eventually("the rule", () =>
      rules().some((rule) => rule.startsWith("-A in_vrrp") && rule.includes("192.0.2.100")),
    );
    await daemon.stop();
    expect(rules().filter((rule) => rule.startsWith("-A"))).toEqual([]);
  });

  it("vrrp_ipsets: with sets of these names", async () => {
    const daemon = router(globals("vrrp_iptables\nvrrp_ipsets mine mine6") + refuses);
    await daemon.waitForState("VI_1", "MASTER");
    await eventually("the set", () => host.exec("ipset", "save").includes("add mine 192.0.2.100"));
    await daemon.stop();
    expect(host.exec("ipset", "save").trim()).toBe("");
  });
});

describe.runIf(findProgram("ss") && root)("sockets", () => {
  const cases = [
    ["vrrp_netlink_cmd_rcv_bufs 40000\nvrrp_netlink_monitor_rcv_bufs 50000", [80_000, 100_000]],
    [
      "vrrp_netlink_cmd_rcv_bufs 5000000\nvrrp_netlink_cmd_rcv_bufs_force true\nvrrp_netlink_monitor_rcv_bufs 6000000\nvrrp_netlink_monitor_rcv_bufs_force true",
      [10_000_000, 12_000_000],
    ],
  ] as const;
  it.each(cases)("receive buffers of netlink sockets: %s", async (keywords, expected) => {
    const daemon = router(globals(keywords) + instance(VIP));
    await daemon.waitForState("VI_1", "MASTER");
    const shown = host.exec("ss", "-f", "netlink", "-m", "-n", "-p").replaceAll(/\n\s+skmem/g, " skmem");
    const buffers = [...shown.matchAll(/\brb(\d+)/g)].map(([, bytes]) => Number(bytes));
    expect(buffers).toEqual(expect.arrayContaining([...expected]));
    await daemon.stop();
  });
});

describe("names of tables", () => {
  it.each(["iproute_usr_dir", "iproute_etc_dir"])("%s", async (keyword) => {
    writeFileSync(lab.path("rt_tables"), "4321 holdfast_test\n");
    const daemon = router(
      `${globals(`${keyword} ${lab.path("")}`)}static_rules {\nfrom 10.9.0.0/24 table holdfast_test priority 77\n}\n${instance(VIP)}`,
    );
    await daemon.waitForState("VI_1", "MASTER");
    expect(host.exec("ip", "rule")).toContain("from 10.9.0.0/24 lookup 4321");
    await daemon.stop();
  });
});

describe("interfaces that are replaced", () => {
  it("by one of another kind, with dynamic_interfaces allow_if_changes", async () => {
    host.exec("ip", "link", "add", "eth5", "type", "veth", "peer", "name", "far5");
    const up = () => {
      host.exec("ip", "addr", "add", "198.51.100.1/24", "dev", "eth5");
      host.exec("ip", "link", "set", "eth5", "up");
    };
    host.exec("ip", "link", "set", "far5", "up");
    up();
    const daemon = router(
      globals("dynamic_interfaces allow_if_changes") +
        instance(["198.51.100.100/24"]).replace("interface eth0", "interface eth5"),
    );
    await daemon.waitForState("VI_1", "MASTER");
    const mark = daemon.process.mark();
    host.exec("ip", "link", "del", "eth5");
    await daemon.waitForState("VI_1", "FAULT", 20_000, mark);
    host.exec("ip", "link", "add", "link", "eth0", "name", "eth5", "type", "macvlan");
    up();
    await daemon.waitForState("VI_1", "MASTER", 20_000, mark);
    await host.waitForAddress("eth5", "198.51.100.100");
    await daemon.stop();
  });
});
