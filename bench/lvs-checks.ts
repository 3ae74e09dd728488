import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually, signalProcess } from "../test/lab/process.ts";
import type { RouterProgram } from "../test/lab/router.ts";
import { type Farm, farmConfiguration, SERVER_PORT } from "./lvs-configuration.ts";
import { LvsDaemon } from "./lvs-daemon.ts";
import { usageOf } from "./process-usage.ts";
import { pause } from "./programs.ts";
import { type Connection, connectionsOf } from "./syn-capture.ts";

/** Seconds over which checks are counted. */
const WINDOW = 20;
/** Seconds until every server has been checked a few times, and the code that does it is compiled. */
const SETTLE = 15;

export interface Checking {
  /** Checks that began, per second. */
  readonly rate: number;
  /** Share of a core, user and system time. */
  readonly cpu: number;
  /** The same per check, microseconds. */
  readonly perCheck: number;
  /** How much later than delay_loop a check began after the one before it, milliseconds: 1 of 100 was later. */
  readonly late99: number;
  /** Megabytes at the end. */
  readonly memory: number;
}

/** nginx on every loopback address: accepts, answers, logs nothing. */
async function withServers<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const [config, pid] = [join(folder, "nginx.conf"), join(folder, "nginx.pid")];
  writeFileSync(
    config,
    `daemon off; master_process off; pid ${pid}; error_log /dev/null emerg;
events { worker_connections 20000; multi_accept on; }
http {
    access_log off;
    server {
        listen 0.0.0.0:${SERVER_PORT} backlog=4096;
        location / { return 200 "well\\n"; }
    }
}
`,
  );
  const server = spawn("nginx", ["-c", config, "-p", folder], { stdio: "ignore" });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  try {
    await eventually("nginx", () => /^\s*\d+: 00000000:1F90 /m.test(readFileSync("/proc/net/tcp", "utf8")));
    return await work();
  } finally {
    if (server.pid !== undefined) signalProcess(server.pid, "SIGTERM");
    await ended;
  }
}

/** Records the start of every check: the first packet of its connection. */
async function recorded(folder: string, work: () => Promise<void>): Promise<Connection[]> {
  const file = join(folder, "checks.pcap");
  const filter = `tcp dst port ${SERVER_PORT} and tcp[tcpflags] == tcp-syn`;
  const capture = spawn(
    "dumpcap",
    ["-q", "-P", "-i", "lo", "-s", "64", "-B", "64", "-f", filter, "-w", file],
    {
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  const ended = new Promise((resolve) => capture.once("exit", resolve));
  let said = "";
  capture.stderr.on("data", (text: Buffer) => {
    said += text.toString();
  });
  await eventually("dumpcap", () => said.includes("File:"), 20_000);
  try {
    await work();
  } finally {
    capture.kill("SIGINT");
    await ended;
  }
  return connectionsOf(readFileSync(file));
}

/** Milliseconds that each check began later than its due time, counted from the check of the same server before it. */
function lateness(connections: readonly Connection[], delayLoop: number): number[] {
  const last = new Map<number, number>();
  const late: number[] = [];
  for (const { destination, at } of connections) {
    const before = last.get(destination);
    if (before !== undefined) late.push((at - before) / 1000 - delayLoop * 1000);
    last.set(destination, at);
  }
  return late.sort((a, b) => a - b);
}

/** A farm of servers that are all well, checked by one program alone. */
export async function checking(program: RouterProgram, folder: string, farm: Farm): Promise<Checking> {
  return withServers(folder, async () => {
    const daemon = new LvsDaemon(program, folder, farmConfiguration(farm));
    try {
      const pid = await daemon.checkersPid();
      await pause(1000 * (SETTLE + farm.delayLoop));
      let [cpu, seconds, memory] = [0, 0, 0];
      const connections = await recorded(folder, async () => {
        const [before, started] = [usageOf(pid), performance.now()];
        await pause(WINDOW * 1000);
        const [after, ended] = [usageOf(pid), performance.now()];
        cpu = after.cpu - before.cpu;
        seconds = (ended - started) / 1000;
        memory = after.memory;
      });
      const first = connections[0]?.at ?? 0;
      const checks = connections.filter(({ at }) => at < first + seconds * 1e6);
      const late = lateness(checks, farm.delayLoop);
      return {
        rate: checks.length / seconds,
        cpu: cpu / seconds,
        perCheck: (cpu / checks.length) * 1e6,
        late99: late[Math.floor(late.length * 0.99)] ?? Number.NaN,
        memory,
      };
    } finally {
      daemon.terminate();
      await daemon.ended();
    }
  });
}
