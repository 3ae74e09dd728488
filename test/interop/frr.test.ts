import { afterEach, describe, expect, it } from "vitest";
import { probe, requiredCapabilities } from "../lab/capabilities.ts";
import { Capture, decodeAdverts } from "../lab/capture.ts";
import { FrrRouter } from "../lab/frr.ts";
import { HOLDFAST } from "../lab/holdfast.ts";
import { longestOverlap, masterDownInterval, reigns, skewTime } from "../lab/mastership.ts";
import { Lab } from "../lab/netns.ts";
import { Router } from "../lab/router.ts";
import { PROMPT } from "./pair.ts";

const INTERVAL = 500_000;
const VRID = 51;
const ADDRESS = "192.0.2.100";
const GRACE = 100_000;
const EARLY = 5_000;

const frr = probe("frr");
if (!frr.present) console.log(`interop with FRR: skipped — ${frr.why}`);

let lab: Lab | undefined;
afterEach(async () => {
  await lab?.dispose();
  lab = undefined;
});

const pause = (intervals: number) =>
  new Promise((resolve) => setTimeout(resolve, (intervals * INTERVAL) / 1000));

/** FRR on 192.0.2.1 and Holdfast on 192.0.2.2, prepared; the capture runs. */
async function build(priorities: { readonly frr: number; readonly holdfast: number }) {
  lab = new Lab();
  const wire = lab.switch();
  const [left, right] = [lab.host("frr"), lab.host("holdfast")];
  wire.connect(left, "eth0", ["192.0.2.1/24"]);
  wire.connect(right, "eth0", ["192.0.2.2/24"]);
  const definition = { device: "eth0", vrid: VRID, interval: INTERVAL / 1000, address: ADDRESS };
  const other = new FrrRouter(lab, left, { ...definition, priority: priorities.frr });
  const config = `${PROMPT}vrrp_instance VI_1 {
  state BACKUP
  interface eth0
  virtual_router_id ${VRID}
  priority ${priorities.holdfast}
  version 3
  advert_int ${INTERVAL / 1_000_000}
  virtual_ipaddress {
    ${ADDRESS}/24
  }
}
`;
  const ours = new Router(lab, right, HOLDFAST, config);
  return { other, ours, capture: await Capture.start(lab, wire) };
}

/** Every advert is good for tshark, and no two were masters for longer than an interval. */
function judge(file: string) {
  const adverts = decodeAdverts(file);
  expect(adverts.filter(({ checksumsGood }) => !checksumsGood)).toEqual([]);
  expect(new Set(adverts.map(({ version, ttl }) => `${version} ${ttl}`))).toEqual(new Set(["3 255"]));
  const spans = reigns(adverts, INTERVAL);
  expect(longestOverlap(spans)).toBeLessThanOrEqual(INTERVAL);
  return spans;
}

describe.runIf(frr.present || requiredCapabilities().has("frr"))("FRR's vrrpd", () => {
  it("is followed as master, replaced when it dies, and yielded to when it returns", async () => {
    const { other, ours, capture } = await build({ frr: 150, holdfast: 100 });
    await other.start();
    await other.waitForState("Master");
    ours.start();
    await ours.waitForState("VI_1", "BACKUP");
    await pause(5);
    await other.kill();
    await ours.waitForState("VI_1", "MASTER");
    await pause(2);
    const mark = ours.process.mark();
    await other.start();
    await other.waitForState("Master");
    await ours.waitForState("VI_1", "BACKUP", 5_000, mark);
    await pause(2);
    await capture.stop();
    const spans = judge(capture.file);
    expect(spans.map(({ source }) => source)).toEqual(["192.0.2.1", "192.0.2.2", "192.0.2.1"]);
    const [first, second] = spans;
    const gap = (second?.from ?? 0) - (first?.to ?? 0);
    expect(gap).toBeGreaterThanOrEqual(masterDownInterval(3, INTERVAL, 100) - EARLY);
    expect(gap).toBeLessThanOrEqual(masterDownInterval(3, INTERVAL, 100) + GRACE);
  });

  it("follows us as master, and takes over when we resign", async () => {
    const { other, ours, capture } = await build({ frr: 100, holdfast: 150 });
    ours.start();
    await ours.waitForState("VI_1", "MASTER");
    await other.start();
    await other.waitForState("Backup");
    await pause(5);
    expect(other.state()).toBe("Backup");
    await ours.stop();
    await other.waitForState("Master");
    await pause(2);
    await capture.stop();
    const spans = judge(capture.file);
    expect(spans.map(({ source, resigned }) => [source, resigned])).toEqual([
      ["192.0.2.2", true],
      ["192.0.2.1", false],
    ]);
    const gap = (spans[1]?.from ?? 0) - (spans[0]?.to ?? 0);
    expect(gap).toBeLessThanOrEqual(skewTime(3, INTERVAL, 100) + GRACE);
  });
});
