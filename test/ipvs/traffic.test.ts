/**
 * Connections of clients, balanced between servers in namespaces of their own by what Holdfast programmed: through the
 * director and back (NAT), and straight back from the server (DR). A server that fails loses its share, and gets it back.
 */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HOLDFAST } from "../lab/holdfast.ts";
import { HttpServer } from "../lab/http-server.ts";
import { type Host, Lab } from "../lab/netns.ts";
import { eventually } from "../lab/process.ts";
import { Router } from "../lab/router.ts";

const FARM = fileURLToPath(new URL("./server-farm-process.mjs", import.meta.url));

/** Seconds, as configured below: a failure is found at the next check, and believed after one retry. */
const DELAY_LOOP = 1;
const DELAY_BEFORE_RETRY = 0.5;
/** What checks may take on top in a guest whose processor is shared, milliseconds. */
const SLOWNESS = 8_000;

const NUMBERS = ["2", "3", "4"];
const checked = (address: string, more = "") =>
  `    real_server ${address} {\n${more}        TCP_CHECK {\n            connect_port 80\n        }\n    }\n`;

const service = (head: string, options: string, servers: readonly string[]) =>
  `virtual_server ${head} {
    delay_loop ${DELAY_LOOP}
    warmup 0
    retry 1
    delay_before_retry ${DELAY_BEFORE_RETRY}
${options
  .split(", ")
  .map((option) => `    ${option}\n`)
  .join("")}${servers.join("")}}
`;

const CONFIG = [
  // The clients beyond the director: there and back again through it, ports translated.
  service(
    "198.51.100.100 8000",
    "lb_algo rr, lb_kind NAT, protocol TCP",
    NUMBERS.map((n) => checked(`192.0.2.${n} 80`)),
  ),
  service(
    "198.51.100.100 8001",
    "lb_algo wrr, lb_kind NAT, protocol TCP",
    NUMBERS.map((n) => checked(`192.0.2.${n} 80`, `        weight ${n}\n`)),
  ),
  service(
    "2001:db8:2::100 8000",
    "lb_algo rr, lb_kind NAT, protocol TCP",
    NUMBERS.map((n) => checked(`2001:db8:1::${n} 80`)),
  ),
  service(
    "198.51.100.100 7000",
    "lb_algo rr, lb_kind NAT, protocol UDP",
    NUMBERS.map((n) => checked(`192.0.2.${n} 7000`)),
  ),
  // The client on the servers' own wire: they answer it themselves, from the address of the service.
  service(
    "192.0.2.100 80",
    "lb_algo rr, lb_kind DR, protocol TCP, sorry_server 192.0.2.5 80",
    NUMBERS.map((n) => checked(`192.0.2.${n} 80`)),
  ),
].join("");

let lab: Lab;
let director: Host;
let outside: Host;
let inside: Host;
let router: Router;
const servers = new Map<string, HttpServer>();

async function startServer(wire: ReturnType<Lab["switch"]>, number: string): Promise<void> {
  const host = lab.host(`server${number}`, { ipv6: true });
  wire.connect(host, "eth0", [`192.0.2.${number}/24`, `2001:db8:1::${number}/64`]);
  host.exec("ip", "route", "add", "198.51.100.0/24", "via", "192.0.2.1");
  host.exec("ip", "route", "add", "2001:db8:2::/64", "via", "2001:db8:1::1");
  // Of DR: the service's address is here, and nobody on the wire hears of it.
  host.sysctl("net/ipv4/conf/all/arp_ignore", 1);
  host.sysctl("net/ipv4/conf/all/arp_announce", 2);
  host.exec("ip", "address", "add", "192.0.2.100/32", "dev", "lo");
  servers.set(number, await HttpServer.start(host, "::", 80, `${number}\n`));
  const datagrams = host.spawn([process.execPath, FARM, "", "", `whoami/7000/192.0.2.${number}`], {
    ipc: true,
  });
  await datagrams.waitFor("ready", 20_000);
}

beforeAll(async () => {
  lab = new Lab();
  const wire = lab.switch("servers");
  const beyond = lab.switch("clients");
  director = lab.host("director", { ipv6: true });
  wire.connect(director, "eth0", ["192.0.2.1/24", "192.0.2.100/32", "2001:db8:1::1/64"]);
  beyond.connect(director, "eth1", [
    "198.51.100.1/24",
    "198.51.100.100/32",
    "2001:db8:2::1/64",
    "2001:db8:2::100/128",
  ]);
  director.sysctl("net/ipv4/ip_forward", 1);
  director.sysctl("net/ipv6/conf/all/forwarding", 1);
  outside = lab.host("outside", { ipv6: true });
  beyond.connect(outside, "eth0", ["198.51.100.10/24", "2001:db8:2::10/64"]);
  inside = lab.host("inside");
  wire.connect(inside, "eth0", ["192.0.2.10/24"]);
  for (const number of [...NUMBERS, "5"]) await startServer(wire, number);
  router = new Router(lab, director, HOLDFAST, CONFIG, "checkers");
  router.start();
  await inUse(NUMBERS);
}, 180_000);
afterAll(async () => {
  await router?.stop();
  await lab.dispose();
});

