import { formatSeconds } from "../../values/time.ts";
import type { GlobalDefs } from "../config.ts";
import { items, type Layout, line, owner, quoted, type Scope, value, when } from "./layout.ts";
import { bit, decimals, enabled, onOff, trueFalse, whole, yesNo } from "./numbers.ts";

type G = GlobalDefs;

/** What keepalived prints of a number that nothing set. Its VRRP process alone works out what follows from others. */
const UNSET = 4_294_967_295;
const runsVrrp = ({ config }: Scope): boolean => config.vrrp_instance.length > 0;

type Fifo = G["vrrp_notify_fifo"];
type Command = G["startup_script"];
/** Keywords of global_defs whose value is a truth, a number or a time. */
type Keys<T> = { [K in keyof G]-?: NonNullable<G[K]> extends T ? K : never }[keyof G];

const truth = (label: string, key: Keys<boolean>) => value<G>(label, (g) => trueFalse(g[key] === true));
const one = (label: string, key: Keys<boolean>) => value<G>(label, (g) => bit(g[key] === true));
const number = (label: string, key: Keys<number>, absent = 0) => value<G>(label, (g) => g[key] ?? absent);
const text = (label: string, key: Keys<string>) => value<G>(label, (g) => g[key]);

/** `on` or `off` when it was written. */
const alert = (label: string, key: Keys<boolean>) =>
  value<G>(label, (g) => (g.$.of[key] === undefined ? "unset" : onOff(g[key] === true)));

/** A FIFO and its reader. The process that it is of gives the reader the FIFO's path as last argument. */
function fifo(
  name: string,
  of: (g: G) => Fifo,
  runs: (g: G, scope: Scope) => Command,
  isOwn: (scope: Scope) => boolean,
): Layout<G> {
  return [
    value(`${name} notify fifo`, (g, scope) => {
      const found = of(g);
      return found && `${found.path}, uid:gid ${owner(scope, found.user, found.group)}`;
    }),
    value(`${name} notify fifo script`, (g, scope) => {
      const [command, found] = [runs(g, scope), of(g)];
      if (!command || !found) return undefined;
      const argv = isOwn(scope) ? [...command.argv, found.path] : command.argv;
      return `${quoted(argv)}, uid:gid ${owner(scope, command.user, command.group)}`;
    }),
  ];
}

/** CPUs by number, each with a blank behind it; keepalived writes no digit for the first, whose number is 0. */
function cpus(numbers: readonly number[] = []): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  return sorted.map((number) => `${number === 0 ? "" : number} `).join("");
}

/** The lines of one process; the label is as the text has it, not as the keywords do. */
function processLines(
  name: string,
  keys: {
    readonly priority: Keys<number>;
    readonly swap: Keys<boolean>;
    readonly realTime: Keys<number>;
    readonly affinity: Keys<readonly number[]>;
    readonly limit: Keys<number>;
  },
): Layout<G> {
  return [
    number(`${name} process priority`, keys.priority),
    truth(`${name} don't swap`, keys.swap),
    number(`${name} realtime priority`, keys.realTime),
    value(`${name} CPU Affinity`, (g) => g[keys.affinity] && cpus(g[keys.affinity])),
    number(`${name} realtime limit`, keys.limit),
  ];
}

const names: Layout<G> = [
  text("Config save dir", "config_save_dir"),
  value("Network namespace", (_, { config }) => config.net_namespace ?? "(default)"),
  value("Network namespace ipvs", (_, { config }) =>
    config.net_namespace_ipvs === "" ? "(default)" : (config.net_namespace_ipvs ?? "(main namespace)"),
  ),
  value("Instance name", (_, { config }) => config.instance),
  text("Parent process name", "process_name"),
  text("VRRP process name", "vrrp_process_name"),
  text("LVS process name", "checker_process_name"),
  text("BFD process name", "bfd_process_name"),
  line((g) => `${g.use_symlink_paths ? "Keep" : "Replace"} symlinks in script paths`),
  value("Router ID", (g) => g.router_id ?? "[unknown]"),
];

const mail: Layout<G> = [
  value("Smtp server", (g) => g.smtp_server?.host),
  value("Smtp server port", (g) => g.smtp_server && (g.smtp_server.port ?? 25)),
  text("Smtp HELO name", "smtp_helo_name"),
  value("Smtp server connection timeout", (g) => g.smtp_server && whole(g.smtp_connect_timeout)),
  text("Email notification from", "notification_email_from"),
  items("Email notification to:", (g) => g.notification_email),
  alert("Default smtp_alert", "smtp_alert"),
  alert("Default smtp_alert_vrrp", "smtp_alert_vrrp"),
  alert("Default smtp_alert_checker", "smtp_alert_checker"),
];

