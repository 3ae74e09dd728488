import { familyOf, type IpFamily } from "../values/ip.ts";
import type { Config, Rule } from "./config.ts";
import { originOfKeyword } from "./open.ts";

/** The preference that the first rule of a family without one gets; the next one gets one less, as in keepalived. */
const FIRST = 16_384;

/** The family that a rule says, or its addresses; IPv4 when neither does. */
function familyOfRule({ family, from, to }: Rule): IpFamily {
  const address = [from, to].find((prefix) => prefix !== undefined && prefix !== "all");
  return family ?? (address === undefined ? 4 : familyOf(address));
}

/** The preferences of the rules that name none, static and of instances, in the order of the text. */
export function rulePreferences(
  config: Pick<Config, "static_rules" | "vrrp_instance" | "$">,
): ReadonlyMap<unknown, number> {
  const all = [
    ...config.static_rules.map((rule, index) => ({
      rule,
      at: originOfKeyword(config, "static_rules", index),
    })),
    ...config.vrrp_instance.flatMap((instance) =>
      instance.virtual_rules.map((rule, index) => ({
        rule,
        at: originOfKeyword(instance, "virtual_rules", index),
      })),
    ),
  ];
  const without = all.filter(({ rule }) => rule.preference === undefined).sort((a, b) => a.at - b.at);
  const next = { 4: FIRST, 6: FIRST };
  return new Map(without.map(({ rule }) => [rule, next[familyOfRule(rule)]--]));
}
