/** What IPVS refuses, and what somebody else does to its table. keepalived beside it shows what it makes of that. */
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOLDFAST } from "../lab/holdfast.ts";
import { KEEPALIVED } from "../lab/keepalived.ts";
import { type Host, Lab } from "../lab/netns.ts";
import { eventually } from "../lab/process.ts";
import { Router, type RouterProgram } from "../lab/router.ts";

let lab: Lab;
let host: Host;

beforeEach(() => {
  lab = new Lab();
  host = lab.host("director");
});
afterEach(() => lab.dispose());

const ipvsadm = (...words: string[]) => host.exec("ipvsadm", ...words);
const table = () =>
  ipvsadm("-Sn")
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .sort();

const service = (address: string, lines: string, ...servers: string[]) => `virtual_server ${address} 80 {
    lb_kind NAT
    protocol TCP
    ${lines}
${servers.map((server) => `    real_server ${server} 80 {\n    }\n`).join("")}}
`;

/** The program on the configuration, when the table shows what is asked for. */
async function started(
  program: RouterProgram,
  config: string,
  shows: (lines: string[]) => boolean,
): Promise<Router> {
  const router = new Router(lab, host, program, config, "checkers");
  router.start();
  await eventually(`${program.name} has filled the table`, () => shows(table()), 20_000);
  return router;
}

/** Lines of the log about IPVS, from `mark` on, without their time. */
const saidOfIpvs = (router: Router, mark = 0) =>
  router.process.log
    .split("\n")
    .slice(mark)
    .flatMap((line) => /(IPVS (refuses|service).*)/.exec(line)?.[1] ?? []);

const lineOf = (router: Router, text: string) =>
  readFileSync(router.files.config, "utf8")
    .split("\n")
    .findIndex((line) => line.includes(text)) + 1;

const BAD =
  service("10.1.0.1", "lb_algo twos", "10.9.0.2", "10.9.0.3") +
  service("10.1.0.2", "lb_algo rr", "10.9.0.2", "224.0.0.5", "10.9.0.3");
const GOOD = [
  "-A -t 10.1.0.2:80 -s rr",
  "-a -t 10.1.0.2:80 -r 10.9.0.2:80 -m -w 1",
  "-a -t 10.1.0.2:80 -r 10.9.0.3:80 -m -w 1",
];

describe("what IPVS refuses", () => {
  it.each([KEEPALIVED, HOLDFAST])("keeps $name from nothing else", async (program) => {
    const router = await started(program, BAD, (lines) => lines.length === GOOD.length);
    expect(table()).toEqual(GOOD);
    expect(await router.stop()).toBe(0);
    expect(table()).toEqual([]);
  });

  it("is told once for each object, with errno and line, and taken as soon as IPVS takes it", async () => {
    const router = await started(HOLDFAST, BAD, (lines) => lines.length === GOOD.length);
    await eventually("both refusals are told", () => saidOfIpvs(router).length >= 2, 10_000);
    const { config } = router.files;
    expect(saidOfIpvs(router)).toEqual([
      `IPVS refuses to add service [10.1.0.1]:tcp:80: ENOENT (2), the kernel has no such scheduler or persistence engine (${config}:${lineOf(router, "10.1.0.1")})`,
      `IPVS refuses to add destination 224.0.0.5 port 80 of [10.1.0.2]:tcp:80: EINVAL (22), no address that a server can have, or not with this service (${config}:${lineOf(router, "224.0.0.5")})`,
    ]);
    const mark = router.process.mark();
    router.configure(BAD.replace("twos", "wrr").replace("224.0.0.5", "10.9.0.4"));
    router.reload();
    await router.process.waitFor("Reload complete", 20_000, mark);
    await eventually("everything is in the table", () => table().length === 7, 10_000);
    expect(table()).toContain("-A -t 10.1.0.1:80 -s wrr");
    expect(await router.stop()).toBe(0);
    expect(table()).toEqual([]);
  });
});

const CONFIG =
  service("10.1.0.1", "lb_algo rr", "10.9.0.2", "10.9.0.3") + service("10.1.0.2", "lb_algo rr", "10.9.0.2");
