import type { Route, Rule, VirtualAddress, VrrpInstance } from "../../config/config.ts";
import type { Change } from "../../plan/plan.ts";

/** What an instance has besides addresses, and the interfaces that it goes by because of all that. */
export interface Surroundings {
  readonly routes: readonly Route[];
  readonly rules: readonly Rule[];
  /** Interfaces that are needed for what it holds, or for what its track groups name. */
  readonly follows: readonly string[];
}

type StaticChange = Extract<Change, { object: "static_ipaddress" | "static_route" | "static_rule" }>;

/** The interfaces of one static object, and the group that follows them. */
interface Followed {
  readonly group: string;
  readonly interfaces: readonly string[];
}

/** Routes and rules of instances as plans leave them, and which instances static objects concern. */
export class PlannedHoldings {
  /** Rules of each instance with settled preferences; an instance that no plan had rules for is missing. */
  readonly #rules = new Map<string, Rule[]>();
  /** Members of each track group. */
  readonly #groups = new Map<string, readonly string[]>();
  /** By address in the plan. */
  readonly #followed = new Map<string, Followed>();

  /** Carries the changes over. A plan lists what stays, too. */
  take(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.object === "vrrp_instance") this.#rules.delete(change.id);
    }
    for (const change of changes) this.#take(change);
  }

  /** What belongs to an instance. `all`: its addresses. */
  of(config: VrrpInstance, all: readonly VirtualAddress[]): Surroundings {
    const routes = config.virtual_routes ?? [];
    const rules = this.#rules.get(config.name) ?? config.virtual_rules ?? [];
    const groups = [...this.#groups].filter(([, members]) => members.includes(config.name));
    const names = new Set(groups.map(([name]) => name));
    const held = [...all.filter(tracked).map(({ dev }) => dev), ...routes.filter(tracked).flatMap(devicesOf)];
    const ruled = rules.filter(tracked).flatMap(({ iif, oif }) => [iif, oif]);
    const shared = [...this.#followed.values()]
      .filter(({ group }) => names.has(group))
      .flatMap(({ interfaces }) => interfaces);
    const follows = new Set([...held, ...ruled, ...shared]);
    follows.delete(undefined);
    follows.delete(config.interface);
    follows.delete("lo");
    return { routes, rules, follows: [...follows].filter((name) => name !== undefined) };
  }

  #take(change: Change): void {
    switch (change.object) {
      case "virtual_rule": {
        if (change.after === undefined) return;
        const rules = this.#rules.get(change.parent) ?? [];
        this.#rules.set(change.parent, [...rules, change.after]);
        return;
      }
      case "track_group":
        if (change.after === undefined) this.#groups.delete(change.id);
        else this.#groups.set(change.id, change.after.group ?? []);
        return;
      case "static_ipaddress":
      case "static_route":
      case "static_rule":
        this.#takeStatic(change);
        return;
      default:
        return;
    }
  }

  #takeStatic(change: StaticChange): void {
    const group = change.after?.track_group;
    if (group === undefined) this.#followed.delete(change.address);
    else this.#followed.set(change.address, { group, interfaces: interfacesOf(change) });
  }
}

const tracked = ({ no_track }: { readonly no_track?: true }) => no_track !== true;

function interfacesOf(change: StaticChange): string[] {
  const names =
    change.object === "static_ipaddress"
      ? [change.after?.dev]
      : change.object === "static_route"
        ? change.after && devicesOf(change.after)
        : [change.after?.iif, change.after?.oif];
  return (names ?? []).filter((name) => name !== undefined);
}

/** The interfaces that a route leads out of, as far as it names them. */
function devicesOf({ dev, nexthop = [] }: Route): string[] {
  return [dev, ...nexthop.map((hop) => hop.dev)].filter((name) => name !== undefined);
}
