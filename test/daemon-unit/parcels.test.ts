import { deserialize, serialize } from "node:v8";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { VirtualServer } from "../../src/config/config.ts";
import { type Parcel, ParcelReader, ParcelWriter } from "../../src/daemon/parcels.ts";
import { configOf } from "../core/lvs/world.ts";

const CHECKERS = [
  "",
  "TCP_CHECK {\n connect_timeout 3\n}\n",
  "HTTP_GET {\n url {\n path /a\n status_code 200\n}\n url {\n path /b\n}\n}\n",
  "MISC_CHECK {\n misc_path /bin/true\n}\nTCP_CHECK {\n}\n",
];

const real = fc.record({
  host: fc.integer({ min: 1, max: 250 }),
  weight: fc.integer({ min: 1, max: 3 }),
  checkers: fc.constantFrom(...CHECKERS),
  method: fc.constantFrom("", "lvs_method DR\n"),
});

const service = fc.record({
  reals: fc.uniqueArray(real, { selector: ({ host }) => host, minLength: 1, maxLength: 5 }),
  sorry: fc.boolean(),
  algorithm: fc.constantFrom("rr", "wlc"),
  mark: fc.boolean(),
});

/** Services of one file, of which many parts are alike, and some are shared. */
const services = fc.array(service, { minLength: 1, maxLength: 30 }).map((all) =>
  all
    .map(({ reals, sorry, algorithm, mark }, at) => {
      const name = mark ? `fwmark ${at + 1}` : `10.0.0.${at + 1} 80`;
      const inside = reals.map(
        ({ host, weight, checkers, method }) =>
          `real_server 10.1.${at}.${host} 80 {\n weight ${weight}\n ${method}${checkers}}\n`,
      );
      return `virtual_server ${name} {\n lb_algo ${algorithm}\n ${sorry ? "sorry_server 10.2.0.1 80\n" : ""}${inside.join("")}}\n`;
    })
    .join(""),
);

/** What a child makes of them, through the same copy that its channel makes. */
function sent(virtual: readonly VirtualServer[]): VirtualServer[] {
  const reader = new ParcelReader();
  return [...new ParcelWriter().parcels(virtual)].flatMap((parcel) =>
    reader.read(deserialize(serialize(parcel)) as Parcel),
  );
}

describe("parcels", () => {
  it("bring every virtual server as it was", () => {
    fc.assert(
      fc.property(services, (text) => {
        const { virtual_server } = configOf(text);
        expect(sent(virtual_server)).toStrictEqual(virtual_server);
      }),
      { numRuns: 60 },
    );
  });

  it("bring more than one parcel holds, in a few bytes each, and what is shared as shared", () => {
    const text = Array.from({ length: 1_000 }, (_, at) => {
      const reals = [1, 2, 3].map(
        (host) => `real_server 10.1.${at >> 8}.${host} ${at + 1} {\n ${CHECKERS[host % 2] ?? ""}}\n`,
      );
      return `virtual_server 10.0.${at >> 8}.${at & 255} 80 {\n ${reals.join("")}}\n`;
    }).join("");
    const { virtual_server } = configOf(text);
    const parcels = [...new ParcelWriter().parcels(virtual_server)];
    expect(parcels.length).toBeGreaterThan(1);
    expect(serialize(parcels).length).toBeLessThan(serialize(virtual_server).length / 5);
    const there = sent(virtual_server);
    expect(there).toEqual(virtual_server);
    const lists = (all: readonly VirtualServer[]) =>
      new Set(all.flatMap(({ real_server }) => real_server.map(({ TCP_CHECK }) => TCP_CHECK))).size;
    expect(lists(virtual_server)).toBeLessThan(10);
    expect(lists(there)).toBeLessThan(10);
  });
});
