/** When checkers check, and when they have had enough: every kind of them, on real sockets. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { HOLDFAST_BUNDLE } from "../lab/holdfast.ts";
import { execute, LabProcess } from "../lab/process.ts";
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

/** When lines came that tell of a server's failures since `mark`, those of one try together. */
function triesOf({ lines }: LabProcess, mark: number, name: CheckerName): number[] {
  const port = new RegExp(`\\b${CHECKERS[name][0]}\\b`);
  const tries: number[] = [];
  for (const { at, text } of lines.slice(mark)) {
    if (!port.test(text) || /Activating|success|Removing/.test(text)) continue;
    if (at - (tries.at(-1) ?? Number.NEGATIVE_INFINITY) > 90) tries.push(at);
  }
  return tries;
}

const gapsOf = (times: readonly number[]) => times.slice(1).map((at, i) => at - (times[i] ?? at));
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
      ALL("retry 2\n delay_before_retry 0.4\n log_all_failures"),
    );
    await pause(2_500);
    const mark = process.mark();
    vanish();
    for (const name of CHECKER_NAMES) {
      await process.waitFor(`Removing service ${serviceOf(name)}`, 15_000, mark);
      const gaps = gapsOf(triesOf(process, mark, name));
      expect(gaps, name).toHaveLength(2);
      for (const gap of gaps) within(gap, 370, 900, name);
    }
  });

  it("connect_timeout: silence is a failure after so long", async () => {
    const options = "connect_timeout 0.6\n retry 0";
    const process = await start(
      "delay_loop 30\n warmup 0",
      CONNECTING.map((name) => real(name, options, SILENT)).join(""),
    );
    for (const name of CONNECTING) {
      const begun = await process.waitFor(`Activating healthchecker for service ${serviceOf(name, SILENT)}`);
      const gone = await process.waitFor(`Removing service ${serviceOf(name, SILENT)}`, 15_000);
      within(gone.at - begun.at, 570, 2_000, name);
    }
  });

  it("delay_loop: checks come so often", async () => {
    appear();
    await start("warmup 0\n delay_loop 30", ALL("delay_loop 0.5"));
    await pause(1_000);
    const [before, ran] = [echoes(), runs().length];
    await pause(4_000);
    within(echoes() - before, 5, 10, "PING_CHECK");
    within(runs().length - ran, 5, 10, "MISC_CHECK");
    for (const name of CONNECTING.filter((one) => one !== "PING_CHECK")) {
      const asked = servers.asked.get(name) ?? [];
      const span = (asked.at(-1) ?? 0) - (asked[0] ?? 0);
      within(span / (asked.length - 1), 440, 700, name);
    }
  });

  it("warmup: the first check comes at a moment within it", async () => {
    appear();
    const before = echoes();
    const process = await start("delay_loop 30", ALL("warmup 2"));
    const begun = await process.waitFor("Activating healthchecker");
    await pause(3_500);
    const first = CONNECTING.flatMap((name) => servers.asked.get(name)?.[0] ?? []);
    expect(first).toHaveLength(CONNECTING.length - 1);
    for (const at of first) within(at - begun.at, -100, 2_700, "first check");
    expect(Math.max(...first) - Math.min(...first)).toBeGreaterThan(300);
    expect(echoes()).toBeGreaterThan(before);
    expect(runs().length).toBeGreaterThan(0);
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
      "delay_loop 0.5\n warmup 0\n retry 1\n delay_before_retry 0.9",
      real("TCP_CHECK", "") +
        real("HTTP_GET", "", SERVER, "retry 2\n delay_before_retry 0.6") +
        real("UDP_CHECK", "retry 3\n delay_before_retry 0.3", SERVER, "retry 2\n delay_before_retry 0.6"),
      "checker_log_all_failures",
    );
    await pause(2_000);
    const mark = process.mark();
    vanish();
    for (const [name, retries, delay] of [
      ["TCP_CHECK", 1, 900],
      ["HTTP_GET", 2, 600],
      ["UDP_CHECK", 3, 300],
    ] as const) {
      await process.waitFor(`Removing service ${serviceOf(name)}`, 10_000, mark);
      const gaps = gapsOf(triesOf(process, mark, name));
      expect(gaps, name).toHaveLength(retries);
      for (const gap of gaps) within(gap, delay - 30, delay + 250, name);
    }
  });

  it("for connect_timeout", async () => {
    const process = await start(
      "delay_loop 30\n warmup 0\n retry 1\n delay_before_retry 0.1\n connect_timeout 0.5",
      real("TCP_CHECK", "retry 0", SILENT) +
        real("HTTP_GET", "retry 0", SILENT, "connect_timeout 1.2") +
        real("SMTP_CHECK", "retry 0\n connect_timeout 1.9", SILENT, "connect_timeout 1.2"),
    );
    for (const [name, timeout] of [
      ["TCP_CHECK", 500],
      ["HTTP_GET", 1_200],
      ["SMTP_CHECK", 1_900],
    ] as const) {
      const begun = await process.waitFor(`Activating healthchecker for service ${serviceOf(name, SILENT)}`);
      const gone = await process.waitFor(`Removing service ${serviceOf(name, SILENT)}`, 10_000);
      within(gone.at - begun.at, timeout - 30, timeout + 600, name);
    }
  });

  it("for delay_loop and warmup", async () => {
    appear();
    const process = await start(
      "delay_loop 0.4\n warmup 0",
      real("TCP_CHECK", "") +
        real("HTTP_GET", "", SERVER, "delay_loop 0.8") +
        real("SMTP_CHECK", "delay_loop 1.2", SERVER, "delay_loop 0.8") +
        real("DNS_CHECK", "", SERVER, "delay_loop 60\n warmup 1") +
        real("host", "warmup 0", SERVER, "delay_loop 60\n warmup 60"),
    );
    const begun = await process.waitFor("Activating healthchecker");
    await pause(4_500);
    for (const [name, delay] of [
      ["TCP_CHECK", 400],
      ["HTTP_GET", 800],
      ["SMTP_CHECK", 1_200],
    ] as const) {
      const asked = servers.asked.get(name) ?? [];
      const span = (asked.at(-1) ?? 0) - (asked[0] ?? 0);
      within(span / (asked.length - 1), delay - 60, delay + 150, name);
    }
    within((servers.asked.get("DNS_CHECK")?.[0] ?? 0) - begun.at, -100, 1_700, "DNS_CHECK");
    within((servers.asked.get("host")?.[0] ?? 0) - begun.at, -100, 800, "host");
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
    const check = 'MISC_CHECK {\n misc_path "/bin/sleep 30"\n misc_timeout 1\n }';
    const process = await start(
      "delay_loop 30\n warmup 0",
      `\n real_server ${SERVER} 8009 {\n ${check}\n }\n`,
    );
    const begun = await process.waitFor("Activating healthchecker");
    const gone = await process.waitFor("Removing service", 10_000);
    within(gone.at - begun.at, 950, 3_000, "a second");
  });
});
