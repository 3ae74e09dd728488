/** When checkers check, and when they have had enough: every kind of them, on real sockets. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { HOLDFAST_BUNDLE } from "../lab/holdfast.ts";
import { eventually, execute, LabProcess, type Line } from "../lab/process.ts";
import { CHECKER_NAMES, CHECKERS, CheckedServers, type CheckerName } from "./checked-servers.ts";

/** While it is on the loopback interface the servers are there, and otherwise there is no way to it. */
const SERVER = "10.77.0.9";
/** Somebody else's, who says nothing. */
const SILENT = "10.78.0.9";

let folder: string;
let servers: CheckedServers;
let daemon: LabProcess | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-options-"));
  servers = await CheckedServers.start(folder);
  // fib_trie lists the addresses that are here.
  const misc = `date +%s%3N >>${folder}/runs\nexec grep -q ${SERVER} /proc/net/fib_trie\n`;
  writeFileSync(join(folder, "misc.sh"), misc);
  execute(["ip", "link", "add", "quiet0", "type", "veth", "peer", "name", "quiet1"]);
  for (const device of ["quiet0", "quiet1"]) execute(["ip", "link", "set", device, "up"]);
  execute(["ip", "address", "add", "10.78.0.1/24", "dev", "quiet0"]);
  execute([
    "ip",
    "neighbour",
    "add",
    SILENT,
    "lladdr",
    "02:00:00:00:00:09",
    "dev",
    "quiet0",
    "nud",
    "permanent",
  ]);
});
afterAll(() => {
  execute(["ip", "link", "delete", "quiet0"]);
  servers.close();
  rmSync(folder, { recursive: true, force: true });
});
const appear = () => execute(["ip", "address", "add", `${SERVER}/32`, "dev", "lo"]);
const vanish = () => execute(["ip", "address", "delete", `${SERVER}/32`, "dev", "lo"]);
const isThere = () => execute(["ip", "address", "show", "dev", "lo"]).includes(SERVER);

beforeEach(() => {
  servers.asked.clear();
  rmSync(join(folder, "runs"), { force: true });
});
afterEach(async () => {
  await daemon?.stop();
  daemon = undefined;
  if (isThere()) vanish();
});

/** A server with a check of a kind; names as logs have them. */
const real = (name: CheckerName, options: string, address = SERVER, more = "") => `
  real_server ${address} ${CHECKERS[name][0]} {
    ${more}
    ${CHECKERS[name][1].replace("%", options).replace("$FOLDER", folder)}
  }`;
const serviceOf = (name: CheckerName, address = SERVER) => `[${address}]:tcp:${CHECKERS[name][0]}`;

async function start(options: string, reals: string, global = ""): Promise<LabProcess> {
  const file = join(folder, "k.conf");
  const text = `global_defs {\n script_user root\n enable_script_security\n ${global}\n}\nvirtual_server 10.0.0.1 80 {\n protocol TCP\n ${options}${reals}\n}\n`;
  writeFileSync(file, text);
  daemon = new LabProcess([
    ...[process.execPath, HOLDFAST_BUNDLE, "run", "-n", "-l", "-D", "--kernel", "memory", "-f", file],
    ...["-p", join(folder, "p.pid"), "-r", join(folder, "v.pid"), "-c", join(folder, "c.pid")],
  ]);
  await daemon.waitFor("Startup complete", 20_000);
  return daemon;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** When lines came that tell of a server's failed tries, from `mark` to its removal. */
function triesOf({ lines }: LabProcess, mark: number, removed: Line, name: CheckerName): number[] {
  const port = new RegExp(`\\b${CHECKERS[name][0]}\\b`);
  // All but MISC_CHECK have another line at the last one, that counts them.
  const others = name === "MISC_CHECK" ? /success/ : /success|after \d+ retries/;
  return lines
    .slice(mark, lines.indexOf(removed))
    .filter(({ text }) => port.test(text) && !others.test(text))
    .map(({ at }) => at);
}

/** What lies between two of these times, on average: one that a busy machine has late makes little of it. */
const gapOf = (times: readonly number[]) => ((times.at(-1) ?? 0) - (times[0] ?? 0)) / (times.length - 1);
/** About so long, milliseconds. */
const about = (value: number, milliseconds: number, what: string) =>
  within(value, milliseconds * 0.6, milliseconds * 1.6, what);
const ALL = (options: string, address?: string) =>
  CHECKER_NAMES.map((name) => real(name, options, address)).join("");
const CONNECTING = CHECKER_NAMES.filter((name) => name !== "MISC_CHECK");

/** How often checks came by, by what they left; PING_CHECK's echo requests are counted by the kernel. */
const runs = () => {
  const file = join(folder, "runs");
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number) : [];
};
const echoes = () => {
  const [names = "", values = ""] = readFileSync("/proc/net/snmp", "utf8").match(/^Icmp: .*$/gm) ?? [];
  return Number(values.split(" ")[names.split(" ").indexOf("InEchos")]);
};

