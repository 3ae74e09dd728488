import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Rule, RuleEvent } from "../../src/kernel/ports.ts";
import { eventually } from "../lab/process.ts";
import { type KernelUnderTest, refusal, settle } from "./host.ts";

const PROTOCOL = 18;

export function ruleContract(start: () => KernelUnderTest): void {
  describe("rules", () => {
    let host: KernelUnderTest;
    beforeEach(() => {
      host = start();
    });
    afterEach(() => {
      for (const rule of ours()) host.kernel.rules.delete(rule);
      host.close();
    });

    const rule = (change: Partial<Rule> = {}): Rule => ({
      family: 4,
      priority: 1000,
      action: "table",
      table: 300,
      from: { address: "198.51.100.0", prefixLength: 24 },
      tos: 0,
      protocol: PROTOCOL,
      ...change,
    });
    const ours = () => host.kernel.rules.list().filter(({ protocol }) => protocol === PROTOCOL);

    it("stand among those that are always there", () => {
      const priorities = host.kernel.rules.list().map(({ family, priority }) => `${family} ${priority}`);
      expect(priorities).toEqual(expect.arrayContaining(["4 0", "4 32766", "4 32767", "6 0", "6 32766"]));
    });

    it("keep every part they are added with", () => {
      const full = rule({
        not: true,
        to: { address: "203.0.113.0", prefixLength: 24 },
        tos: 8,
        iif: host.link,
        oif: "lo",
        fwmark: 0x10,
        fwmask: 0xff,
        uidRange: [1000, 2000],
        ipProtocol: 6,
        sourcePorts: [1, 2],
        destinationPorts: [3, 4],
        realms: (5 << 16) | 6,
        suppressPrefixLength: 3,
        suppressInterfaceGroup: 5,
      });
      const { from: _, ...anywhere } = rule();
      const others: Rule[] = [
        { ...anywhere, priority: 1001, action: "goto", table: 0, goto: 2000 },
        { ...anywhere, priority: 1002, action: "prohibit", table: 0 },
        { ...anywhere, priority: 2000, action: "nop", table: 0 },
        { ...anywhere, family: 6, priority: 1003, table: 0, l3mdev: true },
        rule({ family: 6, from: { address: "2001:db8::", prefixLength: 32 }, table: 5000 }),
      ];
      for (const one of [full, ...others]) host.kernel.rules.add(one);
      const [goto, prohibit, nop, l3mdev, six] = others;
      expect(ours()).toEqual([full, goto, prohibit, nop, six, l3mdev]);
      for (const one of ours()) host.kernel.rules.delete(one);
      expect(ours()).toEqual([]);
    });

    it("are refused as Linux refuses them", () => {
      const { rules } = host.kernel;
      rules.add(rule());
      expect(refusal(() => rules.add(rule()))).toBe("EEXIST");
      expect(refusal(() => rules.add(rule({ action: "goto", table: 0, goto: 500 })))).toBe("EINVAL");
      expect(refusal(() => rules.delete(rule({ priority: 1001 })))).toBe("ENOENT");
      expect(refusal(() => rules.delete(rule({ table: 301 })))).toBe("ENOENT");
      expect(refusal(() => rules.delete(rule({ protocol: 30 })))).toBe("ENOENT");
      expect(ours()).toEqual([rule()]);
    });

    it("report their coming and going to those who asked for their protocol", async () => {
      const events: RuleEvent[] = [];
      const monitor = host.kernel.rules.monitor(PROTOCOL, (event) => events.push(event));
      const six = rule({ family: 6, from: { address: "2001:db8::", prefixLength: 32 } });
      const foreign = rule({ protocol: 30, priority: 1500 });
      for (const one of [foreign, rule(), six]) host.kernel.rules.add(one);
      host.kernel.rules.delete(rule());
      host.kernel.rules.delete(foreign);
      await eventually("the last event", () => events.length >= 3);
      await settle();
      expect(events).toEqual([
        { type: "rule", rule: rule() },
        { type: "rule", rule: six },
        { type: "rule-removed", rule: rule() },
      ]);
      monitor.close();
    });
  });
}
