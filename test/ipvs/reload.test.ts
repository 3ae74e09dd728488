/**
 * A reload of a running director: what `holdfast diff` printed before is what the kernel sees, and nothing else.
 * Netlink is watched by `ip monitor`, IPVS by its table and its counters, which a server made anew would have lost.
 * The wire is watched in test/daemon: time passes unevenly in a guest.
 */
import { afterEach, beforeEach, expect, it } from "vitest";
import { HOLDFAST } from "../lab/holdfast.ts";
import { HttpServer } from "../lab/http-server.ts";
import { NetlinkMonitor } from "../lab/netlink-monitor.ts";
import { type Host, Lab } from "../lab/netns.ts";
import { printedPlan } from "../lab/printed-plan.ts";
import { eventually } from "../lab/process.ts";
import { Router } from "../lab/router.ts";

interface Content {
  readonly addresses: readonly string[];
  readonly servers: readonly string[];
}

const configuration = ({ addresses, servers }: Content) => `global_defs {
    router_id lab
    vrrp_version 3
}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    priority 150
    advert_int 1
    virtual_ipaddress {
${addresses.map((address) => `        ${address}/24`).join("\n")}
    }
}
virtual_server 192.0.2.100 80 {
    delay_loop 1
    warmup 0
    lb_algo rr
    lb_kind NAT
    protocol TCP
${servers.map((server) => `    real_server ${server} 8080 {\n        TCP_CHECK {\n        }\n    }`).join("\n")}
}
`;

const BEFORE: Content = { addresses: ["192.0.2.100"], servers: ["127.0.0.2", "127.0.0.3"] };
const AFTER: Content = {
  addresses: ["192.0.2.100", "192.0.2.101"],
  servers: ["127.0.0.2", "127.0.0.3", "127.0.0.4"],
};

let lab: Lab;
let left: Host;

beforeEach(async () => {
  lab = new Lab();
  left = lab.host("left");
  lab.switch().connect(left, "eth0", ["192.0.2.1/24"]);
  await Promise.all(AFTER.servers.map((address) => HttpServer.start(left, address, 8080)));
});
afterEach(() => lab.dispose());

const table = (host: Host) => host.exec("ipvsadm", "-Sn").split("\n").filter(Boolean).sort();

/** Connections that each server of the table has had; the kernel adds its counters up every two seconds. */
async function connections(host: Host, total: number): Promise<Map<string, number>> {
  const sum = () => [...counters(host).values()].reduce((so, each) => so + each, 0);
  await eventually(`${total} connections counted`, () => sum() >= total, 10_000);
  return counters(host);
}

function counters(host: Host): Map<string, number> {
  const rows = host.exec("ipvsadm", "-Ln", "--stats", "--exact").matchAll(/->\s+(\S+:\d+)\s+(\d+)/g);
  return new Map([...rows].map(([, server = "", count]) => [server, Number(count)]));
}

it("adds a VIP and a real server, and touches nothing else", async () => {
  const master = new Router(lab, left, HOLDFAST, configuration(BEFORE), "all");
  const next = new Router(lab, left, HOLDFAST, configuration(AFTER), "all");
  master.start();
  await left.waitForAddress("eth0", "192.0.2.100", true, 20_000);
  await eventually("both servers in the table", () => table(left).length === 3, 20_000);
  const tableBefore = table(left);
  for (let i = 0; i < 6; i++) left.exec("curl", "-s", "-m", "5", "http://192.0.2.100/");
  const countedBefore = await connections(left, 6);
  expect([...countedBefore.values()]).toEqual([3, 3]);

  expect(printedPlan(master.files.config, next.files.config)).toEqual([
    "create virtual_server[192.0.2.100:tcp:80]/real_server[127.0.0.4:8080] (none)",
    "create vrrp_instance[VI_1]/virtual_ipaddress[192.0.2.101/24] (none)",
  ]);

  const monitor = await NetlinkMonitor.start(left);
  const mark = master.process.mark();
  master.configure(configuration(AFTER));
  master.reload();
  await left.waitForAddress("eth0", "192.0.2.101", true, 20_000);
  await eventually("the new server in the table", () => table(left).length === 4, 20_000);
  for (let i = 0; i < 6; i++) left.exec("curl", "-s", "-m", "5", "http://192.0.2.100/");
  const events = await monitor.stop();

  // Netlink: the one address, with the local routes that the kernel makes of it.
  expect(events.filter((text) => text.includes("192.0.2.101/24")).length).toBe(1);
  expect(events.filter((text) => !text.includes("192.0.2.101"))).toEqual([]);
  // IPVS: the one server more, and the counters of the others as they were and counting on.
  expect(table(left).filter((line) => !tableBefore.includes(line))).toEqual([
    "-a -t 192.0.2.100:80 -r 127.0.0.4:8080 -m -w 1",
  ]);
  expect(tableBefore.filter((line) => !table(left).includes(line))).toEqual([]);
  const countedAfter = await connections(left, 12);
  for (const [server, count] of countedBefore) expect(countedAfter.get(server)).toBeGreaterThan(count);
  expect([...countedAfter.values()].reduce((sum, each) => sum + each)).toBe(12);
  // VRRP: master all the time.
  expect(
    master.process.log
      .split("\n")
      .slice(mark)
      .filter((line) => line.includes("Entering")),
  ).toEqual([]);

  expect(await master.stop()).toBe(0);
  expect(left.holds("eth0", "192.0.2.100")).toBe(false);
  expect(table(left)).toEqual([]);
});
