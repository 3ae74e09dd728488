import type { Effects } from "./keyword-effects.ts";

const below =
  (path: string) =>
  (...keywords: string[]): string[] =>
    keywords.map((keyword) => `${path}/${keyword}`);
const inServer = below("virtual_server");
const inReal = below("virtual_server/real_server");
/** Checkers that connect, by path. */
const CONNECTING = inReal(
  ...[
    "TCP_CHECK",
    "HTTP_GET",
    "SSL_GET",
    "SMTP_CHECK",
    "SMTP_CHECK/host",
    "DNS_CHECK",
    "UDP_CHECK",
    "PING_CHECK",
  ],
);

/**
 * Where the effect of each keyword of virtual servers is observed: in IPVS, on the wire, in a script, FIFO or mail.
 * File below test/, title as the file has it, keywords by path.
 */
export const LVS_KEYWORD_EFFECTS: Effects = {
  "ipvs/virtual-server-options.test.ts": {
    "schedulers by either keyword, and their flags": inServer(
      "lb_algo",
      "lvs_sched",
      "sh-port",
      "sh-fallback",
      "mh-port",
      "mh-fallback",
      "flag-1",
      "flag-2",
      "flag-3",
    ),
    "persistence: timeout, granularity and engine": inServer(
      "persistence_timeout",
      "persistence_granularity",
      "persistence_engine",
    ),
    "protocols, one packet at a time, and marks of either family": inServer("protocol", "ops", "ip_family"),
    "forwarding methods and the options of tunnels": [
      ...inServer("lb_kind", "lvs_method", "sorry_server_lvs_method", "real_server"),
      ...inReal("lvs_method"),
    ],
    "weights, of the service and of a server, and thresholds": [
      ...inServer("weight"),
      ...inReal("weight", "uthreshold", "lthreshold"),
    ],
    "inhibit_on_failure leaves a server at weight 0, of all servers or of one": [
      ...inServer("inhibit_on_failure"),
      ...inReal("inhibit_on_failure"),
    ],
    "quorum and hysteresis decide, scripts are told, and the sorry server stands in": [
      ...inServer(
        ...["quorum", "hysteresis", "quorum_up", "quorum_down", "sorry_server", "sorry_server_inhibit"],
      ),
      ...inReal("notify_up", "notify_down", "MISC_CHECK", "MISC_CHECK/misc_path"),
    ],
    "alpha has servers out before their first check, omega tells scripts of the end": inServer(
      "alpha",
      "omega",
    ),
    "ha_suspend checks servers only while the address of the service is there": inServer("ha_suspend"),
  },
  "ipvs/checker-connections.test.ts": {
    "connects as connect_ip, connect_port, bindto, bind_port, bind_if and fwmark say, over %s":
      CONNECTING.flatMap((checker) => [
        checker,
        ...below(checker)("connect_ip", "connect_port", "bindto", "bind_port", "bind_if", "fwmark"),
      ]),
  },
  "ipvs/namespaces.test.ts": {
    "has the table in %s, and checks in its own": ["net_namespace_ipvs"],
  },
};
