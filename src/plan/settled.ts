import type { Config, Rule } from "../config/config.ts";
import { rulePreferences } from "../config/rule-preferences.ts";

/** What items leave open and the configuration around them says. */
export class Settled {
  /** Interface of static addresses that name none. */
  readonly defaultInterface: string;
  /** The preferences of the rules that name none, in the order of the text. */
  readonly #preferences: ReadonlyMap<unknown, number>;

  constructor(config: Config) {
    this.defaultInterface = config.global_defs.default_interface;
    this.#preferences = rulePreferences(config);
  }

  /** The rule with its preference. */
  rule(rule: Rule): Rule {
    const preference = this.#preferences.get(rule);
    return preference === undefined ? rule : { ...rule, preference };
  }
}
