import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type MarkedPool, markElements } from "../../../src/core/lvs/mark-maps.ts";
import { bytesToIp, ipToBytes } from "../../../src/values/ip.ts";
import type { FirewallElement } from "../../../src/wire/nftables-types.ts";
import { World } from "./world.ts";

const globals = (lines: string) => `global_defs {\n${lines}\n}\n`;
const group = (name: string, ...entries: string[]) =>
  `virtual_server_group ${name} {\n${entries.join("\n")}\n}\n`;
const service = (name: string, lines: string, real: string) =>
  `virtual_server group ${name} {\nlb_algo rr\n${lines}\nreal_server ${real} {\n}\n}\n`;

const MARKING = globals("nftables_ipvs");
const TCP = service("G", "lb_kind NAT\nprotocol TCP", "10.0.1.1 80");
const UDP = service("G", "lb_kind DR\nprotocol UDP", "10.0.1.1 80");

/** The number in an element's value. */
const markOf = ({ value }: FirewallElement) =>
  new DataView((value ?? new Uint8Array(4)).slice().buffer).getUint32(0, true);

/** An element as `10.0.0.1-10.0.0.9 80-80: 1000`. */
function text(element: FirewallElement): string {
  const part = (key: Uint8Array) => {
    const at = key.length === 20 ? 16 : 4;
    return [bytesToIp(key.subarray(0, at)), ((key[at] ?? 0) << 8) | (key[at + 1] ?? 0)] as const;
  };
  const [from, first] = part(element.key);
  const [to, last] = part(element.end ?? element.key);
  return `${from}-${to} ${first}-${last}: ${markOf(element)}`;
}

function map(world: World, set: string, name = "keepalived_ipvs", family: "ip" | "ip6" = "ip"): string[] {
  return world.firewall.elements({ family, name }, set).map(text).sort();
}

const services = (world: World) => world.table.lines().filter((line) => !line.includes("->"));