const within = (value: number, least: number, most: number, what: string) => {
  expect(value, what).toBeGreaterThan(least);
  expect(value, what).toBeLessThan(most);
};

describe("every checker", { timeout: 60_000 }, () => {
  it("retry, delay_before_retry, log_all_failures: so many further tries, so far apart, each in the log", async () => {
    appear();
    const process = await start(
      "delay_loop 0.5\n warmup 0",
      ALL("retry 2\n delay_before_retry 1.5\n log_all_failures"),
    );
    await pause(2_500);
    const mark = process.mark();
    vanish();
    for (const name of CHECKER_NAMES) {
      const removed = await process.waitFor(`Removing service ${serviceOf(name)}`, 15_000, mark);
      const tries = triesOf(process, mark, removed, name);
      expect(tries, name).toHaveLength(3);
      about(gapOf(tries), 1_500, name);
    }
  });

  it("connect_timeout: silence is a failure after so long", async () => {
    const options = "connect_timeout 2\n retry 0";
    const process = await start(
      "delay_loop 30\n warmup 0",
      CONNECTING.map((name) => real(name, options, SILENT)).join(""),
    );
    for (const name of CONNECTING) {
      const begun = await process.waitFor(`Activating healthchecker for service ${serviceOf(name, SILENT)}`);
      const gone = await process.waitFor(`Removing service ${serviceOf(name, SILENT)}`, 15_000);
      about(gone.at - begun.at, 2_000, name);
    }
  });

  it("delay_loop: checks come so often", async () => {
    appear();
    await start("warmup 0\n delay_loop 30", ALL("delay_loop 0.5"));
    await pause(1_000);
    const [began, before, ran] = [performance.now(), echoes(), runs().length];
    await pause(4_000);
    const every = (count: number) => (performance.now() - began) / count;
    within(every(echoes() - before), 300, 1_200, "PING_CHECK");
    within(every(runs().length - ran), 300, 1_200, "MISC_CHECK");
    for (const name of CONNECTING.filter((one) => one !== "PING_CHECK"))
      within(gapOf(servers.asked.get(name) ?? []), 300, 1_200, name);
  });

  it("warmup: the first check comes at a moment within it", async () => {
    appear();
    const before = echoes();
    const process = await start("delay_loop 30", ALL("warmup 2"));
    const begun = await process.waitFor("Activating healthchecker");
    const first = await eventually(
      "the first checks",
      () => {
        const times = CONNECTING.flatMap((name) => servers.asked.get(name)?.[0] ?? []);
        const all = times.length === CONNECTING.length - 1 && echoes() > before && runs().length > 0;
        return all && times;
      },
      10_000,
    );
    expect(Math.max(...first) - begun.at).toBeLessThan(5_000);
    expect(Math.max(...first) - Math.min(...first)).toBeGreaterThan(100);
  });

  it("alpha: a server is out until its first check succeeds", async () => {
    const process = await start("delay_loop 0.5\n warmup 0", ALL("alpha\n retry 0"));
    await pause(2_000);
    const mark = process.mark();
    appear();
    for (const name of CHECKER_NAMES) {
      await process.waitFor(`Adding service ${serviceOf(name)}`, 10_000, mark);
      expect(process.log).not.toContain(`Removing service ${serviceOf(name)}`);
    }
  });
});

