import type { Route, Rule, VirtualAddress } from "../../config/config.ts";
import type { Change } from "../../plan/plan.ts";

/** The interfaces that addresses, routes and rules of a change name. */
export function interfacesHeldBy(change: Change): string[] {
  switch (change.object) {
    case "vrrp_instance": {
      const { after } = change;
      if (after === undefined) return [];
      const addresses = [...after.virtual_ipaddress, ...after.virtual_ipaddress_excluded];
      return [
        ...addresses.flatMap(ofAddress),
        ...after.virtual_routes.flatMap(ofRoute),
        ...after.virtual_rules.flatMap(ofRule),
      ];
    }
    case "static_ipaddress":
      return change.after === undefined ? [] : ofAddress(change.after);
    case "static_route":
      return change.after === undefined ? [] : ofRoute(change.after);
    case "static_rule":
      return change.after === undefined ? [] : ofRule(change.after);
    default:
      return [];
  }
}

const named = (names: readonly (string | undefined)[]): string[] =>
  names.filter((name) => name !== undefined);

const ofAddress = ({ dev }: VirtualAddress) => named([dev]);
const ofRoute = ({ dev, nexthop = [] }: Route) => named([dev, ...nexthop.map((hop) => hop.dev)]);
const ofRule = ({ iif, oif }: Rule) => named([iif, oif]);
