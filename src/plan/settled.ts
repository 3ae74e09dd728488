import type { Config, Rule } from "../config/config.ts";
import { type Block, itemOriginIn, itemsOf } from "./block.ts";

/** The preference that the first rule without one gets; the next one gets one less, as in keepalived. */
const FIRST = 16_384;

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
    for (const [index, { item }] of without.entries()) this.#preferences.set(item, FIRST - index);
  }

  /** The rule with its preference. */
  rule(rule: Rule): Rule {
    const preference = this.#preferences.get(rule);
    return preference === undefined ? rule : { ...rule, preference };
  }
}
