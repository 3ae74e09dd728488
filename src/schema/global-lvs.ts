import { integer, oneOf, optional, word } from "./kinds.ts";
import { lvsTimeouts, syncDaemon } from "./kinds-lvs.ts";
import { wanted } from "./kinds-options.ts";
import { fifo, scriptCommand } from "./kinds-script.ts";
import { flag, leaf } from "./row.ts";

const bytes = integer(0, 4_294_967_295);
const force = "Even above the limit of the system.";

const netlinkBuffer = (who: string) =>
  leaf(wanted(bytes), {
    doc: `Bytes of receive buffer of the netlink sockets that ${who}.`,
    since: "2.0.0",
    onChange: "restart",
  });

/** The rows of global_defs for virtual servers: IPVS itself, its sockets, the checkers' reports. */
export const globalLvsRows = {
  lvs_sync_daemon: leaf(syncDaemon, {
    firstWins: true,
    doc: "Tell other directors of connections: on which interface, and with which instance.",
    since: "1.2.20",
  }),
  lvs_timeouts: leaf(lvsTimeouts, {
    doc: "Time after which IPVS forgets an idle connection.",
    since: "1.2.24",
  }),
  lvs_flush: flag({ bare: true, doc: "Start with an empty IPVS table.", since: "1.2.23" }),
  lvs_flush_on_stop: leaf(optional(oneOf("VS"), "all"), {
    doc: "On stop empty the IPVS table at once; with VS remove each service, not each server of it.",
    since: "2.2.0",
  }),
  lvs_flush_onstop: leaf(optional(oneOf("VS"), "all"), {
    doc: "Older name of lvs_flush_on_stop.",
    since: "2.0.15",
    replacedBy: "lvs_flush_on_stop",
    synonym: true,
  }),
  checker_log_all_failures: flag({
    doc: "Log every failed try of a checker, unless it says otherwise.",
    since: "2.0.11",
  }),
  rs_init_notifies: flag({
    doc: "Run the scripts of real servers for their state at the start, too.",
    since: "2.0.0",
  }),
  lvs_notify_fifo: leaf(wanted(fifo), {
    firstWins: true,
    doc: "FIFO for server transitions.",
    since: "1.3.6",
  }),
  lvs_notify_fifo_script: leaf(wanted(scriptCommand), {
    firstWins: true,
    doc: "Script that reads it.",
    since: "1.3.6",
  }),
  nftables_ipvs: leaf(optional(word, "keepalived_ipvs"), {
    firstWins: true,
    doc: "Mark the packets of groups of virtual servers with nftables, in this table.",
    since: "2.2.2",
  }),
  nftables_ipvs_priority: leaf(integer(-2_147_483_648, 2_147_483_647), {
    default: -1,
    doc: "Priority of the chains of that table.",
    since: "2.2.2",
  }),
  nftables_ipvs_start_fwmark: leaf(integer(1, 4_294_967_295), {
    default: 1000,
    doc: "First of the marks that it gives.",
    since: "2.2.2",
  }),
  vrrp_netlink_cmd_rcv_bufs: netlinkBuffer("VRRP asks by"),
  vrrp_netlink_cmd_rcv_bufs_force: flag({ doc: force, since: "2.0.0", onChange: "restart" }),
  vrrp_netlink_monitor_rcv_bufs: netlinkBuffer("VRRP listens to"),
  vrrp_netlink_monitor_rcv_bufs_force: flag({ doc: force, since: "2.0.0", onChange: "restart" }),
  lvs_netlink_cmd_rcv_bufs: netlinkBuffer("checkers ask by"),
  lvs_netlink_cmd_rcv_bufs_force: flag({ doc: force, since: "2.0.0", onChange: "restart" }),
  lvs_netlink_monitor_rcv_bufs: netlinkBuffer("checkers listen to"),
  lvs_netlink_monitor_rcv_bufs_force: flag({ doc: force, since: "2.0.0", onChange: "restart" }),
  process_monitor_rcv_bufs: leaf(wanted(bytes), {
    doc: "Bytes of receive buffer of the socket that tells of processes.",
    since: "2.0.11",
  }),
  process_monitor_rcv_bufs_force: flag({ doc: force, since: "2.0.11" }),
};