const TABLE = [
  "-A -t 10.1.0.1:80 -s rr",
  "-A -t 10.1.0.2:80 -s rr",
  "-a -t 10.1.0.1:80 -r 10.9.0.2:80 -m -w 1",
  "-a -t 10.1.0.1:80 -r 10.9.0.3:80 -m -w 1",
  "-a -t 10.1.0.2:80 -r 10.9.0.2:80 -m -w 1",
];

/** Somebody else's work. */
function interfere(): void {
  ipvsadm("-D", "-t", "10.1.0.2:80");
  ipvsadm("-E", "-t", "10.1.0.1:80", "-s", "wrr");
  ipvsadm("-d", "-t", "10.1.0.1:80", "-r", "10.9.0.2:80");
  ipvsadm("-e", "-t", "10.1.0.1:80", "-r", "10.9.0.3:80", "-m", "-w", "9");
  ipvsadm("-a", "-t", "10.1.0.1:80", "-r", "10.9.0.77:80", "-m");
  ipvsadm("-A", "-t", "10.7.0.1:80", "-s", "lc");
}

async function reloaded(program: RouterProgram) {
  const router = await started(program, CONFIG, (lines) => lines.length === TABLE.length);
  interfere();
  const changed = table();
  const mark = router.process.mark();
  router.reload();
  await router.process.waitFor("Reload complete", 20_000, mark);
  return { router, changed, mark };
}

describe("what somebody else does to the table", () => {
  it("is told and put right at the next reload, even of the same configuration", async () => {
    const { router, mark } = await reloaded(HOLDFAST);
    await eventually("the table is right", () => table().length === TABLE.length + 1, 10_000);
    expect(table()).toEqual([...TABLE, "-A -t 10.7.0.1:80 -s lc"].sort());
    await eventually("everything is told", () => saidOfIpvs(router, mark).length >= 5, 10_000);
    expect(saidOfIpvs(router, mark).sort()).toEqual([
      "IPVS service [10.1.0.1]:tcp:80 was changed by somebody else: scheduler wrr instead of rr",
      "IPVS service [10.1.0.1]:tcp:80: 10.9.0.2 port 80 was deleted by somebody else",
      "IPVS service [10.1.0.1]:tcp:80: 10.9.0.3 port 80 was changed by somebody else: weight 9 instead of 1",
      "IPVS service [10.1.0.1]:tcp:80: 10.9.0.77 port 80 was added by somebody else",
      "IPVS service [10.1.0.2]:tcp:80 was deleted by somebody else",
    ]);
    // Nothing to tell of what is right by now.
    const again = router.process.mark();
    router.reload();
    await router.process.waitFor("Reload complete", 20_000, again);
    expect(await router.stop()).toBe(0);
    expect(saidOfIpvs(router, again)).toEqual([]);
    expect(table()).toEqual(["-A -t 10.7.0.1:80 -s lc"]);
  });

  it("stays as it is for keepalived, whose reload looks at nothing", async () => {
    const { router, changed } = await reloaded(KEEPALIVED);
    expect(table()).toEqual(changed);
    await router.stop();
  });
});

describe("a table that is there before the start", () => {
  it("is adopted: what differs is edited, what is too much goes, and services of others stay", async () => {
    ipvsadm("-A", "-t", "10.1.0.1:80", "-s", "wlc", "-p", "50");
    ipvsadm("-a", "-t", "10.1.0.1:80", "-r", "10.9.0.3:80", "-g", "-w", "7");
    ipvsadm("-a", "-t", "10.1.0.1:80", "-r", "10.9.0.9:80", "-m");
    ipvsadm("-A", "-t", "10.7.0.1:80", "-s", "lc");
    const router = await started(HOLDFAST, CONFIG, (lines) => lines.length === TABLE.length + 1);
    const right = [...TABLE, "-A -t 10.7.0.1:80 -s lc"].sort().join("\n");
    await eventually("the table is right", () => table().join("\n") === right, 10_000).catch(() => {
      expect(table().join("\n")).toBe(right);
    });
    expect(await router.stop()).toBe(0);
    expect(saidOfIpvs(router)).toEqual([]);
    expect(table()).toEqual(["-A -t 10.7.0.1:80 -s lc"]);
  });
});
