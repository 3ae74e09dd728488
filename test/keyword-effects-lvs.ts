import type { Effects } from "./keyword-effects.ts";

const below =
  (path: string) =>
  (...keywords: string[]): string[] =>
    keywords.map((keyword) => `${path}/${keyword}`);
const inServer = below("virtual_server");
const inReal = below("virtual_server/real_server");
const inGlobal = below("global_defs");
/** The service and the server, from whom checkers inherit. */
const LEVELS = ["virtual_server", "virtual_server/real_server"];
const MISC = "virtual_server/real_server/MISC_CHECK";
const ofEach = (paths: readonly string[], keywords: readonly string[]): string[] =>
  paths.flatMap((path) => below(path)(...keywords));
/** Of HTTP_GET and SSL_GET. */
const inWeb = (...keywords: string[]): string[] =>
  ["HTTP_GET", "SSL_GET"].flatMap((kind) => below(`virtual_server/real_server/${kind}`)(...keywords));
const inSslGet = below("virtual_server/real_server/SSL_GET");
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
    "schedulers by either keyword, and their flags": [
      "virtual_server",
      ...inServer(
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
    ],
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
  "daemon/checker-requests.test.ts": {
    "virtualhost is named in requests: of the service, of the server, of the checker": ofEach(LEVELS, [
      "virtualhost",
    ]),
    "helo_name greets": inReal("SMTP_CHECK/helo_name"),
    "name and type are what DNS_CHECK asks for": inReal("DNS_CHECK/name", "DNS_CHECK/type"),
    "payload is sent, and require_reply, min_reply_length, max_reply_length are about the answer": ofEach(
      ["virtual_server/real_server/UDP_CHECK"],
      ["payload", "require_reply", "min_reply_length", "max_reply_length"],
    ),
    "misc_dynamic: its exit status is a weight; user: it runs as somebody else": [
      `${MISC}/misc_dynamic`,
      `${MISC}/user`,
    ],
    "smtp_alert has mail of a service and keeps that of a server": ofEach(LEVELS, ["smtp_alert"]),
    "smtp_alert_checker is for all that do not say": inGlobal("smtp_alert_checker"),
    "no_checker_emails: only of servers that change, not of each checker": inGlobal("no_checker_emails"),
    "lvs_notify_fifo has lines, lvs_notify_fifo_script reads them, rs_init_notifies adds those of the start":
      inGlobal("lvs_notify_fifo", "lvs_notify_fifo_script", "rs_init_notifies"),
  },
  "ipvs/settings.test.ts": {
    "sets timeouts, and takes over or empties a table": inGlobal("lvs_timeouts", "lvs_flush"),
    "empties the table on stop when told to by %s, somebody else's services with it": inGlobal(
      "lvs_flush_on_stop",
      "lvs_flush_onstop",
    ),
  },
  "daemon/script-paths.test.ts": {
    "run by %s": inGlobal("use_symlink_paths"),
    "has the configuration of the start and of each reload, for root alone": inGlobal("config_save_dir"),
  },
  "kernel/netlink-buffers.test.ts": {
    "are those of the checkers' sockets, and no others": inGlobal(
      "lvs_netlink_cmd_rcv_bufs",
      "lvs_netlink_monitor_rcv_bufs",
    ),
    "with lvs_netlink_cmd_rcv_bufs_force and lvs_netlink_monitor_rcv_bufs_force go above the limit": inGlobal(
      "lvs_netlink_cmd_rcv_bufs_force",
      "lvs_netlink_monitor_rcv_bufs_force",
    ),
  },
  "daemon/checker-options.test.ts": {
    "retry, delay_before_retry, log_all_failures: so many further tries, so far apart, each in the log":
      ofEach([...CONNECTING, MISC], ["retry", "delay_before_retry", "log_all_failures"]),
    "connect_timeout: silence is a failure after so long": ofEach(CONNECTING, ["connect_timeout"]),
    "delay_loop: checks come so often": ofEach([...CONNECTING, MISC], ["delay_loop"]),
    "warmup: the first check comes at a moment within it": ofEach([...CONNECTING, MISC], ["warmup"]),
    "alpha: a server is out until its first check succeeds": ofEach([...CONNECTING, MISC], ["alpha"]),
    "for retry and delay_before_retry, logged as checker_log_all_failures says": [
      ...ofEach(LEVELS, ["retry", "delay_before_retry"]),
      ...inGlobal("checker_log_all_failures"),
    ],
    "for connect_timeout": ofEach(LEVELS, ["connect_timeout"]),
    "for delay_loop and warmup": ofEach(LEVELS, ["delay_loop", "warmup"]),
    "for alpha": ofEach(LEVELS, ["alpha"]),
    "misc_timeout: a program may take so long": [`${MISC}/misc_timeout`],
  },
  "ipvs/checker-connections.test.ts": {
    "connects as connect_ip, connect_port, bindto, bind_port, bind_if and fwmark say, over %s":
      CONNECTING.flatMap((checker) => [
        checker,
        ...below(checker)("connect_ip", "connect_port", "bindto", "bind_port", "bind_if", "fwmark"),
      ]),
  },
  "ipvs/groups.test.ts": {
    "is a service for each address of its ranges and each mark, with one pool of servers": [
      "virtual_server_group",
    ],
    "makes a service of one mark for each virtual server of a group of addresses": [
      "global_defs/nftables_ipvs",
    ],
    "starts at nftables_ipvs_start_fwmark, whatever table and nftables_ipvs_priority are": [
      "global_defs/nftables_ipvs_start_fwmark",
    ],
  },
  "kernel/packet-marks.test.ts": {
    "marks what is sent to the addresses and ports of a group, and nothing else": [
      "global_defs/nftables_ipvs",
      "virtual_server_group",
    ],
    "hooks in with its priority, under its name, and takes marks from the first that is given": [
      "global_defs/nftables_ipvs_priority",
    ],
  },
  "ipvs/namespaces.test.ts": {
    "has the table in %s, and checks in its own": ["net_namespace_ipvs"],
  },
  "daemon/web-checks.test.ts": {
    "gets its URLs in turn, from the host that each is for, as its protocol has it": [
      ...inReal("HTTP_GET", "SSL_GET"),
      ...inWeb("connect_ip", "connect_port", "http_protocol", "virtualhost"),
      ...inWeb("url", "url/path", "url/virtualhost"),
    ],
    "judges by status_code and digest": inWeb("url/status_code", "url/digest"),
    "looks for a regex, as its other keywords say": inWeb(
      ...["url/regex", "url/regex_options", "url/regex_no_match", "url/regex_stack"],
      ...["url/regex_min_offset", "url/regex_max_offset"],
    ),
    "keeps to delay_loop, and when it fails to retry and delay_before_retry, told by log_all_failures": inWeb(
      ...["delay_loop", "retry", "delay_before_retry", "log_all_failures"],
    ),
    "takes nb_get_retry for retry": inWeb("nb_get_retry"),
    "waits no longer than connect_timeout": inWeb("connect_timeout"),
    "begins within warmup, and with alpha takes the server in only then": inWeb("warmup", "alpha"),
    "with fast_recovery asks for all URLs at once while the server is down": inWeb("fast_recovery"),
    "names with enable_sni the virtualhost, or the sni_name": inSslGet("enable_sni", "sni_name"),
    "closes with close_notify where it is to be tls_compliant: %s": inSslGet(
      ...["tls_compliant", "url/tls_compliant"],
    ),
    "shows what the SSL block says, after a reload what it says then, and what it cannot read never": [
      ...["SSL", "SSL/certificate", "SSL/key", "SSL/password", "SSL/ca"],
    ],
  },
  "daemon/following-checks.test.ts": {
    "weighs its server by track_file, which is made where there is none, times weight": inReal(
      ...["FILE_CHECK", "FILE_CHECK/track_file", "FILE_CHECK/weight"],
    ),
  },
  "ipvs/ssl-get.test.ts": {
    "judges as keepalived does: $title": inWeb("bindto", "bind_port", "bind_if", "fwmark"),
  },
  "ipvs/real-peers.test.ts": {
    "judges as keepalived": [
      ...inReal("TCP_CHECK", "PING_CHECK", "SMTP_CHECK", "DNS_CHECK", "UDP_CHECK", "MISC_CHECK"),
      ...inReal("SMTP_CHECK/helo_name", "SMTP_CHECK/host", "SMTP_CHECK/host/connect_ip"),
      ...inReal("SMTP_CHECK/host/connect_port", "DNS_CHECK/name"),
      ...["payload", "require_reply", "min_reply_length", "max_reply_length"].map(
        (name) => `virtual_server/real_server/UDP_CHECK/${name}`,
      ),
      ...below(MISC)("misc_path", "misc_timeout", "misc_dynamic", "user"),
      ...inWeb("url/digest", "url/status_code", "virtualhost"),
    ],
    "asks as keepalived": inReal("DNS_CHECK/type"),
  },
};
