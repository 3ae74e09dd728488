/**
 * Checks of every kind, of good servers and bad ones, by one checkers' process: when they stop, it has the descriptors
 * that it had before, and not much more memory. HOLDFAST_CHECKS=100000 runs as many (100 seconds and more).
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { HOLDFAST_BUNDLE } from "../lab/holdfast.ts";
import { type Hostility, startHostileServers } from "../lab/hostile-server.ts";
import { type Host, Lab } from "../lab/netns.ts";
import { selfSigned } from "../lab/nginx.ts";
import { eventually, type LabProcess } from "../lab/process.ts";
import { pidIn } from "./daemon.ts";

const CHECKS = Number(process.env.HOLDFAST_CHECKS ?? 5_000);
const WARM_UP = 1_000;
/** Bytes: what V8 may have grown by between two moments of rest. */
const GROWTH = 64_000_000;
const FIRST_PORT = 7_000;
/** Of each server. */
const COPIES = 20;

const OK = "HTTP/1.0 200 OK\r\n";
const PAGE = `${OK}Content-Length: 5\r\n\r\nhello`;
const MAIL = ["250 well\r\n", "221 bye\r\n"];
const TIMES = "connect_timeout 0.5";

type Checked = readonly [check: (port: number) => string, way?: Hostility];

const dialogue = (replies: readonly string[], more: object = {}): Hostility => ({
  does: "dialogue",
  replies,
  end: "end",
  ...more,
});
const tcp = (port: number) => `TCP_CHECK {\n connect_port ${port}\n ${TIMES}\n}`;
const http = (port: number) =>
  `HTTP_GET {\n connect_port ${port}\n ${TIMES}\n url {\n  path /\n  digest 5d41402abc4b2a76b9719d911017c592\n }\n}`;
const https = (port: number) => `SSL_GET {\n connect_port ${port}\n ${TIMES}\n url {\n  path /\n }\n}`;
const smtp = (port: number) => `SMTP_CHECK {\n connect_port ${port}\n ${TIMES}\n}`;
const dns = (port: number) => `DNS_CHECK {\n connect_port ${port}\n ${TIMES}\n}`;
const udp = (port: number) => `UDP_CHECK {\n connect_port ${port}\n ${TIMES}\n require_reply\n}`;

function checked(lab: Lab): readonly Checked[] {
  const paths = selfSigned(lab, "leak.example");
  const [key, certificate] = [readFileSync(paths.key, "utf8"), readFileSync(paths.certificate, "utf8")];
  const secure = (cut: number): Hostility => ({
    ...{ does: "tls-cut", key, certificate, cut, end: "reset", reply: PAGE },
  });
  const datagrams = (answer: string): Hostility => ({ does: "datagrams", answer });
  return [
    [tcp, dialogue([])],
    [tcp],
    [http, dialogue([PAGE])],
    [http, dialogue([`${OK}\r\nother`])],
    [http, dialogue([PAGE], { cut: 20, end: "reset" })],
    [http, dialogue([], { end: "keep" })],
    [http, { does: "endless", head: OK, again: "X-A: b\r\n" }],
    [http, { does: "endless", head: `${OK}\r\n`, again: "body" }],
    [http, { does: "reset-after-hearing", after: 10 }],
    [https, secure(1_000_000)],
    [https, secure(100)],
    [https, dialogue([], { greeting: "nonsense", end: "end" })],
    [https],
    [smtp, dialogue(MAIL, { greeting: "220 mail\r\n" })],
    [smtp, dialogue([], { greeting: "421 no\r\n", end: "reset" })],
    [dns, datagrams("right")],
    [dns, datagrams("another identifier")],
    [dns],
    [udp, datagrams("the query itself")],
    [udp],
    [() => "PING_CHECK {\n}"],
  ];
}

function configuration(all: readonly Checked[] | undefined): string {
  const servers = Array.from({ length: COPIES }, (_, copy) =>
    (all ?? [undefined]).map((one, index) => {
      const check = one === undefined ? "" : one[0](FIRST_PORT + index);
      return `real_server 127.0.0.1 ${20_000 + copy * 100 + index} {\n${check}\n}`;
    }),
  );
  return `virtual_server 192.0.2.100 80 {
delay_loop 0.5
protocol TCP
retry 1
delay_before_retry 0.1
${servers.flat().join("\n")}
real_server 127.0.0.1 30000 {
${all === undefined ? "" : "MISC_CHECK {\nmisc_path /bin/true\ndelay_loop 1\n}"}
}
}
`;
}

interface Rest {
  readonly descriptors: readonly string[];
  /** Bytes. */
  readonly memory: number;
}

/** What a descriptor is: numbers of sockets and pipes say nothing. */
function restOf(pid: number, host: Host): Rest {
  const names = readdirSync(`/proc/${pid}/fd`).map((fd) => host.exec("readlink", `/proc/${pid}/fd/${fd}`));
  const kilobytes = /VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return {
    descriptors: names.map((name) => name.trim().replace(/\[\d+\]/, "")).sort(),
    memory: Number(kilobytes) * 1_024,
  };
}

const servedBy = (servers: LabProcess) =>
  Number(/served (\d+)/.exec(servers.lines.at(-1)?.text ?? "")?.[1] ?? 0);

let lab: Lab | undefined;
let daemon: LabProcess | undefined;
afterEach(async () => {
  await daemon?.stop();
  await lab?.dispose();
});

describe("a process of checkers", () => {
  it("leaks neither descriptors nor memory", { timeout: 3_600_000 }, async () => {
    lab = new Lab();
    const host = lab.host("checkers");
    const all = checked(lab);
    const ways = new Map(
      all.flatMap(([, way], index) => (way === undefined ? [] : [[FIRST_PORT + index, way] as const])),
    );
    const servers = await startHostileServers(lab, host, ways);
    const [config, pid] = [lab.path("k.conf"), lab.path("checkers.pid")];
    const idle = configuration(undefined);
    writeFileSync(config, idle);
    const running = host.spawn([
      ...[process.execPath, HOLDFAST_BUNDLE, "run", "-n", "-l", "--kernel", "memory", "-C", "-f", config],
      ...["-p", lab.path("parent.pid"), "-r", lab.path("vrrp.pid"), "-c", pid],
    ]);
    daemon = running;
    const reload = async (text: string) => {
      writeFileSync(config, text);
      const mark = running.mark();
      running.signal("SIGHUP");
      await running.waitFor("Reload complete", 20_000, mark);
    };
    await running.waitFor("Startup complete", 20_000);
    const child = pidIn(pid);
    /** Checks so many times, and rests. */
    const round = async (checks: number): Promise<Rest> => {
      await reload(configuration(all));
      const until = servedBy(servers) + checks;
      await eventually(`${checks} checks`, () => servedBy(servers) >= until, 3_000_000);
      await reload(idle);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return restOf(child, host);
    };
    const before = await round(WARM_UP);
    const middle = await round(CHECKS / 2);
    const after = await round(CHECKS / 2);
    expect(middle.descriptors).toEqual(before.descriptors);
    expect(after.descriptors).toEqual(before.descriptors);
    expect(after.memory).toBeLessThan(middle.memory + GROWTH);
    expect(pidIn(pid)).toBe(child);
    expect(running.log).not.toMatch(/Error|exception|respawn/i);
    console.log(
      `memory after ${WARM_UP}, ${CHECKS / 2} and ${CHECKS / 2} more checks:`,
      [before, middle, after].map(({ memory }) => `${Math.round(memory / 1e6)} MB`).join(", "),
    );
  });
});
