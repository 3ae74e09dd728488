import { NLM_F_CREATE, NLM_F_EXCL } from "../../wire/netlink.ts";
import { RTMGRP_RULES } from "../../wire/rtnetlink.ts";
import {
  RTM_DELRULE,
  RTM_GETRULE,
  RTM_NEWRULE,
  readRule,
  writeRule,
  writeRuleDump,
} from "../../wire/rtnetlink-rule.ts";
import type { Closable, Rule, RuleEvent, RulePort } from "../ports.ts";
import type { RouteMonitor } from "./monitor.ts";
import type { NetlinkSocket } from "./netlink-socket.ts";

/** Routing rules over rtnetlink. */
export class LinuxRules implements RulePort {
  readonly #route: () => NetlinkSocket;
  readonly #watch: RouteMonitor;

  constructor(route: () => NetlinkSocket, watch: RouteMonitor) {
    this.#route = route;
    this.#watch = watch;
  }

  list(): Rule[] {
    return ([4, 6] as const).flatMap((family) =>
      this.#route().dump(
        `list rules of IPv${family}`,
        RTM_GETRULE,
        (writer) => writeRuleDump(writer, family),
        ({ payload }) => readRule(payload),
      ),
    );
  }

  add(rule: Rule): void {
    const operation = `add rule ${rule.priority}`;
    this.#route().execute(operation, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, (writer) =>
      writeRule(writer, rule),
    );
  }

  delete(rule: Rule): void {
    this.#route().execute(`delete rule ${rule.priority}`, RTM_DELRULE, 0, (writer) =>
      writeRule(writer, rule),
    );
  }

  monitor(protocol: number, callback: (event: RuleEvent) => void): Closable {
    return this.#watch(
      RTMGRP_RULES,
      ({ type, payload }) => {
        const rule = readRule(payload);
        if (!rule || rule.protocol !== protocol) return;
        if (type === RTM_NEWRULE) callback({ type: "rule", rule });
        else if (type === RTM_DELRULE) callback({ type: "rule-removed", rule });
      },
      () => callback({ type: "lost" }),
    );
  }
}
