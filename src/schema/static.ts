import { staticAddress } from "./kinds-address.ts";
import { route } from "./kinds-route.ts";
import { rule } from "./kinds-rule.ts";
import { linkbeatInterface } from "./kinds-track.ts";
import { upDownDelay } from "./kinds-vrrp.ts";
import { list } from "./row.ts";

/** Rows of the top level that are lists: what is set up whatever the state of instances, and interfaces. */
export const staticRows = {
  static_ipaddress: list(staticAddress, {
    doc: "Addresses that are there as long as the daemon.",
    since: "1.1.0",
  }),
  static_routes: list(route, {
    doc: "Routes that are there as long as the daemon.",
    since: "1.0.1",
  }),
  static_rules: list(rule, {
    doc: "Routing rules that are there as long as the daemon.",
    since: "1.2.20",
  }),
  interface_up_down_delays: list(upDownDelay, {
    doc: "How long an interface has to be down, and up, to count as such.",
    since: "2.2.3",
  }),
  linkbeat_interfaces: list(linkbeatInterface, {
    doc: "Interfaces whose link is polled.",
    since: "2.0.13",
  }),
};
