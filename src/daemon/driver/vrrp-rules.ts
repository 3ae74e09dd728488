import type { Rule } from "../../config/config.ts";
import { ruleLine } from "../../config/dump-keepalived/network.ts";
import type { Kernel, Rule as KernelRule } from "../../kernel/ports.ts";
import type { RulePrefix } from "../../wire/rtnetlink-rule.ts";
import type { Log } from "../log/log.ts";
import { Held, type Port } from "./held.ts";
import { kernelRule } from "./kernel-rule.ts";
import type { Host } from "./unresolved.ts";

const samePrefix = (a: RulePrefix | undefined, b: RulePrefix | undefined) =>
  (a?.prefixLength ?? 0) === (b?.prefixLength ?? 0) &&
  ((a?.prefixLength ?? 0) === 0 || a?.address === b?.address);

/** By what tells most rules apart; two that differ in ports only are told apart when one of them is added again. */
function matches(entry: KernelRule, told: KernelRule): boolean {
  return (
    (
      ["family", "priority", "action", "table", "goto", "iif", "oif", "tos", "fwmark", "ipProtocol"] as const
    ).every((part) => entry[part] === told[part]) &&
    (entry.not ?? false) === (told.not ?? false) &&
    samePrefix(entry.from, told.from) &&
    samePrefix(entry.to, told.to)
  );
}

/** Rules come with the preferences that they are to have. */
const SETTLED = { preferences: new Map<unknown, number>() };

/** Rules of a kernel. */
function rulePort(kernel: Kernel, host: Host): Port<Rule, KernelRule> {
  return {
    what: "rule",
    text: (item) => ruleLine(item, SETTLED),
    resolve: (item) => kernelRule(item, host),
    key: (entry) => JSON.stringify(entry),
    add: (entry) => kernel.rules.add(entry),
    delete: (entry) => kernel.rules.delete(entry),
    matches,
    list: () => kernel.rules.list(),
  };
}

/** The rules that VRRP holds, virtual and static; none yet. */
export function vrrpRules(kernel: Kernel, host: Host, log: Log): Held<Rule, KernelRule> {
  return new Held(rulePort(kernel, host), log);
}