const files: Layout<G> = [
  truth("Checkers log all failures", "checker_log_all_failures"),
  line((g) => {
    if (g.reload_check_config === undefined) return "No test config before reload";
    return `Test config before reload, log to ${g.reload_check_config || "/dev/null"}`;
  }),
  value(
    "Reload time file",
    (g) => g.reload_time_file && g.reload_time_file + (g.reload_repeat ? " (repeat)" : ""),
  ),
  value("Reload_file", (g) => (g.reload_file === "" ? "/run/keepalived.reload" : g.reload_file)),
  truth("keep script symlinks", "use_symlink_paths"),
  text("config save directory", "tmp_config_directory"),
  when((g) => g.data_use_instance, "Use instance name in data dumps"),
  value("Dynamic interfaces", (g) => trueFalse(g.dynamic_interfaces !== undefined)),
  value("Allow interface changes", (g) =>
    g.dynamic_interfaces === undefined ? undefined : trueFalse(g.dynamic_interfaces === "allow_if_changes"),
  ),
  when((g) => g.no_email_faults, "Send emails for fault transitions = off"),
];

const lvs: Layout<G> = [
  value("LVS TCP timeout", (g) => g.lvs_timeouts?.tcp),
  value("LVS TCP FIN timeout", (g) => g.lvs_timeouts?.tcpfin),
  // The label says TCP of UDP, as keepalived's does.
  value("LVS TCP timeout", (g) => g.lvs_timeouts?.udp),
  value("Default interface", (g, scope) => (runsVrrp(scope) ? g.default_interface : undefined)),
  value("Disable local IGMP", (g) => yesNo(g.disable_local_igmp)),
  value("Use VRRPv2 checksum for VRRPv3 IPv4", (g) => yesNo(g.v3_checksum_as_v2)),
  value("LVS syncd vrrp instance", (g) => g.lvs_sync_daemon?.instance),
  value("LVS syncd interface", (g) => g.lvs_sync_daemon?.interface),
  value("LVS syncd syncid", (g) => g.lvs_sync_daemon?.id),
  value("LVS syncd maxlen", (g) => g.lvs_sync_daemon?.maxlen),
  line((g) => g.lvs_sync_daemon?.group && `LVS mcast group ${g.lvs_sync_daemon.group}`),
  value("LVS syncd mcast port", (g) => g.lvs_sync_daemon?.port),
  value("LVS syncd mcast ttl", (g) => g.lvs_sync_daemon?.ttl),
  truth("LVS flush", "lvs_flush"),
  value("LVS flush on stop", ({ lvs_flush_on_stop: how }) => {
    if (how === undefined) return "disabled";
    return how === "VS" ? "VS" : "full";
  }),
  // Where both VRRP and servers report to the global FIFO, neither process has its script: the parent does.
  ...fifo(
    "Global",
    (g) => g.notify_fifo,
    (g, scope) =>
      runsVrrp(scope) && scope.config.virtual_server.length > 0 ? undefined : g.notify_fifo_script,
    () => true,
  ),
  ...fifo(
    "VRRP",
    (g) => g.vrrp_notify_fifo,
    (g) => g.vrrp_notify_fifo_script,
    runsVrrp,
  ),
  ...fifo(
    "LVS",
    (g) => g.lvs_notify_fifo,
    (g) => g.lvs_notify_fifo_script,
    (scope) => !runsVrrp(scope),
  ),
];

const vrrp: Layout<G> = [
  truth("FIFO write vrrp states on reload", "fifo_write_vrrp_states_on_reload"),
  truth("VRRP notify priority changes", "vrrp_notify_priority_changes"),
  text("VRRP IPv4 mcast group", "vrrp_mcast_group4"),
  text("VRRP IPv6 mcast group", "vrrp_mcast_group6"),
  value("Gratuitous ARP delay", (g) => whole(g.vrrp_garp_master_delay)),
  number("Gratuitous ARP repeat", "vrrp_garp_master_repeat"),
  value("Gratuitous ARP refresh timer", (g) => whole(g.vrrp_garp_master_refresh)),
  number("Gratuitous ARP refresh repeat", "vrrp_garp_master_refresh_repeat"),
  // A process without VRRP leaves them as they were written.
  value("Gratuitous ARP lower priority delay", (g, scope) =>
    runsVrrp(scope) || g.$.of.vrrp_garp_lower_prio_delay ? whole(g.vrrp_garp_lower_prio_delay) : UNSET,
  ),
  value("Gratuitous ARP lower priority repeat", (g, scope) =>
    runsVrrp(scope) || g.$.of.vrrp_garp_lower_prio_repeat ? g.vrrp_garp_lower_prio_repeat : UNSET,
  ),
  number("Num adverts before down", "vrrp_down_timer_adverts"),
  line(({ vrrp_garp_extra_if: extra }) => {
    const where = extra?.all ? "i/f" : "VMAC";
    return `Gratuitous ARP for each secondary ${where} = ${whole(extra?.interval ?? 0)}s`;
  }),
  value("Send advert after receive lower priority advert", (g) => trueFalse(!g.vrrp_lower_prio_no_advert)),
  truth("Send advert after receive higher priority advert", "vrrp_higher_prio_send_advert"),
  value("Gratuitous ARP interval", (g) => decimals(g.vrrp_garp_interval)),
  value("Gratuitous NA interval", (g) => decimals(g.vrrp_gna_interval)),
  number("VRRP default protocol version", "vrrp_version"),
  truth("VRRP check unicast_src", "vrrp_check_unicast_src"),
  truth("VRRP skip check advert addresses", "vrrp_skip_check_adv_addr"),
  truth("VRRP strict mode", "vrrp_strict"),
];