/** Waits until every service has exactly these servers; milliseconds that it took. */
async function inUse(numbers: readonly string[], limit = 60_000): Promise<number> {
  const since = performance.now();
  const expected = numbers.length * 5;
  const listed = (text: string) =>
    [...text.matchAll(/-r \[?(?:192\.0\.2\.|2001:db8:1::)(\d+)\]?:/g)].map(([, number = ""]) => number);
  const complete = (found: readonly string[]) =>
    found.length === expected && found.every((number) => numbers.includes(number));
  await eventually(
    `servers ${numbers.join(", ")} in use`,
    () => complete(listed(director.exec("ipvsadm", "-Sn"))),
    limit,
  );
  return performance.now() - since;
}

/** How many of `count` connections each server has answered; every one has to be. */
function ask(client: Host, url: string, count: number): Record<string, number> {
  const answers = client.exec("curl", "-gsS", "-m", "10", ...Array.from({ length: count }, () => url));
  return tally(answers);
}

function tally(answers: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of answers.split("\n").filter(Boolean)) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

describe("traffic through services of Holdfast", () => {
  it("is balanced by the scheduler: NAT, with and without weights, of both families", () => {
    expect(ask(outside, "http://198.51.100.100:8000/", 12)).toEqual({ "2": 4, "3": 4, "4": 4 });
    expect(ask(outside, "http://198.51.100.100:8001/", 18)).toEqual({ "2": 4, "3": 6, "4": 8 });
    expect(ask(outside, "http://[2001:db8:2::100]:8000/", 9)).toEqual({ "2": 3, "3": 3, "4": 3 });
  });

  it("is balanced by the scheduler: DR, answered by the servers themselves", async () => {
    expect(ask(inside, "http://192.0.2.100/", 12)).toEqual({ "2": 4, "3": 4, "4": 4 });
    // Every connection went through the director, and nothing came back there; the kernel adds up every two seconds.
    const counters = () => {
      const text = director.exec("ipvsadm", "-Ln", "--stats", "--exact", "-t", "192.0.2.100:80");
      return /^TCP\s+\S+\s+(\d+)\s+(\d+)\s+(\d+)/m.exec(text)?.slice(1).map(Number) ?? [];
    };
    await eventually("connections counted", () => counters()[0] === 12, 20_000);
    const [, packetsIn = 0, packetsOut] = counters();
    expect(packetsIn).toBeGreaterThan(12);
    expect(packetsOut).toBe(0);
  });

  it("is balanced by the scheduler: datagrams, a connection for each port of the client", () => {
    const once =
      "exec 3<>/dev/udp/198.51.100.100/7000; echo who >&3; timeout 5 dd bs=64 count=1 <&3 2>/dev/null";
    const answers = outside.exec("bash", "-c", `for i in 1 2 3 4 5 6; do ${once}; done`);
    expect(tally(answers)).toEqual({ "192.0.2.2": 2, "192.0.2.3": 2, "192.0.2.4": 2 });
  });

  it("leaves a server that fails, in time, and comes back to it", async () => {
    await servers.get("3")?.behave({ mode: "refuse" });
    const limit = (DELAY_LOOP + DELAY_BEFORE_RETRY) * 1_000 + SLOWNESS;
    expect(await inUse(["2", "4"])).toBeLessThan(limit);
    expect(ask(outside, "http://198.51.100.100:8000/", 8)).toEqual({ "2": 4, "4": 4 });
    expect(ask(outside, "http://198.51.100.100:8001/", 9)).toEqual({ "2": 3, "4": 6 });
    expect(ask(outside, "http://[2001:db8:2::100]:8000/", 8)).toEqual({ "2": 4, "4": 4 });
    expect(ask(inside, "http://192.0.2.100/", 8)).toEqual({ "2": 4, "4": 4 });
    await servers.get("3")?.behave({ mode: "answer", status: 200, body: "3\n" });
    await inUse(NUMBERS);
    expect(ask(outside, "http://198.51.100.100:8000/", 12)).toEqual({ "2": 4, "3": 4, "4": 4 });
    expect(ask(inside, "http://192.0.2.100/", 12)).toEqual({ "2": 4, "3": 4, "4": 4 });
  });

  it("goes to the sorry server when all have failed", async () => {
    for (const number of NUMBERS) await servers.get(number)?.behave({ mode: "refuse" });
    const table = () =>
      director
        .exec("ipvsadm", "-Sn")
        .split("\n")
        .filter((line) => line.startsWith("-a"));
    const alone = () => table().join() === "-a -t 192.0.2.100:80 -r 192.0.2.5:80 -g -w 1";
    await eventually("the sorry server alone", alone, 30_000);
    expect(ask(inside, "http://192.0.2.100/", 5)).toEqual({ "5": 5 });
    for (const number of NUMBERS)
      await servers.get(number)?.behave({ mode: "answer", status: 200, body: `${number}\n` });
    await inUse(NUMBERS);
    expect(ask(inside, "http://192.0.2.100/", 6)).toEqual({ "2": 2, "3": 2, "4": 2 });
  });
});
