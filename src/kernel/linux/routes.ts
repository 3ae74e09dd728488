import { NLM_F_APPEND, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE } from "../../wire/netlink.ts";
import { RTMGRP_ROUTES } from "../../wire/rtnetlink.ts";
import {
  RTM_DELROUTE,
  RTM_GETROUTE,
  RTM_NEWROUTE,
  readRoute,
  writeRoute,
  writeRouteDump,
} from "../../wire/rtnetlink-route.ts";
import type { Closable, Route, RouteEvent, RoutePlacement, RoutePort } from "../ports.ts";
import type { RouteMonitor } from "./monitor.ts";
import type { NetlinkSocket } from "./netlink-socket.ts";

const FLAGS: Readonly<Record<RoutePlacement, number>> = {
  add: NLM_F_CREATE | NLM_F_EXCL,
  prepend: NLM_F_CREATE,
  append: NLM_F_CREATE | NLM_F_APPEND,
  replace: NLM_F_CREATE | NLM_F_REPLACE,
};

/** Where rtm_protocol is in a message. */
const PROTOCOL_OFFSET = 5;

/** Routes over rtnetlink. */
export class LinuxRoutes implements RoutePort {
  readonly #route: () => NetlinkSocket;
  readonly #watch: RouteMonitor;

  constructor(route: () => NetlinkSocket, watch: RouteMonitor) {
    this.#route = route;
    this.#watch = watch;
  }

  list(protocol?: number): Route[] {
    return ([4, 6] as const).flatMap((family) =>
      this.#route().dump(
        `list routes of IPv${family}`,
        RTM_GETROUTE,
        (writer) => writeRouteDump(writer, family, protocol),
        ({ payload }) =>
          protocol === undefined || payload[PROTOCOL_OFFSET] === protocol ? readRoute(payload) : undefined,
      ),
    );
  }

  add(route: Route, placement: RoutePlacement): void {
    const operation = `${placement} route ${route.destination}/${route.prefixLength}`;
    this.#route().execute(operation, RTM_NEWROUTE, FLAGS[placement], (writer) => writeRoute(writer, route));
  }

  delete(route: Route): void {
    const operation = `delete route ${route.destination}/${route.prefixLength}`;
    this.#route().execute(operation, RTM_DELROUTE, 0, (writer) => writeRoute(writer, route));
  }

  /** Other protocols' routes are not even decoded: there may be a million, of a routing daemon. */
  monitor(protocol: number, callback: (event: RouteEvent) => void): Closable {
    return this.#watch(
      RTMGRP_ROUTES,
      ({ type, payload }) => {
        if (payload[PROTOCOL_OFFSET] !== protocol) return;
        const route = readRoute(payload);
        if (!route) return;
        if (type === RTM_NEWROUTE) callback({ type: "route", route });
        else if (type === RTM_DELROUTE) callback({ type: "route-removed", route });
      },
      () => callback({ type: "lost" }),
    );
  }
}
