import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Stagger } from "../../../src/core/vrrp/stagger.ts";
import { instance, vip } from "./configuration.ts";
import { Harness } from "./harness.ts";

const SECOND = 1_000_000;

const many = (stagger: Stagger, count: number, now: number, interval: number): number[] =>
  Array.from({ length: count }, () => stagger.next(now, interval));

describe("Stagger", () => {
  it("leaves an instance that is alone in its instant where it is", () => {
    const stagger = new Stagger();
    expect([1, 2, 3].map((now) => stagger.next(now, 1_000_000))).toEqual([0, 0, 0]);
  });

  it("spreads those of one instant over half an interval, round and round", () => {
    expect(many(new Stagger(), 7, 5, 100_000)).toEqual([0, 12_500, 25_000, 37_500, 0, 12_500, 25_000]);
  });

  it("leaves short intervals together: they would only wake the process more often", () => {
    expect(many(new Stagger(), 20, 5, 10_000)).toEqual(Array(20).fill(0));
  });

  it("never brings an advert forward by half an interval or more, and never delays one", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10_000, max: 255_000_000 }),
        fc.integer({ min: 1, max: 40 }),
        (interval, count) => {
          for (const early of many(new Stagger(), count, 0, interval)) {
            expect(early).toBeGreaterThanOrEqual(0);
            expect(early).toBeLessThan(interval / 2);
          }
        },
      ),
    );
  });
});

describe("masters that take over in one instant", () => {
  it("send their next adverts apart, and each at its interval from then on", () => {
    const names = ["VI_1", "VI_2", "VI_3", "VI_4"];
    const instances = names.map((name, index) =>
      instance(name, { virtual_router_id: index + 1, virtual_ipaddress: [vip(`10.9.0.10${index}/24`)] }),
    );
    const harness = new Harness({ instances });
    harness.pass(4 * SECOND);
    harness.all.length = 0;
    harness.pass(3 * SECOND);
    const sent = names.map((name) =>
      harness.all.flatMap(({ at, effect }) =>
        effect.type === "send-advert" && effect.instance === name ? [at] : [],
      ),
    );
    const phases = sent.map(([first = 0]) => first % SECOND);
    expect(new Set(phases).size).toBe(names.length);
    for (const times of sent) {
      const [first = 0] = times;
      expect(times).toEqual([0, 1, 2].map((turn) => first + turn * SECOND));
    }
  });
});
