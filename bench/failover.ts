import { Capture, decodeAdverts } from "../test/lab/capture.ts";
import { Lab } from "../test/lab/netns.ts";
import { Router, type RouterProgram } from "../test/lab/router.ts";
import { pause, programs } from "./programs.ts";
import { markdownTable, median } from "./table.ts";

const RUNS = 5;
const INTERVALS = [1, 0.1, 0.01];
const PRIORITIES = { left: 150, right: 100 };

const configuration = (priority: number, interval: number) => `global_defs {
    router_id bench
    vrrp_version 3
}
vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority ${priority}
    advert_int ${interval}
    virtual_ipaddress {
        192.0.2.100/24
    }
}
`;

/** RFC 9568 §6.1: the master down interval of the backup, in milliseconds. */
function masterDownInterval(interval: number): number {
  return 1000 * (3 * interval + ((256 - PRIORITIES.right) * interval) / 256);
}

/** Milliseconds from the last advert of a master that vanished to the first of its successor, once a run. */
async function failovers(program: RouterProgram, interval: number): Promise<number[]> {
  const lab = new Lab();
  try {
    const network = lab.switch();
    const [left, right] = [lab.host("left"), lab.host("right")];
    const cable = network.connect(left, "eth0", ["192.0.2.1/24"]);
    network.connect(right, "eth0", ["192.0.2.2/24"]);
    const master = new Router(lab, left, program, configuration(PRIORITIES.left, interval));
    const backup = new Router(lab, right, program, configuration(PRIORITIES.right, interval));
    master.start();
    await left.waitForAddress("eth0", "192.0.2.100", true, 20_000);
    backup.start();
    await backup.waitForState("VI_1", "BACKUP", 20_000);
    const gaps: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      const capture = await Capture.start(lab, network, "ip proto 112");
      await pause(Math.max(500, 2_500 * interval));
      cable.sever();
      await right.waitForAddress("eth0", "192.0.2.100", true, 20_000);
      await pause(200);
      await capture.stop();
      const adverts = decodeAdverts(capture.file);
      const first = adverts.findIndex(({ source }) => source === "192.0.2.2");
      const [last, next] = [adverts[first - 1], adverts[first]];
      if (last && next) gaps.push((next.at - last.at) / 1000);
      await cable.restore();
      await right.waitForAddress("eth0", "192.0.2.100", false, 20_000);
    }
    await Promise.all([master.stop(), backup.stop()]);
    return gaps;
  } finally {
    await lab.dispose();
  }
}

/** Failover latency between two routers of each program in the same lab: medians of 5, as a Markdown table. */
export async function benchFailover(root: string): Promise<string> {
  const rows = [["advert_int", "program", "runs", "median", "worst", "protocol"]];
  for (const interval of INTERVALS) {
    for (const program of programs(root)) {
      const gaps = await failovers(program, interval);
      const milliseconds = (value: number) => `${value.toFixed(2)} ms`;
      rows.push([
        `${interval} s`,
        program.name,
        String(gaps.length),
        milliseconds(median(gaps)),
        milliseconds(Math.max(...gaps)),
        milliseconds(masterDownInterval(interval)),
      ]);
    }
  }
  return markdownTable(rows);
}
