import { readFileSync } from "node:fs";
import { Capture, type CapturedAdvert, decodeAdverts } from "../test/lab/capture.ts";
import { type Host, Lab, type Switch } from "../test/lab/netns.ts";
import { eventually } from "../test/lab/process.ts";
import { Router, type RouterProgram } from "../test/lab/router.ts";
import { awake } from "./awake.ts";
import { type Usage, usageOf } from "./process-usage.ts";
import { pause, programs } from "./programs.ts";
import { markdownTable, median } from "./table.ts";

/** Times that a load is measured, programs in turns. */
const RUNS = 5;
/** Seconds over which a steady state is measured. */
const WINDOW = 10;
/** Seconds from the last address to the window: what runs in it is compiled by then. */
const SETTLED = 10;
/** Seconds that many instances are watched; the long run is asked for. */
const WATCH = { short: 30, long: 600 };
const MOST_ON_ONE_INTERFACE = 100;

interface Load {
  readonly name: string;
  readonly instances: number;
  /** Seconds between adverts. */
  readonly interval: number;
}

const LOADS: readonly Load[] = [
  { name: "200 at 0.1 s", instances: 200, interval: 0.1 },
  { name: "20 at 0.01 s", instances: 20, interval: 0.01 },
];

/** Instances `first` … of one interface, a virtual router id and an address each. */
function configuration(priority: number, interval: number, devices: number, each: number): string {
  const blocks = Array.from({ length: devices * each }, (_, index) => {
    const [device, number] = [Math.floor(index / each), (index % each) + 1];
    return `vrrp_instance VI_${device}_${number} {
    state BACKUP
    interface eth${device}
    virtual_router_id ${number}
    priority ${priority}
    advert_int ${interval}
    garp_master_delay 0
    garp_master_repeat 1
    virtual_ipaddress {
        10.${device}.100.${number}/32
    }
}
`;
  });
  return `global_defs {\n    router_id bench\n    vrrp_version 3\n}\n${blocks.join("")}`;
}

/** A host with `devices` interfaces on one switch, and its router. */
function router(
  lab: Lab,
  at: Switch,
  name: string,
  program: RouterProgram,
  devices: number,
  last: number,
  config: string,
): Router {
  const host = lab.host(name);
  for (let device = 0; device < devices; device++) {
    at.connect(host, `eth${device}`, [`10.${device}.0.${last}/16`]);
  }
  return new Router(lab, host, program, config);
}

/** How many virtual addresses a host holds. */
function held(host: Host): number {
  return host.exec("ip", "-o", "-4", "addr", "show").match(/inet 10\.\d+\.100\./g)?.length ?? 0;
}

const vrrpPid = ({ files }: Router): number => Number(readFileSync(files.vrrpPid, "utf8"));

interface Steady {
  /** Share of the due adverts that were on the wire. */
  readonly sent: number;
  /** Milliseconds between two adverts of one instance that only 1 of 100 gaps exceeds. */
  readonly gap99: number;
  /** Share of one core. */
  readonly cpu: number;
  readonly memory: number;
}

/** A master of many instances, alone: its adverts on the wire, and what they cost. */
async function steady(program: RouterProgram, { instances, interval }: Load): Promise<Steady> {
  const lab = new Lab();
  try {
    const at = lab.switch();
    const config = configuration(150, interval, 1, instances);
    const master = router(lab, at, "master", program, 1, 1, config);
    master.start();
    await eventually("every address", () => held(master.host) === instances, 60_000);
    await pause(SETTLED * 1000);
    const pid = vrrpPid(master);
    const capture = await Capture.start(lab, at, "ip proto 112");
    const [before, started] = [usageOf(pid), process.hrtime.bigint()];
    await pause(WINDOW * 1000);
    const [after, ended] = [usageOf(pid), process.hrtime.bigint()];
    await capture.stop();
    await master.stop();
    return judge(
      decodeAdverts(capture.file),
      interval,
      instances,
      before,
      after,
      Number(ended - started) / 1e9,
    );
  } finally {
    await lab.dispose();
  }
}