const processes: Layout<G> = [
  value("Max auto priority", ({ max_auto_priority: most }) => (most === "highest" ? 99 : most)),
  value("Min auto priority delay", (g) => `${g.min_auto_priority_delay} usecs`),
  ...processLines("VRRP", {
    priority: "vrrp_priority",
    swap: "vrrp_no_swap",
    realTime: "vrrp_rt_priority",
    affinity: "vrrp_cpu_affinity",
    limit: "vrrp_rlimit_rttime",
  }),
  ...processLines("Checker", {
    priority: "checker_priority",
    swap: "checker_no_swap",
    realTime: "checker_rt_priority",
    affinity: "checker_cpu_affinity",
    limit: "checker_rlimit_rttime",
  }),
  ...processLines("BFD", {
    priority: "bfd_priority",
    swap: "bfd_no_swap",
    realTime: "bfd_rt_priority",
    affinity: "bfd_cpu_affinity",
    limit: "bfd_rlimit_rttime",
  }),
];

const scriptsAndSockets: Layout<G> = [
  line((g) => `Script security ${enabled(g.enable_script_security)}`),
  line((_, scope: Scope) => `Default script uid:gid ${owner(scope)}`),
  number("vrrp_netlink_cmd_rcv_bufs", "vrrp_netlink_cmd_rcv_bufs"),
  one("vrrp_netlink_cmd_rcv_bufs_force", "vrrp_netlink_cmd_rcv_bufs_force"),
  number("vrrp_netlink_monitor_rcv_bufs", "vrrp_netlink_monitor_rcv_bufs"),
  one("vrrp_netlink_monitor_rcv_bufs_force", "vrrp_netlink_monitor_rcv_bufs_force"),
  number("process_monitor_rcv_bufs", "process_monitor_rcv_bufs"),
  one("process_monitor_rcv_bufs_force", "process_monitor_rcv_bufs_force"),
  number("lvs_netlink_cmd_rcv_bufs", "lvs_netlink_cmd_rcv_bufs"),
  one("lvs_netlink_cmd_rcv_bufs_force", "lvs_netlink_cmd_rcv_bufs_force"),
  number("lvs_netlink_monitor_rcv_bufs", "lvs_netlink_monitor_rcv_bufs"),
  one("lvs_netlink_monitor_rcv_bufs_force", "lvs_netlink_monitor_rcv_bufs_force"),
  one("rs_init_notifies", "rs_init_notifies"),
  one("no_checker_emails", "no_checker_emails"),
  value("rx_bufs_policy", ({ vrrp_rx_bufs_policy: policy }) =>
    typeof policy === "string" ? policy : undefined,
  ),
  value("rx_bufs_size", ({ vrrp_rx_bufs_policy: policy }) =>
    typeof policy === "number" ? policy : undefined,
  ),
  number("rx_bufs_multiples", "vrrp_rx_bufs_multiplier"),
  value("umask", (g) => `0${g.umask.toString(8)}`),
  when((g) => g.log_unknown_vrids, "log_unknown_vrids"),
  when((g) => g.vrrp_owner_ignore_adverts, "vrrp_owner_ignore_adverts"),
  value("VMAC prefix", (g) => (g.$.of.vmac_prefix === undefined ? undefined : g.vmac_prefix)),
  text("VMAC address prefix", "vmac_addr_prefix"),
  value("vrrp_startup_delay", (g) => g.vrrp_startup_delay && formatSeconds(g.vrrp_startup_delay)),
  line((g) => `json_version ${g.json_version}`),
  line((g) => `iproute usr directory ${g.iproute_usr_dir ?? "/etc/iproute2"}`),
  line((g) => `iproute etc directory ${g.iproute_etc_dir ?? "/etc/iproute2"}`),
];

/** global_defs, as the VRRP process has it. */
export const globalLayout: Layout<G> = [
  ...names,
  ...mail,
  ...files,
  ...lvs,
  ...vrrp,
  ...processes,
  ...scriptsAndSockets,
];
