import { spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createVrrpRouter } from "../../src/core/vrrp/router.ts";
import { TrackerProcesses } from "../../src/daemon/driver/tracker-processes.ts";
import { VrrpDriver } from "../../src/daemon/driver/vrrp.ts";
import { emptied } from "../../src/daemon/parts.ts";
import { createLinuxKernel } from "../../src/kernel/linux/kernel.ts";
import { createMemoryKernel } from "../../src/kernel/memory/kernel.ts";
import { MemoryNetwork } from "../../src/kernel/memory/network.ts";
import { VirtualClock } from "../../src/kernel/memory/virtual-clock.ts";
import type { ProcessEvent } from "../../src/kernel/ports.ts";
import { diff } from "../../src/plan/diff.ts";
import { ERRNO } from "../../src/wire/errno.ts";
import { eventually } from "../lab/process.ts";
import { compileText } from "../plan/compile-text.ts";
import { keptLog, noScripts } from "./drive.ts";

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** An instance on eth0 with blocks before it and lines in it. */
const vrrp = (lines: string, name = "VI", id = 51) =>
  `vrrp_instance ${name} {\n interface eth0\n virtual_router_id ${id}\n ${lines}\n virtual_ipaddress {\n 192.0.2.${id}\n }\n}\n`;

/** The VRRP part of the daemon on a kernel in memory with two interfaces. */
function daemon(text: string, prepare: (kernel: ReturnType<typeof createMemoryKernel>) => void = () => {}) {
  const clock = new VirtualClock();
  const network = new MemoryNetwork({ clock });
  const kernel = createMemoryKernel({
    network,
    links: [
      { name: "eth0", segment: "lan", addresses: ["192.0.2.1/24"] },
      { name: "eth1", segment: "wan", addresses: ["198.51.100.1/24"] },
    ],
  });
  prepare(kernel);
  const { log, lines } = keptLog();
  const router = createVrrpRouter();
  const driver = new VrrpDriver(kernel, router, noScripts(log), log);
  let { config } = compileText(text, "k.conf");
  let before = emptied(config);
  const apply = (next: string) => {
    before = config;
    config = compileText(next, "k.conf").config;
    driver.apply(diff(before, config).changes);
    clock.advanceBy(1);
  };
  driver.apply(diff(before, config).changes);
  clock.advanceBy(1);
  stops.push(() => driver.stop(diff(config, emptied(config)).changes, false));
  const instance = (name = "VI") => {
    const found = router.snapshot().instances.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no instance ${name}`);
    return found;
  };
  const write = (path: string, value: string) => {
    kernel.disk.write(path, value);
    clock.advanceBy(1);
  };
  return { clock, kernel, lines, instance, apply, write };
}

const FILE = "track_file f {\n file /run/f\n weight 2\n init_file 5\n}\n";

describe("track_file", () => {
  it("makes its file, and adds its number times the weight", () => {
    const { kernel, instance, write } = daemon(FILE + vrrp("track_file {\n f\n }"));
    expect(kernel.files.read("/run/f")).toBe("5\n");
    expect(instance()).toMatchObject({ state: "BACKUP", priority: 110 });
    write("/run/f", "-20\n");
    expect(instance().priority).toBe(60);
    write("/run/f", "-1000\n");
    expect(instance()).toMatchObject({ state: "FAULT", fault: "file f is -1000" });
    kernel.disk.remove("/run/f");
    write("/run/other", "1");
    expect(instance()).toMatchObject({ state: "BACKUP", priority: 100 });
  });

  it("leaves a file that is there, but for overwrite, and never on reload", () => {
    const configuration = (how: string) =>
      `track_file f {\n file /run/f\n init_file 9 ${how}\n}\n${vrrp("track_file {\n f\n }")}`;
    const there = (kernel: ReturnType<typeof createMemoryKernel>) => kernel.disk.write("/run/f", "3");
    expect(daemon(configuration(""), there).instance().priority).toBe(103);
    const { instance, write, apply } = daemon(configuration("overwrite"), there);
    expect(instance().priority).toBe(109);
    write("/run/f", "4");
    apply(configuration("overwrite") + vrrp("", "VI_2", 52));
    expect(instance().priority).toBe(104);
  });

  it("keeps its number where there is none, and over a reload that changes the weight", () => {
    const { instance, write, lines, apply } = daemon(FILE + vrrp("track_file {\n f\n }"));
    write("/run/f", "99999999999999\n");
    expect(instance().priority).toBe(110);
    expect(lines).toContain("Invalid number 99999999999999 read from /run/f - ignoring");
    apply(FILE.replace("weight 2", "weight -3") + vrrp("track_file {\n f\n }"));
    expect(instance().priority).toBe(85);
    apply(FILE.replace("weight 2", "weight -3") + vrrp("track_file {\n f weight 7 reverse\n }"));
    expect(instance().priority).toBe(65);
    apply(FILE + vrrp(""));
    write("/run/f", "50");
    expect(instance().priority).toBe(100);
  });

  it("takes an empty file for one that is being written", async () => {
    const { instance, write } = daemon(FILE + vrrp("track_file {\n f\n }"));
    write("/run/f", "");
    expect(instance().priority).toBe(110);
    write("/run/f", "8");
    expect(instance().priority).toBe(116);
    write("/run/f", "");
    await eventually("the empty file to count", () => instance().priority === 100);
  });

  it("without a weight is a fault of an address owner, and with one is none of its business", () => {
    const text = `track_file f {\n file /run/f\n}\ntrack_file g {\n file /run/g\n}\n`;
    const { instance, write } = daemon(
      text +
        vrrp("state MASTER\n priority 255\n track_file {\n g weight 3\n }") +
        vrrp("state MASTER\n priority 255\n track_file {\n f\n }", "VI_2", 52),
    );
    write("/run/g", "-254");
    write("/run/f", "7");
    expect(instance()).toMatchObject({ state: "MASTER", priority: 255 });
    expect(instance("VI_2")).toMatchObject({ state: "FAULT", fault: "file f is 7" });
  });
});

describe("track_process", () => {
  const PROCESS = "vrrp_track_process web {\n process nginx\n weight 20\n}\n";
  const settled = () => new Promise((done) => setImmediate(done));

  it("counts what runs at the start, and what starts and ends", async () => {
    let first = 0;
    const { instance, kernel, clock, lines } = daemon(PROCESS + vrrp("track_process {\n web\n }"), (made) => {
      first = made.machine.start(["/usr/sbin/nginx", "-g"]);
    });
    expect(instance().state).toBe("INIT"); // not before it is known
    await settled();
    expect(instance()).toMatchObject({ state: "BACKUP", priority: 120 });
    kernel.machine.end(first);
    clock.advanceBy(1);
    expect(instance().priority).toBe(100);
    const second = kernel.machine.start(["nginx"]);
    clock.advanceBy(1);
    expect(instance().priority).toBe(120);
    kernel.machine.rename(second, "worker");
    clock.advanceBy(1);
    expect(instance().priority).toBe(100);
    expect(lines.filter((line) => line.startsWith("Quorum"))).toEqual([
      "Quorum lost for tracked process web",
      "Quorum gained for tracked process web",
      "Quorum lost for tracked process web",
    ]);
  });

  it("waits after forks and ends for as long as it was told", async () => {
    const text = `vrrp_track_process web {\n process nginx\n quorum 1\n quorum_max 1\n fork_delay 0.6\n terminate_delay 0.9\n}\n`;
    const { instance, kernel, clock } = daemon(text + vrrp("track_process {\n web\n }"), (made) =>
      made.machine.start(["nginx"]),
    );
    await settled();
    expect(instance().state).toBe("BACKUP");
    const [master = 0] = kernel.machine.list();
    const worker = kernel.machine.fork(master);
    clock.advanceBy(599_999);
    expect(instance().state).toBe("BACKUP");
    clock.advanceBy(2);
    expect(instance()).toMatchObject({ state: "FAULT", fault: "process web 2 of at most 1 running" });
    kernel.machine.end(worker);
    clock.advanceBy(899_999);
    expect(instance().state).toBe("FAULT");
    clock.advanceBy(2);
    expect(instance().state).toBe("BACKUP");
  });

  it("compares command lines where that is asked for", async () => {
    const text = `vrrp_track_process web {\n process /bin/web one\n param_match partial\n weight 20\n}\nvrrp_track_process all {\n process /bin/web\n full_command\n weight 5\n}\n`;
    const { instance, kernel, clock } = daemon(text + vrrp("track_process {\n web\n all\n }"));
    await settled();
    kernel.machine.start(["/bin/web", "two"]);
    clock.advanceBy(1);
    expect(instance().priority).toBe(105);
    kernel.machine.start(["/bin/web", "one", "more"]);
    clock.advanceBy(1);
    expect(instance().priority).toBe(125);
  });

  it("lists every second where the kernel does not tell, and says so", async () => {
    const { instance, kernel, lines } = daemon(PROCESS + vrrp("track_process {\n web\n }"), (made) =>
      made.faults.inject("processes.monitor", ERRNO.ECONNREFUSED),
    );
    await settled();
    expect(lines.join()).toContain("The kernel does not tell of processes here");
    expect(instance().priority).toBe(100);
    kernel.machine.start(["nginx"]);
    await eventually("the next listing", () => instance().priority === 120, 10_000);
  });

  it("asks for the memory that process_monitor_rcv_bufs says, and lists again when events were lost", async () => {
    const monitors: { options: unknown; tell: (event: ProcessEvent) => void }[] = [];
    const text = "global_defs {\n process_monitor_rcv_bufs 500000\n process_monitor_rcv_bufs_force yes\n}\n";
    const { instance, lines, kernel } = daemon(
      text + PROCESS + vrrp("track_process {\n web\n }"),
      ({ machine }) => {
        machine.monitor = (tell, options) => {
          monitors.push({ options, tell });
          return { close: () => {} };
        };
      },
    );
    await settled();
    expect(monitors.map(({ options }) => options)).toEqual([{ receiveBuffer: 500_000, force: true }]);
    kernel.machine.start(["nginx"]);
    expect(instance().priority).toBe(100);
    monitors[0]?.tell({ type: "lost" });
    expect(instance().priority).toBe(120);
    expect(lines.join()).toContain("process_monitor_rcv_bufs");
  });

  it("is not counted when nobody tracks it", async () => {
    const { lines } = daemon(PROCESS + vrrp(""), (made) => made.faults.inject("processes.monitor", 1));
    await settled();
    expect(lines.join()).not.toContain("processes");
  });
});

describe("processes of this machine", () => {
  it("are counted, by events or by listing", async () => {
    const directory = mkdtempSync(join(tmpdir(), "holdfast-processes-"));
    const program = join(directory, "hf-counted");
    copyFileSync("/bin/sleep", program);
    const kernel = createLinuxKernel();
    const counts: number[] = [];
    const { log } = keptLog();
    const counting = new TrackerProcesses(kernel.processes, log, (_process, count) => counts.push(count));
    const children = [spawn(program, ["60"])];
    stops.push(() => {
      for (const child of children) child.kill("SIGKILL");
      counting.close();
      kernel.close();
      rmSync(directory, { recursive: true });
    });
    await eventually("the program", () => kernel.processes.name(children[0]?.pid ?? 0) === "hf-counted");
    counting.count({
      type: "count-processes",
      process: "p",
      pattern: { process: [program, "60"], fullCommand: false },
    });
    await eventually("the first", () => counts.at(-1) === 1, 10_000);
    children.push(spawn(program, ["60"]), spawn(program, ["61"]));
    await eventually("the second", () => counts.at(-1) === 2, 10_000);
    for (const child of children) child.kill("SIGKILL");
    await eventually("their end", () => counts.at(-1) === 0, 10_000);
    expect(Math.max(...counts)).toBe(2);
  });
});

describe("interface_up_down_delays", () => {
  it("delay what a lost link means", () => {
    const delays = "interface_up_down_delays {\n eth1 0.5 1\n}\n";
    const { instance, kernel, clock } = daemon(
      delays +
        vrrp("track_interface {\n eth1 weight 10\n }") +
        vrrp("track_interface {\n eth1\n }", "VI_2", 52),
    );
    const state = () => [instance().priority, instance("VI_2").state];
    expect(state()).toEqual([110, "BACKUP"]);
    kernel.setLink("eth1", { carrier: false });
    clock.advanceBy(499_000);
    expect(state()).toEqual([110, "BACKUP"]);
    clock.advanceBy(2_000);
    expect(state()).toEqual([100, "FAULT"]);
    kernel.setLink("eth1", { carrier: true });
    clock.advanceBy(999_000);
    expect(state()).toEqual([100, "FAULT"]);
    clock.advanceBy(2_000);
    expect(state()).toEqual([110, "BACKUP"]);
    kernel.setLink("eth1", { carrier: false });
    clock.advanceBy(300_000);
    kernel.setLink("eth1", { carrier: true });
    clock.advanceBy(900_000);
    expect(state()).toEqual([110, "BACKUP"]);
    kernel.removeLink("eth1");
    clock.advanceBy(1);
    expect(state()).toEqual([100, "FAULT"]);
    kernel.addLink({ name: "eth1" });
    clock.advanceBy(1);
    expect(state()).toEqual([110, "BACKUP"]);
  });
});

describe("linkbeat", () => {
  it.each([
    ["linkbeat_interfaces {\n eth1 MII\n}\n", ""],
    ["linkbeat_use_polling\n", ""],
  ])("%j polls links every second", async (block, line) => {
    const tracking = vrrp(`${line}\n track_interface {\n eth1 weight 10\n }`);
    const { instance, kernel, clock, lines } = daemon(block + tracking);
    expect(instance().priority).toBe(110);
    kernel.setLink("eth1", { carrier: false });
    clock.advanceBy(1_000);
    expect(instance().priority).toBe(110); // netlink told, and is not believed
    await eventually("the next look", () => instance().priority === 100, 10_000);
    expect(lines).toContain("Linkbeat reports eth1 down");
    expect(lines.filter((text) => text.includes("linkbeat type"))).toEqual(
      block.includes("MII") ? ["(eth1): Configured linkbeat type MII not supported, using ETHTOOL"] : [],
    );
  });

  it("linkbeat_use_polling in an instance polls its own interface", async () => {
    const { instance, kernel, clock } = daemon(vrrp("linkbeat_use_polling"));
    kernel.setLink("eth0", { carrier: false });
    clock.advanceBy(1_000);
    expect(instance().state).toBe("BACKUP");
    await eventually("the next look", () => instance().state === "FAULT", 10_000);
  });
});

describe("vrrp_sync_group", () => {
  const files = "track_file f {\n file /run/f\n}\ntrack_file g {\n file /run/g\n weight 2\n}\n";
  const members = (lines: string) => vrrp(lines) + vrrp("", "VI_2", 52);
  const group = (lines: string) => `vrrp_sync_group G {\n group {\n VI\n VI_2\n }\n ${lines}\n}\n`;

  it("has what it tracks count for every member", async () => {
    const process = "vrrp_track_process web {\n process nginx\n weight 5\n}\n";
    const { instance, write, kernel, clock } = daemon(
      files + process + group("track_file {\n g\n }\n track_process {\n web\n }") + members(""),
    );
    await new Promise((done) => setImmediate(done));
    write("/run/g", "7");
    kernel.machine.start(["nginx"]);
    clock.advanceBy(1);
    expect([instance().priority, instance("VI_2").priority]).toEqual([119, 119]);
    write("/run/g", "-200");
    expect([instance().state, instance("VI_2").state]).toEqual(["FAULT", "FAULT"]);
  });

  it("leaves the weights of members out, unless sync_group_tracking_weight says that they count", () => {
    const text = (keyword: string) =>
      files +
      group(keyword) +
      members("track_file {\n g weight 3\n }\n track_interface {\n eth1 weight 10\n }");
    const without = daemon(text(""));
    without.write("/run/g", "7");
    expect([without.instance().priority, without.instance("VI_2").priority]).toEqual([100, 100]);
    for (const keyword of ["sync_group_tracking_weight", "global_tracking"]) {
      const { instance, write } = daemon(text(keyword));
      write("/run/g", "7");
      expect([instance().priority, instance("VI_2").priority]).toEqual([131, 100]);
    }
  });

  it("tracks what a member tracks, too, once", () => {
    const { instance, write } = daemon(
      files + group("sync_group_tracking_weight\n track_file {\n g\n }") + members("track_file {\n g\n }"),
    );
    write("/run/g", "7");
    expect(instance().priority).toBe(114);
  });
});

describe("track_src_ip", () => {
  it("makes a fault of a source address that is not there", () => {
    const text = (keyword: string) =>
      vrrp(`unicast_src_ip 192.0.2.77\n ${keyword}\n unicast_peer {\n 192.0.2.9\n }`);
    expect(daemon(text("")).instance().state).toBe("BACKUP");
    const { instance, kernel, clock } = daemon(text("track_src_ip"));
    expect(instance()).toMatchObject({ state: "FAULT", fault: "source address 192.0.2.77 missing" });
    const ifindex = kernel.links.get("eth0")?.index ?? 0;
    const address = { ifindex, address: "192.0.2.77", prefixLength: 24, scope: 0 };
    kernel.addresses.add(address);
    clock.advanceBy(1);
    expect(instance().state).toBe("BACKUP");
    kernel.addresses.delete(address);
    clock.advanceBy(1);
    expect(instance().state).toBe("FAULT");
  });
});
