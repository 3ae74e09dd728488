import type { Route } from "../../config/config.ts";
import { routeLine } from "../../config/dump-keepalived/network.ts";
import type { Kernel, Route as KernelRoute } from "../../kernel/ports.ts";
import type { Log } from "../log/log.ts";
import { Held, type Port } from "./held.ts";
import { VRRP_PROTOCOL } from "./interfaces.ts";
import { kernelRoute } from "./kernel-route.ts";
import type { Host } from "./unresolved.ts";

/** A configured route with where it goes among its like, which only adding it asks. */
interface PlacedRoute extends KernelRoute {
  readonly append: boolean;
}

/** The metric of IPv6 routes that name none. */
const IPV6_METRIC = 1024;

const metricOf = ({ family, metric }: KernelRoute) => (family === 6 && metric === 0 ? IPV6_METRIC : metric);

/** Whether two routes are alternatives of each other. */
const alternatives = (a: KernelRoute, b: KernelRoute) =>
  a.family === b.family &&
  a.destination === b.destination &&
  a.prefixLength === b.prefixLength &&
  a.table === b.table &&
  a.tos === b.tos &&
  metricOf(a) === metricOf(b);

/** Whether a route leads where another says: the kernel adds the interface of a gateway. */
const sameHops = (entry: KernelRoute, told: KernelRoute) =>
  entry.nexthops.length === told.nexthops.length &&
  entry.nexthops.every(({ ifindex, gateway }, index) => {
    const hop = told.nexthops[index];
    return hop?.gateway === gateway && (ifindex === 0 || hop?.ifindex === ifindex);
  });

/** Of IPv6 the kernel tells routes apart by next hop alone: what differs in the rest takes the other's place. */
const takesPlace = (a: KernelRoute, b: KernelRoute) => a.family === 6 && alternatives(a, b) && sameHops(a, b);

function some(held: Iterable<KernelRoute>, is: (one: KernelRoute) => boolean): boolean {
  for (const one of held) if (is(one)) return true;
  return false;
}

function matches(entry: KernelRoute, told: KernelRoute): boolean {
  const nowhere = entry.nexthops.length === 0; // IPv6 sends those to the loopback interface
  return (
    alternatives(entry, told) &&
    entry.type === told.type &&
    entry.protocol === told.protocol &&
    (nowhere || sameHops(entry, told))
  );
}

/** Routes of a kernel. */
function routePort(kernel: Kernel, host: Host): Port<Route, PlacedRoute> {
  return {
    what: "route",
    text: routeLine,
    resolve: (item) => ({ ...kernelRoute(item, host), append: item.append === true }),
    key: (entry) => JSON.stringify(entry, (_key, part) => (typeof part === "bigint" ? String(part) : part)),
    add: ({ append, ...entry }, held) => {
      const placement = some(held, (other) => takesPlace(other, entry)) ? "replace" : "prepend";
      kernel.routes.add(entry, append ? "append" : placement);
    },
    delete: ({ append: _, ...entry }, held) => {
      if (!some(held, (other) => takesPlace(other, entry))) kernel.routes.delete(entry);
    },
    matches,
    list: () => kernel.routes.list(VRRP_PROTOCOL).map((route) => ({ ...route, append: false })),
  };
}

/** The routes that VRRP holds, virtual and static; none yet. */
export function vrrpRoutes(kernel: Kernel, host: Host, log: Log): Held<Route, PlacedRoute> {
  return new Held(routePort(kernel, host), log);
}
