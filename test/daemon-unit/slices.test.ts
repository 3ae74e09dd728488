import { describe, expect, it } from "vitest";
import { emptyConfig } from "../../src/config/compile.ts";
import type { LvsEffect } from "../../src/core/lvs/contract.ts";
import { createLvsDirector } from "../../src/core/lvs/director.ts";
import { slicesOf } from "../../src/daemon/driver/slices.ts";
import { startOf, stopOf } from "../../src/daemon/parts.ts";
import { diff, forOwner } from "../../src/plan/diff.ts";
import { configOf } from "../core/lvs/world.ts";

const COUNT = 9;

/** Services of up to 3 servers (those of none are left out of a Config), every second with a sorry server; all of them tell of their end. */
const config = configOf(
  Array.from({ length: COUNT }, (_, service) => {
    const reals = Array.from(
      { length: service % 4 },
      (__, server) => `real_server 10.1.${service}.${server + 1} 80 {\n TCP_CHECK {\n }\n}\n`,
    );
    const sorry = service % 2 === 0 ? "sorry_server 10.2.0.1 80\n" : "";
    return `virtual_server 10.0.0.${service + 1} 80 {\n protocol TCP\n omega\n ${sorry}${reals.join("")}}\n`;
  }).join(""),
);

/** What a director does that is given a start and a stop, each in these slices. */
function effectsOf(size: number): readonly (readonly LvsEffect[])[] {
  const director = createLvsDirector();
  const effects = (
    changes: Iterable<readonly ReturnType<typeof diff>["changes"][number][]>,
    isStop: boolean,
  ) =>
    [...changes].flatMap((some) =>
      director.handle({ type: "apply", changes: some, ...(isStop && { isStop }) }, 0),
    );
  return [
    effects(slicesOf(startOf(config, "checkers"), size), false),
    effects(slicesOf(stopOf(config, "checkers"), size), true),
  ];
}

const ofType = (effects: readonly LvsEffect[], type: LvsEffect["type"]) =>
  effects.filter((effect) => effect.type === type);

describe("slicesOf", () => {
  it("leaves out nothing of a start and a stop, and changes no order", () => {
    const start = forOwner(diff(emptyConfig(), config), "checkers").changes;
    const stop = forOwner(diff(config, emptyConfig()), "checkers").changes;
    for (const size of [1, 5, 1_000]) {
      expect([...slicesOf(startOf(config, "checkers"), size)].flat()).toEqual(start);
      expect([...slicesOf(stopOf(config, "checkers"), size)].flat()).toEqual(stop);
    }
  });

  it("has each virtual server in one slice, and begins another one when it is full", () => {
    for (const changes of [startOf(config, "checkers"), stopOf(config, "checkers")]) {
      const slices = [...slicesOf(changes, 5)];
      expect(slices.length).toBeGreaterThan(2);
      for (const slice of slices.slice(0, -1)) expect(slice.length).toBeGreaterThanOrEqual(5);
      const services = slices.map(
        (slice) =>
          new Set(slice.flatMap(({ object, id, parent }) => (object === "global_defs" ? [] : parent || id))),
      );
      expect(services.reduce((sum, { size }) => sum + size, 0)).toBe(config.virtual_server.length);
    }
  });

  it("makes no difference to what is done to the table, to who is told of it, and to what is said", () => {
    const [start = [], stop = []] = effectsOf(1_000);
    const [slicedStart = [], slicedStop = []] = effectsOf(5);
    expect(ofType(start, "ipvs").length).toBeGreaterThan(COUNT);
    expect(ofType(stop, "fifo-line").length).toBeGreaterThan(COUNT);
    for (const type of ["ipvs", "fifo-line", "run-script"] as const) {
      expect(ofType(slicedStart, type)).toEqual(ofType(start, type));
      expect(ofType(slicedStop, type)).toEqual(ofType(stop, type));
    }
    expect(ofType(slicedStop, "log")).toEqual(ofType(stop, "log"));
    expect(new Set(slicedStart)).toEqual(new Set(start));
  });
});