function judge(
  adverts: readonly CapturedAdvert[],
  interval: number,
  instances: number,
  before: Usage,
  after: Usage,
  seconds: number,
): Steady {
  const first = adverts[0]?.at ?? 0;
  const within = adverts.filter(({ at, priority }) => priority > 0 && at < first + WINDOW * 1_000_000);
  const last = new Map<number, number>();
  const gaps: number[] = [];
  for (const { vrid, at } of within) {
    const previous = last.get(vrid);
    if (previous !== undefined) gaps.push((at - previous) / 1000);
    last.set(vrid, at);
  }
  gaps.sort((a, b) => a - b);
  return {
    sent: within.length / ((instances * WINDOW) / interval),
    gap99: gaps[Math.floor(gaps.length * 0.99)] ?? Number.NaN,
    cpu: (after.cpu - before.cpu) / seconds,
    memory: after.memory,
  };
}

interface Crowd {
  /** Seconds until the master held every address. */
  readonly start: number;
  /** Instances of the backup that ever became master. */
  readonly spurious: number;
  readonly cpu: number;
  readonly memory: number;
}

/** A master and a backup of 1,000 instances on 10 interfaces, watched. */
async function crowd(program: RouterProgram, seconds: number): Promise<Crowd> {
  const devices = 10;
  const lab = new Lab();
  try {
    const at = lab.switch();
    const make = (name: string, priority: number, last: number) =>
      router(
        lab,
        at,
        name,
        program,
        devices,
        last,
        configuration(priority, 1, devices, MOST_ON_ONE_INTERFACE),
      );
    const [master, backup] = [make("master", 150, 1), make("backup", 100, 2)];
    const started = process.hrtime.bigint();
    master.start();
    const all = devices * MOST_ON_ONE_INTERFACE;
    await eventually("every address", () => held(master.host) === all, 120_000);
    const start = Number(process.hrtime.bigint() - started) / 1e9;
    backup.start();
    await pause(8_000);
    const pid = vrrpPid(backup);
    const before = usageOf(pid);
    await pause(seconds * 1000);
    const after = usageOf(pid);
    // One by one: of ten minutes the lines are more than a string can hold.
    const masters = backup.process.lines.flatMap(
      ({ text }) => /\(VI_\w+\) Entering MASTER STATE/.exec(text) ?? [],
    );
    const spurious = new Set(masters).size;
    if (held(master.host) !== all) throw new Error("the master lost addresses");
    await Promise.all([master.stop(), backup.stop()]);
    return { start, spurious, cpu: (after.cpu - before.cpu) / seconds, memory: after.memory };
  } finally {
    await lab.dispose();
  }
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/**
 * Adverts of many instances, of each program in the same lab, as Markdown tables; loads on processors that are awake.
 * `large`: ten minutes of 1,000.
 */
export async function benchVrrp(root: string, { large }: { large: boolean }): Promise<string> {
  const rows = [["load", "program", "due adverts sent", "gap p99", "CPU", "memory"]];
  for (const load of LOADS) {
    const runs = programs(root).map((program) => ({ program, measured: [] as Steady[] }));
    for (let run = 0; run < RUNS; run++)
      for (const { program, measured } of runs) measured.push(await awake(() => steady(program, load)));
    for (const { program, measured } of runs) {
      const middle = (of: keyof Steady): number => median(measured.map((one) => one[of]));
      rows.push([
        ...[load.name, program.name, percent(middle("sent")), `${middle("gap99").toFixed(2)} ms`],
        ...[percent(middle("cpu")), `${middle("memory").toFixed(0)} MB`],
      ]);
    }
  }
  const seconds = large ? WATCH.long : WATCH.short;
  const crowds = [["1,000 backups", "program", "master after", "spurious transitions", "CPU", "memory"]];
  for (const program of programs(root)) {
    const { start, spurious, cpu, memory } = await crowd(program, seconds);
    crowds.push([
      ...[`${seconds} s`, program.name, `${start.toFixed(1)} s`, String(spurious)],
      ...[percent(cpu), `${memory.toFixed(0)} MB`],
    ]);
  }
  return `${markdownTable(rows)}\n\n${markdownTable(crowds)}`;
}
