import { familyOf, ipToBytes } from "../../values/ip.ts";
import { ERRNO } from "../../wire/errno.ts";
import type { NextHop } from "../../wire/rtnetlink-route.ts";
import { kernelError } from "../errors.ts";
import type { Closable, Route, RouteEvent, RoutePlacement, RoutePort } from "../ports.ts";
import { network } from "../subnet.ts";
import type { MemoryAddresses } from "./addresses.ts";
import type { Faults } from "./faults.ts";
import type { MemoryLinks } from "./links.ts";

/** The metric of IPv6 routes that name none. */
const IPV6_METRIC = 1024;
/** Types of routes that lead nowhere. */
const NOWHERE: ReadonlySet<string> = new Set(["blackhole", "unreachable", "prohibit", "throw"]);

/** Routes with one of these in common are alternatives: the first of them counts. */
const key = ({ family, table, destination, prefixLength, tos, metric, from }: Route) =>
  JSON.stringify([family, table, destination, prefixLength, tos, metric, from]);

const text = (value: unknown) =>
  JSON.stringify(value, (_key, part) => (typeof part === "bigint" ? String(part) : part));

/** Whether two routes lead to the same place in the same way. */
const sameWay = (a: Route, b: Route) =>
  a.type === b.type &&
  a.scope === b.scope &&
  a.protocol === b.protocol &&
  a.source === b.source &&
  text(a.metrics) === text(b.metrics) &&
  text(a.nexthops) === text(b.nexthops);

/** Routes with Linux's rules: what exists twice, which gateways are neighbours, what goes with a link. */
export class MemoryRoutes implements RoutePort {
  #routes: Route[] = [];
  readonly #monitors = new Map<(event: RouteEvent) => void, number>();
  readonly #links: MemoryLinks;
  readonly #addresses: MemoryAddresses;
  readonly #later: (callback: () => void) => void;
  readonly #faults: Faults;

  constructor(
    links: MemoryLinks,
    addresses: MemoryAddresses,
    later: (callback: () => void) => void,
    faults: Faults,
  ) {
    this.#links = links;
    this.#addresses = addresses;
    this.#later = later;
    this.#faults = faults;
  }

  list(protocol?: number): Route[] {
    return this.#routes.filter((route) => protocol === undefined || route.protocol === protocol);
  }

  add(wanted: Route, placement: RoutePlacement): void {
    this.#faults.meet("routes.add");
    const operation = `${placement} route ${wanted.destination}/${wanted.prefixLength}`;
    const route = this.#resolve(wanted, operation);
    const alternatives = this.#routes.filter((other) => key(other) === key(route));
    if (placement === "add" && alternatives.length > 0) throw kernelError(operation, ERRNO.EEXIST);
    if (placement !== "replace" && alternatives.some((other) => this.#collides(other, route)))
      throw kernelError(operation, ERRNO.EEXIST);
    const [first] = alternatives;
    const last = alternatives.at(-1);
    if (placement === "replace" && first) this.#routes[this.#routes.indexOf(first)] = route;
    else if (placement === "append" && last) this.#routes.splice(this.#routes.indexOf(last) + 1, 0, route);
    else if (first) this.#routes.splice(this.#routes.indexOf(first), 0, route);
    else this.#routes.push(route);
    this.#emit("route", route);
  }

  /** IPv4 takes the same way only once; IPv6 each next hop. */
  #collides(other: Route, route: Route): boolean {
    return route.family === 4 ? sameWay(other, route) : text(other.nexthops) === text(route.nexthops);
  }

  delete(wanted: Route): void {
    this.#faults.meet("routes.delete");
    const operation = `delete route ${wanted.destination}/${wanted.prefixLength}`;
    const metric = wanted.family === 6 && wanted.metric === 0 ? IPV6_METRIC : wanted.metric;
    const found = this.#routes.find(
      (route) => key(route) === key({ ...wanted, metric }) && fits(route, wanted),
    );
    if (!found) throw kernelError(operation, ERRNO.ESRCH);
    this.#remove(found);
    this.#emit("route-removed", found);
  }

  /** The routes over a link go with it, and with its being up; of those of IPv4 nobody is told. */
  linkDown(ifindex: number): void {
    for (const route of this.#routes.filter(({ nexthops }) =>
      nexthops.some((hop) => hop.ifindex === ifindex),
    )) {
      this.#remove(route);
      if (route.family === 6) this.#emit("route-removed", route);
    }
  }

  monitor(protocol: number, callback: (event: RouteEvent) => void): Closable {
    this.#monitors.set(callback, protocol);
    return { close: () => this.#monitors.delete(callback) };
  }

  /** The route with the interfaces of its gateways, as it is kept. Throws KernelError. */
  #resolve(route: Route, operation: string): Route {
    const { family, destination, prefixLength, type } = route;
    const longest = family === 4 ? 32 : 128;
    if (!ipToBytes(destination) || prefixLength > longest) throw kernelError(operation, ERRNO.EINVAL);
    const masked = network(destination, prefixLength);
    if (family === 4 && masked !== destination) throw kernelError(operation, ERRNO.EINVAL);
    if (NOWHERE.has(type) !== (route.nexthops.length === 0)) throw kernelError(operation, ERRNO.EINVAL);
    const metric = family === 6 && route.metric === 0 ? IPV6_METRIC : route.metric;
    const nexthops = route.nexthops.map((hop) => this.#resolveHop(hop, family, operation));
    return { ...route, destination: masked, metric, nexthops };
  }

  #resolveHop(hop: NextHop, family: 4 | 6, operation: string): NextHop {
    const { gateway } = hop;
    const neighbour = gateway === undefined ? hop.ifindex : this.#addresses.linkTowards(gateway, hop.ifindex);
    const ifindex = hop.ifindex === 0 ? (neighbour ?? 0) : hop.ifindex;
    if (ifindex === 0 && gateway === undefined) throw kernelError(operation, ERRNO.EINVAL);
    if (ifindex !== 0 && !this.#links.at(ifindex)) throw kernelError(operation, ERRNO.ENODEV);
    if (ifindex !== 0 && !this.#links.isUp(ifindex)) throw kernelError(operation, ERRNO.ENETDOWN);
    const linkLocal = gateway !== undefined && familyOf(gateway) === 6 && gateway.startsWith("fe80:");
    if (neighbour === undefined && !hop.onlink && !linkLocal)
      throw kernelError(operation, family === 4 ? ERRNO.ENETUNREACH : ERRNO.EHOSTUNREACH);
    return { ...hop, ifindex };
  }

  #remove(route: Route): void {
    this.#routes = this.#routes.filter((one) => one !== route);
  }

  #emit(type: "route" | "route-removed", route: Route): void {
    const told = [...this.#monitors].filter(([, protocol]) => protocol === route.protocol);
    if (told.length === 0) return;
    this.#later(() => {
      for (const [callback] of told) if (this.#monitors.has(callback)) callback({ type, route });
    });
  }
}

/** Whether a route has what a request to delete names. */
function fits(route: Route, wanted: Route): boolean {
  const hops = wanted.nexthops.every(({ ifindex, gateway }, index) => {
    const hop = route.nexthops[index];
    return (ifindex === 0 || ifindex === hop?.ifindex) && (gateway === undefined || gateway === hop?.gateway);
  });
  return (
    hops &&
    route.type === wanted.type &&
    (wanted.protocol === 0 || route.protocol === wanted.protocol) &&
    (wanted.source === undefined || route.source === wanted.source)
  );
}
