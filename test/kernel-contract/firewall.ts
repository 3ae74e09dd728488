import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Kernel } from "../../src/kernel/ports.ts";
import type { FirewallCommand, FirewallTable } from "../../src/wire/nftables-types.ts";
import { type KernelUnderTest, refusal } from "./host.ts";

const table: FirewallTable = { family: "ip", name: "hf-test" };
const table6: FirewallTable = { family: "ip6", name: "hf-test" };
const address = (last: number) => ({ key: new Uint8Array([192, 0, 2, last]) });

const START: readonly FirewallCommand[] = [
  { type: "add-table", table },
  { type: "add-set", table, set: "vips", keys: ["ipv4_addr"] },
  { type: "add-elements", table, set: "vips", elements: [address(1), address(2)] },
  { type: "add-chain", table, chain: "in", hook: { point: "input", priority: -1 } },
  {
    type: "add-rule",
    table,
    chain: "in",
    expressions: [
      { type: "payload", base: "network", offset: 16, length: 4, into: 1 },
      { type: "lookup", set: "vips", register: 1 },
      { type: "counter" },
      { type: "verdict", verdict: "drop" },
    ],
  },
];

export function firewallContract(start: () => KernelUnderTest): void {
  describe("the firewall", () => {
    let host: KernelUnderTest;
    let kernel: Kernel;
    beforeEach(() => {
      host = start();
      kernel = host.kernel;
    });
    afterEach(() => {
      for (const left of ours()) kernel.firewall.apply([{ type: "delete-table", table: left }]);
      host.close();
    });

    const ours = () => kernel.firewall.tables().filter(({ name }) => name === "hf-test");
    const vips = () =>
      kernel.firewall
        .elements(table, "vips")
        .map(({ key }) => key[3])
        .sort();

    it("takes a table with all that is in it, and gives it up whole", () => {
      kernel.firewall.apply(START);
      expect(ours()).toEqual([table]);
      expect(vips()).toEqual([1, 2]);
      kernel.firewall.apply([
        { type: "delete-elements", table, set: "vips", elements: [address(1)] },
        { type: "add-elements", table, set: "vips", elements: [address(3)] },
      ]);
      expect(vips()).toEqual([2, 3]);
      kernel.firewall.apply([{ type: "delete-table", table }]);
      expect(ours()).toEqual([]);
      expect(refusal(() => kernel.firewall.elements(table, "vips"))).toBe("ENOENT");
    });

    it("keeps families apart", () => {
      kernel.firewall.apply([...START, { type: "add-table", table: table6 }]);
      expect(ours()).toHaveLength(2);
      kernel.firewall.apply([{ type: "delete-table", table }]);
      expect(ours()).toEqual([table6]);
    });

    it("replaces a table in one transaction", () => {
      kernel.firewall.apply(START);
      const again: FirewallCommand[] = [
        { type: "add-table", table },
        { type: "delete-table", table },
      ];
      kernel.firewall.apply([...again, ...START.slice(0, 2)]);
      expect(vips()).toEqual([]);
    });

    it("does all or nothing", () => {
      kernel.firewall.apply(START);
      const refused: FirewallCommand[] = [
        { type: "add-elements", table, set: "vips", elements: [address(9)] },
        { type: "delete-elements", table, set: "vips", elements: [address(77)] },
        { type: "add-elements", table, set: "vips", elements: [address(10)] },
      ];
      expect(refusal(() => kernel.firewall.apply(refused))).toBe("ENOENT");
      expect(vips()).toEqual([1, 2]);
      expect(refusal(() => kernel.firewall.apply([{ type: "delete-table", table: table6 }]))).toBe("ENOENT");
      expect(refusal(() => kernel.firewall.apply([]))).toBe("none");
    });

    it("has maps of ranges, which must not overlap", () => {
      const set = "tcp_map";
      const key = (last: number, port: number) =>
        new Uint8Array([192, 0, 2, last, port >> 8, port & 0xff, 0, 0]);
      const mark = new Uint8Array(new Uint32Array([1000]).buffer);
      const range = (first: number, last: number, port: number) => ({
        key: key(first, port),
        end: key(last, port),
        value: mark,
      });
      const change = (
        type: "add-elements" | "delete-elements",
        ...elements: ReturnType<typeof range>[]
      ): FirewallCommand => ({
        type,
        table,
        set,
        elements,
      });
      kernel.firewall.apply([
        { type: "add-table", table },
        { type: "add-set", table, set, keys: ["ipv4_addr", "inet_service"], values: "mark", ranges: true },
        { type: "add-chain", table, chain: "in", hook: { point: "input", priority: -1 } },
        {
          type: "add-rule",
          table,
          chain: "in",
          expressions: [
            { type: "payload", base: "network", offset: 16, length: 4, into: 1 },
            { type: "payload", base: "transport", offset: 2, length: 2, into: 9 },
            { type: "lookup", set, register: 1, into: 1 },
            { type: "set-mark", register: 1 },
            { type: "verdict", verdict: "return" },
          ],
        },
        change("add-elements", range(1, 9, 80), range(1, 20, 443)),
      ]);
      expect(kernel.firewall.elements(table, set)).toEqual(
        expect.arrayContaining([range(1, 9, 80), range(1, 20, 443)]),
      );
      expect(refusal(() => kernel.firewall.apply([change("add-elements", range(5, 15, 80))]))).toBe("EEXIST");
      // What one transaction deletes is free for what it adds.
      kernel.firewall.apply([
        change("delete-elements", range(1, 9, 80)),
        change("add-elements", range(5, 15, 80)),
      ]);
      expect(kernel.firewall.elements(table, set)).toEqual(
        expect.arrayContaining([range(5, 15, 80), range(1, 20, 443)]),
      );
      expect(kernel.firewall.elements(table, set)).toHaveLength(2);
    });

    it("has maps, whose keys have one value", () => {
      const link = kernel.links.get(host.link)?.index ?? 0;
      const index = (value: number) => new Uint8Array(new Uint32Array([value]).buffer);
      const add = (value: number): FirewallCommand => ({
        type: "add-elements",
        table,
        set: "vmac_map",
        elements: [{ key: index(link), value: index(value) }],
      });
      kernel.firewall.apply([
        { type: "add-table", table },
        { type: "add-set", table, set: "vmac_map", keys: ["iface_index"], values: "iface_index" },
        add(1),
      ]);
      expect(kernel.firewall.elements(table, "vmac_map")).toEqual([{ key: index(link), value: index(1) }]);
      expect(refusal(() => kernel.firewall.apply([add(link)]))).toBe("EEXIST");
    });
  });
}
