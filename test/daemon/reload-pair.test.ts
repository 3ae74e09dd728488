/** A reload in a running pair, watched from outside: netlink by `ip monitor`, the wire by a capture. */
import { afterEach, expect, it } from "vitest";
import { Capture, decodeAdverts } from "../lab/capture.ts";
import { HOLDFAST } from "../lab/holdfast.ts";
import { NetlinkMonitor } from "../lab/netlink-monitor.ts";
import { Lab } from "../lab/netns.ts";
import { printedPlan } from "../lab/printed-plan.ts";
import { Router } from "../lab/router.ts";

/** Microseconds: so long that a busy machine makes no advert as late as another one. */
const INTERVAL = 1_000_000;

const configuration = (priority: number, addresses: readonly string[]) => `global_defs {
    vrrp_version 3
}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    priority ${priority}
    advert_int 1
    virtual_ipaddress {
${addresses.map((address) => `        ${address}/24`).join("\n")}
    }
}
`;

const BEFORE = ["192.0.2.100"];
const AFTER = ["192.0.2.100", "192.0.2.101"];

let lab: Lab;
afterEach(() => lab.dispose());

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

it("changes what diff printed and nothing else, with every advert in time and no transition", async () => {
  lab = new Lab();
  const network = lab.switch();
  const [left, right] = [lab.host("left"), lab.host("right")];
  network.connect(left, "eth0", ["192.0.2.1/24"]);
  network.connect(right, "eth0", ["192.0.2.2/24"]);
  const master = new Router(lab, left, HOLDFAST, configuration(150, BEFORE));
  const next = new Router(lab, left, HOLDFAST, configuration(150, AFTER));
  const backup = new Router(lab, right, HOLDFAST, configuration(100, BEFORE));
  master.start();
  await master.waitForState("VI_1", "MASTER");
  await left.waitForAddress("eth0", "192.0.2.100");
  backup.start();
  await backup.waitForState("VI_1", "BACKUP");
  expect(printedPlan(master.files.config, next.files.config)).toEqual([
    "create vrrp_instance[VI_1]/virtual_ipaddress[192.0.2.101/24] (none)",
  ]);

  const monitor = await NetlinkMonitor.start(left);
  const capture = await Capture.start(lab, network, "ip proto 112");
  const marks = [master.process.mark(), backup.process.mark()];
  await pause(2_500);
  // Both at once: a router discards adverts whose addresses are not its own.
  master.configure(configuration(150, AFTER));
  backup.configure(configuration(100, AFTER));
  master.reload();
  backup.reload();
  await left.waitForAddress("eth0", "192.0.2.101");
  await pause(2_500);
  await capture.stop();
  const events = await monitor.stop();

  expect(events.filter((text) => text.includes("192.0.2.101/24")).length).toBe(1);
  expect(events.filter((text) => !text.includes("192.0.2.101"))).toEqual([]);
  for (const [index, router] of [master, backup].entries())
    expect(router.process.lines.slice(marks[index]).filter(({ text }) => text.includes("Entering"))).toEqual(
      [],
    );
  const adverts = decodeAdverts(capture.file);
  expect(new Set(adverts.map(({ source }) => source))).toEqual(new Set(["192.0.2.1"]));
  const gaps = adverts.slice(1).map(({ at }, index) => at - (adverts[index]?.at ?? 0));
  expect(Math.max(...gaps)).toBeLessThan(2 * INTERVAL);
  expect(adverts.at(0)?.addresses).toEqual(BEFORE);
  expect(adverts.at(-1)?.addresses).toEqual(AFTER);
});