describe("nftables_ipvs", () => {
  it("makes one service of a group, with a mark that its packets get", () => {
    const world = new World().apply(MARKING + group("G", "10.0.0.1 80", "10.0.0.5-9 81") + TCP + UDP, true);
    expect(world.table.lines()).toEqual([
      "fwmark 4 1000 -> 10.0.1.1:80 m 1",
      "fwmark 4 1000 rr",
      "fwmark 4 1001 -> 10.0.1.1:0 g 1",
      "fwmark 4 1001 rr",
    ]);
    expect(map(world, "tcp_map")).toEqual(["10.0.0.1-10.0.0.1 80-80: 1000", "10.0.0.5-10.0.0.9 81-81: 1000"]);
    expect(map(world, "udp_map")).toEqual(["10.0.0.1-10.0.0.1 80-80: 1001", "10.0.0.5-10.0.0.9 81-81: 1001"]);
    expect(world.apply().firewall.tables()).toEqual([]);
    expect(world.table.lines()).toEqual([]);
  });

  it("makes a service for each family of the addresses", () => {
    const text = service("G", "lb_kind TUN\nprotocol TCP", "10.0.1.1 80");
    const world = new World().apply(MARKING + group("G", "10.0.0.1 80", "fd00::1 80") + text, true);
    expect(services(world)).toEqual(["fwmark 4 1000 rr", "fwmark 6 1000 rr"]);
    expect(map(world, "tcp_map", "keepalived_ipvs", "ip6")).toEqual(["fd00::1-fd00::1 80-80: 1000"]);
  });

  it("leaves a group alone that has marks itself, and virtual servers that are of none", () => {
    const plain = TCP.replace("group G", "10.0.0.7 80");
    const world = new World().apply(MARKING + group("G", "10.0.0.1 80", "fwmark 5") + TCP + plain, true);
    expect(services(world)).toEqual(["6 10.0.0.1 80 rr", "6 10.0.0.7 80 rr", "fwmark 4 5 rr"]);
    expect(world.firewall.tables()).toEqual([]);
  });

  it("takes the table's name, its priority and the first mark from global_defs, and passes over marks that are taken", () => {
    const text = globals("nftables_ipvs mine\nnftables_ipvs_start_fwmark 5");
    const marked = group("M", "fwmark 6") + service("M", "lb_kind NAT", "10.0.1.1 80");
    const own = service("G", "lb_kind NAT\nprotocol TCP", "10.0.1.1 80").replace("group G", "fwmark 5");
    const world = new World().apply(text + group("G", "10.0.0.1 80") + TCP + marked + own, true);
    expect(services(world)).toEqual(["fwmark 4 5 rr", "fwmark 4 6 rr", "fwmark 4 7 rr"]);
    expect(map(world, "tcp_map", "mine")).toEqual(["10.0.0.1-10.0.0.1 80-80: 7"]);
  });

  it("takes port 0 for all ports, after those that are named", () => {
    const other = group("H", "10.0.0.1 80") + service("H", "lb_kind NAT\nprotocol TCP", "10.0.1.1 80");
    const world = new World().apply(MARKING + group("G", "10.0.0.1") + TCP + other, true);
    expect(map(world, "tcp_map")).toEqual(["10.0.0.1-10.0.0.1 80-80: 1001"]);
    expect(map(world, "tcp_all_ports_map")).toEqual(["10.0.0.1-10.0.0.1 0-65535: 1000"]);
  });

  it("changes elements of a group that a reload changes, in one transaction, and no service", () => {
    const world = new World().apply(MARKING + group("G", "10.0.0.1-9 80") + TCP + UDP, true);
    world.take();
    world.apply(MARKING + group("G", "10.0.0.5-12 80", "10.1.0.1 443") + TCP + UDP);
    expect(world.take()).toEqual({ logs: [], scripts: [], commands: [] });
    expect(map(world, "tcp_map")).toEqual([
      "10.0.0.5-10.0.0.12 80-80: 1000",
      "10.1.0.1-10.1.0.1 443-443: 1000",
    ]);
    world.apply(MARKING + group("G", "10.0.0.5-12 80") + UDP);
    expect(services(world)).toEqual(["fwmark 4 1001 rr"]);
    expect(map(world, "tcp_map")).toEqual([]);
    // A mark is nobody else's as long as the daemon runs.
    world.apply(MARKING + group("G", "10.0.0.5-12 80") + TCP + UDP);
    expect(services(world)).toEqual(["fwmark 4 1001 rr", "fwmark 4 1002 rr"]);
  });

  it("comes, goes and moves with the keyword", () => {
    const rest = group("G", "10.0.0.1-2 80") + TCP;
    const world = new World().apply(rest, true);
    expect(services(world)).toEqual(["6 10.0.0.1 80 rr", "6 10.0.0.2 80 rr"]);
    world.apply(MARKING + rest);
    expect(services(world)).toEqual(["fwmark 4 1000 rr"]);
    world.apply(globals("nftables_ipvs other\nnftables_ipvs_priority -7") + rest);
    expect(world.firewall.tables()).toEqual([{ family: "ip", name: "other" }]);
    expect(map(world, "tcp_map", "other")).toEqual(["10.0.0.1-10.0.0.2 80-80: 1000"]);
    world.apply(rest);
    expect(services(world)).toEqual(["6 10.0.0.1 80 rr", "6 10.0.0.2 80 rr"]);
    expect(world.firewall.tables()).toEqual([]);
  });

  it("makes everything anew after a refusal", () => {
    const world = new World().apply(MARKING + group("G", "10.0.0.1 80") + TCP, true);
    world.director.handle({ type: "firewall-refused" }, world.now);
    world.apply(MARKING + group("G", "10.0.0.2 80") + TCP);
    expect(map(world, "tcp_map")).toEqual(["10.0.0.2-10.0.0.2 80-80: 1000"]);
  });

  it("gives each address and port the mark of the first group that has it, in ranges that do not overlap", () => {
    const pool = fc.record({
      mark: fc.integer({ min: 1, max: 9 }),
      protocol: fc.constant("TCP" as const),
      entries: fc.array(
        fc
          .record({
            first: fc.integer({ min: 1, max: 40 }),
            length: fc.integer({ min: 0, max: 20 }),
            port: fc.constantFrom(80, 81),
          })
          .map(({ first, length, port }) => ({
            type: "range" as const,
            from: `10.0.0.${first}`,
            to: `10.0.0.${first + length}`,
            port,
          })),
        { maxLength: 5 },
      ),
    });
    fc.assert(
      fc.property(fc.array(pool, { maxLength: 5 }), (pools: MarkedPool[]) => {
        const wanted = new Map<string, number>();
        for (const { mark, entries } of pools)
          for (const entry of entries) {
            if (entry.type !== "range") continue;
            const [first, last] = [entry.from, entry.to].map((address) => ipToBytes(address)?.[3] ?? 0);
            for (let i = first ?? 0; i <= (last ?? 0); i++) {
              const place = `${i} ${entry.port}`;
              if (!wanted.has(place)) wanted.set(place, mark);
            }
          }
        const given = new Map<string, number>();
        for (const element of markElements(pools).get("ip tcp_map")?.elements.values() ?? []) {
          const port = ((element.key[4] ?? 0) << 8) | (element.key[5] ?? 0);
          for (let i = element.key[3] ?? 0; i <= (element.end?.[3] ?? 0); i++) {
            expect(given.has(`${i} ${port}`)).toBe(false);
            given.set(`${i} ${port}`, markOf(element));
          }
        }
        expect(new Map([...given].sort())).toEqual(new Map([...wanted].sort()));
      }),
    );
  });
});
