import type { Config, Rule } from "../config/config.ts";
import { familyOf, type IpFamily } from "../values/ip.ts";
import { type Block, itemOriginIn, itemsOf } from "./block.ts";

/** The preference that the first rule of a family without one gets; the next one gets one less, as in keepalived. */
const FIRST = 16_384;

/** The family that a rule says, or its addresses; IPv4 when neither does. */
function familyOfRule({ family, from, to }: Rule): IpFamily {
  const address = [from, to].find((prefix) => prefix !== undefined && prefix !== "all");
  return family ?? (address === undefined ? 4 : familyOf(address));
}

/** What items leave open and the configuration around them says. */
export class Settled {
  /** Interface of static addresses that name none. */
  readonly defaultInterface: string;
  /** The preferences of the rules that name none, in the order of the text. */
  readonly #preferences = new Map<unknown, number>();

  constructor(config: Config) {
    this.defaultInterface = config.global_defs.default_interface;
    const lists: readonly (readonly [block: Block, keyword: string])[] = [
      [config, "static_rules"],
      ...config.vrrp_instance.map((instance): [Block, string] => [instance, "virtual_rules"]),
    ];
    const without = lists.flatMap(([block, keyword]) =>
      itemsOf(block[keyword])
        .map((item, index) => ({ item: item as Rule, at: itemOriginIn(block, keyword, index) })) // a list of rules
        .filter(({ item }) => item.preference === undefined),
    );
    without.sort((a, b) => a.at - b.at);
    const next = { 4: FIRST, 6: FIRST };
    for (const { item } of without) this.#preferences.set(item, next[familyOfRule(item)]--);
  }

  /** The rule with its preference. */
  rule(rule: Rule): Rule {
    const preference = this.#preferences.get(rule);
    return preference === undefined ? rule : { ...rule, preference };
  }
}
