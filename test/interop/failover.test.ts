import { afterEach, describe, expect, it } from "vitest";
import { decodeAdverts, decodeArp } from "../lab/capture.ts";
import { longestOverlap, masterDownInterval, type Reign, reigns, skewTime } from "../lab/mastership.ts";
import {
  ADDRESSES,
  buildPair,
  type End,
  intervals,
  MULTICAST_GROUP,
  PAIRS,
  type Pair,
  startPair,
  VARIANTS,
  type Variant,
  VRID,
} from "./pair.ts";

/** A takeover may be this much later than the protocol's time. */
const GRACE = 50_000;
/** And this much earlier: the switch stamps packets before the backup's timer starts, but not by more. */
const EARLY = 5_000;

let pair: Pair | undefined;
afterEach(async () => {
  await pair?.lab.dispose();
  pair = undefined;
});

/** Everything each advert on the wire must say, whoever sent it. */
function expectAdverts(file: string, variant: Variant, { preferred, other }: Pair): Reign[] {
  const adverts = decodeAdverts(file);
  for (const advert of adverts) {
    const [sender, peer] = advert.source === preferred.address ? [preferred, other] : [other, preferred];
    expect(advert).toEqual({
      at: advert.at,
      source: sender.address,
      destination: variant.unicast ? peer.address : MULTICAST_GROUP,
      ttl: 255,
      version: variant.version,
      vrid: VRID,
      priority: advert.priority === 0 ? 0 : sender.priority,
      interval: variant.interval,
      addresses: ADDRESSES,
      authType: variant.version === 2 ? 1 : undefined,
      password: variant.password,
      checksumsGood: true,
      sourceMac: sender.mac,
    });
  }
  const spans = reigns(adverts, variant.interval);
  expect(longestOverlap(spans)).toBeLessThanOrEqual(variant.interval);
  return spans;
}

/** The new master took over when the protocol says, counted from what the wire last heard of the old one. */
function expectTakeover(from: Reign | undefined, to: Reign | undefined, variant: Variant, backup: End): void {
  if (from === undefined || to === undefined) throw new Error("a reign is missing from the capture");
  const due = from.resigned
    ? skewTime(variant.version, variant.interval, backup.priority)
    : masterDownInterval(variant.version, variant.interval, backup.priority);
  const gap = to.from - from.to;
  expect(gap, "time without a master").toBeGreaterThanOrEqual(due - EARLY);
  expect(gap, "time without a master").toBeLessThanOrEqual(due + GRACE);
}

/** Neighbours learn of the new master by gratuitous ARP for each address, at once. */
function expectGratuitousArp(file: string, reign: Reign | undefined, end: End): void {
  if (reign === undefined) throw new Error("a reign is missing from the capture");
  const soon = decodeArp(file).filter(({ at }) => Math.abs(at - reign.from) < 100_000);
  for (const address of ADDRESSES) {
    const announced = soon.filter(({ sender, target }) => sender === address && target === address);
    expect(announced.map(({ senderMac }) => senderMac)).toContain(end.mac);
    expect(announced.map(({ destinationMac }) => destinationMac)).toContain("ff:ff:ff:ff:ff:ff");
  }
}

const sources = (spans: readonly Reign[]) => spans.map(({ source }) => source);

describe.each(
  PAIRS.map((programs) => [`${programs.preferred.name} over ${programs.other.name}`, programs] as const),
)("%s", (_title, programs) => {
  describe.each(VARIANTS.map((variant) => [variant.title, variant] as const))("%s", (_title, variant) => {
    it("a killed master is replaced, preempts when it returns, and resigns when stopped", async () => {
      pair = await buildPair(programs, variant, true);
      const { preferred, other, capture } = pair;
      await startPair(pair, variant);
      expect(preferred.host.holds("eth0", ADDRESSES[0])).toBe(true);
      expect(other.host.holds("eth0", ADDRESSES[0])).toBe(false);

      await preferred.router.kill();
      await other.router.waitForState("VI_1", "MASTER");
      for (const address of ADDRESSES) await other.host.waitForAddress("eth0", address);
      await intervals(variant, 1.5);

      const beaten = other.router.process.mark();
      preferred.router.start();
      await preferred.router.waitForState("VI_1", "MASTER");
      await other.router.waitForState("VI_1", "BACKUP", 5_000, beaten);
      for (const address of ADDRESSES) {
        await preferred.host.waitForAddress("eth0", address);
        await other.host.waitForAddress("eth0", address, false);
      }
      await intervals(variant, 1.5);

      const stopping = other.router.process.mark();
      expect(await preferred.router.stop()).toBe(0);
      expect(preferred.host.addresses("eth0")).toEqual([`${preferred.address}/24`]);
      await other.router.waitForState("VI_1", "MASTER", 5_000, stopping);
      await intervals(variant, 0.5);
      await capture.stop();

      const spans = expectAdverts(capture.file, variant, pair);
      expect(sources(spans)).toEqual([preferred, other, preferred, other].map(({ address }) => address));
      expectTakeover(spans[0], spans[1], variant, other);
      expectTakeover(spans[2], spans[3], variant, other);
      expect(spans.map(({ resigned }) => resigned)).toEqual([false, false, true, false]);
      expectGratuitousArp(capture.file, spans[0], preferred);
      expectGratuitousArp(capture.file, spans[1], other);
    });

    it("a master cut off is replaced, and with nopreempt stays backup when it returns", async () => {
      pair = await buildPair(programs, variant, false);
      const { preferred, other, capture } = pair;
      await startPair(pair, variant);

      preferred.link.cut();
      await preferred.router.waitForState("VI_1", "FAULT");
      await preferred.host.waitForAddress("eth0", ADDRESSES[0], false);
      await other.router.waitForState("VI_1", "MASTER");
      await intervals(variant, 1.5);

      const returning = preferred.router.process.mark();
      await preferred.link.restore();
      await preferred.router.waitForState("VI_1", "BACKUP", 5_000, returning);
      await intervals(variant, 5);
      expect(preferred.host.addresses("eth0")).toEqual([`${preferred.address}/24`]);
      expect(other.host.holds("eth0", ADDRESSES[1])).toBe(true);
      await capture.stop();

      const spans = expectAdverts(capture.file, variant, pair);
      expect(sources(spans)).toEqual([preferred.address, other.address]);
      expectTakeover(spans[0], spans[1], variant, other);
      expectGratuitousArp(capture.file, spans[1], other);
    });
  });

  it("two masters of a split network become one within an advert interval of its healing", async () => {
    const variant: Variant = { title: "split", version: 3, interval: 200_000, unicast: false };
    pair = await buildPair(programs, variant, true);
    const { preferred, other, capture } = pair;
    await startPair(pair, variant);

    preferred.link.sever();
    await other.router.waitForState("VI_1", "MASTER");
    expect(preferred.host.holds("eth0", ADDRESSES[0])).toBe(true);
    await intervals(variant, 2.5);
    const healing = other.router.process.mark();
    await preferred.link.restore();
    await other.router.waitForState("VI_1", "BACKUP", 5_000, healing);
    await other.host.waitForAddress("eth0", ADDRESSES[0], false);
    await intervals(variant, 2.5);
    await capture.stop();

    const spans = expectAdverts(capture.file, variant, pair);
    expect(sources(spans)).toEqual([preferred, other, preferred].map(({ address }) => address));
    expectTakeover(spans[0], spans[1], variant, other);
  });
});