describe("of the service, of the server and of the checker, the nearest counts", { timeout: 60_000 }, () => {
  it("for retry and delay_before_retry, logged as checker_log_all_failures says", async () => {
    appear();
    const process = await start(
      "delay_loop 0.5\n warmup 0\n retry 1\n delay_before_retry 3",
      real("TCP_CHECK", "") +
        real("HTTP_GET", "", SERVER, "retry 2\n delay_before_retry 1.5") +
        real("UDP_CHECK", "retry 3\n delay_before_retry 0.7", SERVER, "retry 2\n delay_before_retry 1.5"),
      "checker_log_all_failures",
    );
    await pause(2_000);
    const mark = process.mark();
    vanish();
    for (const [name, retries, delay] of [
      ["TCP_CHECK", 1, 3_000],
      ["HTTP_GET", 2, 1_500],
      ["UDP_CHECK", 3, 700],
    ] as const) {
      const removed = await process.waitFor(`Removing service ${serviceOf(name)}`, 15_000, mark);
      const tries = triesOf(process, mark, removed, name);
      expect(tries, name).toHaveLength(1 + retries);
      about(gapOf(tries), delay, name);
    }
  });

  it("for connect_timeout", async () => {
    const process = await start(
      "delay_loop 30\n warmup 0\n retry 1\n delay_before_retry 0.1\n connect_timeout 1",
      real("TCP_CHECK", "retry 0", SILENT) +
        real("HTTP_GET", "retry 0", SILENT, "connect_timeout 3") +
        real("SMTP_CHECK", "retry 0\n connect_timeout 7", SILENT, "connect_timeout 3"),
    );
    for (const [name, least, most] of [
      ["TCP_CHECK", 100, 2_000],
      ["HTTP_GET", 2_000, 4_500],
      ["SMTP_CHECK", 5_500, 9_500],
    ] as const) {
      const begun = await process.waitFor(`Activating healthchecker for service ${serviceOf(name, SILENT)}`);
      const gone = await process.waitFor(`Removing service ${serviceOf(name, SILENT)}`, 15_000);
      within(gone.at - begun.at, least, most, name);
    }
  });

  it("for delay_loop and warmup", async () => {
    appear();
    const process = await start(
      "delay_loop 0.4\n warmup 0",
      real("TCP_CHECK", "") +
        real("HTTP_GET", "", SERVER, "delay_loop 1") +
        real("SMTP_CHECK", "delay_loop 2", SERVER, "delay_loop 1") +
        real("DNS_CHECK", "", SERVER, "delay_loop 60\n warmup 1") +
        real("host", "warmup 0", SERVER, "delay_loop 60\n warmup 60"),
    );
    const begun = await process.waitFor("Activating healthchecker");
    const asked = (name: CheckerName) => servers.asked.get(name) ?? [];
    await eventually("checks", () => asked("SMTP_CHECK").length >= 4, 20_000);
    about(gapOf(asked("TCP_CHECK")), 400, "TCP_CHECK");
    about(gapOf(asked("HTTP_GET")), 1_000, "HTTP_GET");
    about(gapOf(asked("SMTP_CHECK")), 2_000, "SMTP_CHECK");
    for (const name of ["DNS_CHECK", "host"] as const)
      expect((asked(name)[0] ?? Number.POSITIVE_INFINITY) - begun.at, name).toBeLessThan(5_000);
  });

  it("for alpha", async () => {
    const process = await start(
      "delay_loop 0.5\n warmup 0\n alpha",
      real("TCP_CHECK", "") +
        real("HTTP_GET", "", SERVER, "alpha off") +
        real("UDP_CHECK", "alpha", SERVER, "alpha off") +
        real("SMTP_CHECK", "alpha off"),
    );
    for (const name of ["HTTP_GET", "SMTP_CHECK"] as const)
      await process.waitFor(`Removing service ${serviceOf(name)}`, 10_000);
    for (const name of ["TCP_CHECK", "UDP_CHECK"] as const)
      expect(process.log).not.toContain(`Removing service ${serviceOf(name)}`);
  });
});

describe("MISC_CHECK", () => {
  it("misc_timeout: a program may take so long", async () => {
    const check = 'MISC_CHECK {\n misc_path "/bin/sleep 30"\n misc_timeout 2\n }';
    const process = await start(
      "delay_loop 30\n warmup 0",
      `\n real_server ${SERVER} 8009 {\n ${check}\n }\n`,
    );
    const begun = await process.waitFor("Activating healthchecker");
    const gone = await process.waitFor("Removing service", 10_000);
    about(gone.at - begun.at, 2_000, "two seconds");
  });
});
