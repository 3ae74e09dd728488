/** What global_defs says of processes, as the kernel shows it: names, scheduling, limits, pid files, time to end. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOLDFAST_BUNDLE } from "../lab/holdfast.ts";
import { eventually, LabProcess, processTree, signalProcess, statOf } from "../lab/process.ts";
import { instance, isAlive, pidIn } from "./daemon.ts";

let folder: string;
const daemons: LabProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-options-"));
});
afterEach(async () => {
  for (const daemon of daemons.splice(0)) {
    for (const pid of daemon.running ? processTree(daemon.pid).reverse() : []) signalProcess(pid, "SIGKILL");
    await daemon.exited;
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Attributes of processes are root's to give: in a user namespace the system refuses them. */
const root = statSync("/").uid === 0;
const globals = (lines: string) => `global_defs {\nscript_user root\n${lines}\n}\n`;
const VRRP = instance(["192.0.2.100/24"]);
/** Nobody listens there: the checkers have something to do. */
const POOL = `virtual_server 192.0.2.100 80 {\nprotocol TCP\nreal_server 127.0.0.1 9 {\nTCP_CHECK {\n}\n}\n}\n`;

/** The daemon on the kernel in memory; pid files in the folder unless `places` says otherwise. */
async function start(text: string, places = true): Promise<LabProcess> {
  const name = `${daemons.length}`;
  const file = join(folder, `${name}.conf`);
  writeFileSync(file, text);
  const pidFile = (option: string, what: string) => [option, join(folder, `${name}-${what}.pid`)];
  const daemon = new LabProcess([
    ...[process.execPath, HOLDFAST_BUNDLE, "run", "-n", "-l", "-D", "--kernel", "memory", "-f", file],
    ...(places ? [...pidFile("-p", "parent"), ...pidFile("-r", "vrrp"), ...pidFile("-c", "checkers")] : []),
  ]);
  daemons.push(daemon);
  await daemon.waitFor("Startup complete");
  return daemon;
}

const pid = (what: "parent" | "vrrp" | "checkers", daemon = 0) =>
  pidIn(join(folder, `${daemon}-${what}.pid`));
const nameOf = (of: number) => readFileSync(`/proc/${of}/comm`, "utf8").trim();
const statusOf = (of: number) => readFileSync(`/proc/${of}/status`, "utf8");

describe("names", () => {
  it("process_names: keepalived's", async () => {
    await start(globals("process_names") + VRRP + POOL);
    expect(nameOf(pid("parent"))).toBe("keepalived");
    expect(nameOf(pid("vrrp"))).toBe("keepalived_vrrp");
    expect(nameOf(pid("checkers"))).toBe("keepalived_lvs");
  });

  it.each(["checker_process_name", "lvs_process_name"])(
    "process_name, vrrp_process_name and %s",
    async (keyword) => {
      await start(globals(`process_name one\nvrrp_process_name two\n${keyword} three`) + VRRP + POOL);
      expect([pid("parent"), pid("vrrp"), pid("checkers")].map(nameOf)).toEqual(["one", "two", "three"]);
    },
  );
});

describe.runIf(root)("scheduling", () => {
  it("priority, cpu_affinity and no_swap of each process", async () => {
    const options = (who: string, nice: number) =>
      `${who}_priority ${nice}\n${who}_cpu_affinity 0\n${who}_no_swap`;
    await start(globals(`${options("vrrp", -7)}\n${options("checker", -3)}`) + VRRP + POOL);
    // vrrp_priority, vrrp_cpu_affinity, vrrp_no_swap; checker_priority, checker_cpu_affinity, checker_no_swap
    for (const [of, nice] of [
      [pid("vrrp"), "-7"],
      [pid("checkers"), "-3"],
    ] as const) {
      expect(statOf(of)[16]).toBe(nice);
      expect(statusOf(of)).toMatch(/^Cpus_allowed_list:\s+0$/m);
      expect(/^VmLck:\s+(\d+)/m.exec(statusOf(of))?.[1]).not.toBe("0");
    }
  });

  it.each(["rttime", "rtime"])("rt_priority and its limit of each process, rlimit_%s", async (spelling) => {
    // vrrp_rt_priority, vrrp_rlimit_rttime, vrrp_rlimit_rtime; checker_rt_priority, checker_rlimit_rttime, checker_rlimit_rtime
    const options = (who: string, priority: number, limit: number) =>
      `${who}_rt_priority ${priority}\n${who}_rlimit_${spelling} ${limit}`;
    await start(
      globals(`${options("vrrp", 20, 2_000_000)}\n${options("checker", 10, 3_000_000)}`) + VRRP + POOL,
    );
    for (const [of, priority, limit] of [
      [pid("vrrp"), "20", 2_000_000],
      [pid("checkers"), "10", 3_000_000],
    ] as const) {
      await eventually("it is real-time", () => statOf(of).slice(37, 39).join(" ") === `${priority} 2`);
      const limits = readFileSync(`/proc/${of}/limits`, "utf8");
      expect(/^Max realtime timeout\s+\d+\s+(\d+)/m.exec(limits)?.[1]).toBe(String(limit));
    }
  });
});

describe("pid files", () => {
  const cases = [
    ["use_pid_dir", `use_pid_dir\n${VRRP}`, ""],
    ["instance", `instance green\n${VRRP}`, "_green"],
  ] as const;
  it.runIf(root).each(cases)("are in /run/keepalived: %s", async (_what, text, suffix) => {
    const daemon = await start(text, false);
    const files = ["keepalived", "vrrp"].map((name) => `/run/keepalived/${name}${suffix}.pid`);
    expect(pidIn(files[0] ?? "")).toBe(daemon.pid);
    expect(isAlive(pidIn(files[1] ?? ""))).toBe(true);
    await daemon.stop();
    expect(files.filter((file) => existsSync(file))).toEqual([]);
  });
});

describe("children that do not end", () => {
  const HANG = 40_000;
  it("have child_wait_time when that is longer than 20 s", {
    timeout: HANG,
  }, async () => {
    const texts = [`child_wait_time 23\n${VRRP}`, VRRP];
    const running: LabProcess[] = [];
    for (const text of texts) running.push(await start(text));
    const took = await Promise.all(
      running.map(async (daemon, index) => {
        signalProcess(pid("vrrp", index), "SIGSTOP");
        const began = performance.now();
        daemon.signal("SIGTERM");
        await daemon.exited;
        return (performance.now() - began) / 1_000;
      }),
    );
    expect(took.map((seconds) => Math.round(seconds / 3) * 3)).toEqual([24, 21]);
  });
});

describe("reloads", () => {
  it("reload_repeat: the file stays, and the next one is scheduled from it", async () => {
    const when = join(folder, "when");
    const daemon = await start(globals(`reload_time_file ${when}\nreload_repeat`) + VRRP);
    const soon = new Date(Date.now() + 6_000).toTimeString().slice(0, 8);
    writeFileSync(when, `${soon}\n`);
    await daemon.waitFor("Reload scheduled at");
    const mark = daemon.mark();
    await daemon.waitFor("Reload scheduled at", 15_000, mark);
    await daemon.waitFor("Reload complete", 15_000, mark);
    expect(existsSync(when)).toBe(true);
    const times = daemon.lines.flatMap(({ text }) => /Reload scheduled at (\S+)/.exec(text)?.[1] ?? []);
    expect(Date.parse(times[1] ?? "") - Date.parse(times[0] ?? "")).toBe(86_400_000);
  });
});
