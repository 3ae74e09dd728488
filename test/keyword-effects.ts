/**
 * Where the effect of each keyword of VRRP is observed: on the wire, in the kernel, in /proc, in a script or FIFO.
 * File below test/, title as the file has it, keywords by path. For fixtures/kernel-state the title is the
 * configuration, whose kernel is compared with keepalived's by interop/kernel-state.test.ts.
 */
export type Effects = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

const inInstance = (...names: string[]): string[] => names.map((name) => `vrrp_instance/${name}`);
const inGroup = (...names: string[]): string[] => names.map((name) => `vrrp_sync_group/${name}`);
const inGlobal = (...names: string[]): string[] => names.map((name) => `global_defs/${name}`);
/** A keyword of instances and its default for all of them in global_defs. */
const both = (name: string, global = `vrrp_${name}`): string[] => [...inInstance(name), ...inGlobal(global)];

const ON_THE_WIRE: Effects = {
  "daemon-unit/keywords-wire.test.ts": {
    "virtual_router_id, priority, version, advert_int and addresses, in order": inInstance(
      "virtual_router_id",
      "priority",
      "version",
      "advert_int",
    ),
    "vrrp_version for all instances": inGlobal("vrrp_version"),
    "interface, with eth1 as well as eth0": inInstance("interface"),
    "virtual_ipaddress_excluded is held and announced, and not in adverts": inInstance(
      "virtual_ipaddress_excluded",
    ),
    "no_virtual_ipaddress: adverts without an address": inInstance("no_virtual_ipaddress"),
    "native_ipv6: IPv6 where no address tells": inInstance("native_ipv6"),
    "authentication: auth_type PASS has the words of auth_pass in it": inInstance(
      "authentication",
      "authentication/auth_type",
      "authentication/auth_pass",
    ),
    "v3_checksum_as_v2 %s: the sum of the message alone": both("v3_checksum_as_v2", "v3_checksum_as_v2"),
    "vrrp_mcast_group4, and mcast_dst_ip before it": [
      ...inInstance("mcast_dst_ip"),
      ...inGlobal("vrrp_mcast_group4"),
    ],
    vrrp_mcast_group6: inGlobal("vrrp_mcast_group6"),
    mcast_src_ip: inInstance("mcast_src_ip"),
    "unicast_peer, unicast_src_ip and unicast_ttl": inInstance(
      "unicast_peer",
      "unicast_src_ip",
      "unicast_ttl",
    ),
    "unicast_fault_no_peer: nothing without a peer": inInstance("unicast_fault_no_peer"),
    "%s: init_file makes it, its number counts by weight": ["track_file", "vrrp_track_file"].flatMap(
      (block) => [block, ...["file", "weight", "init_file"].map((name) => `${block}/${name}`)],
    ),
    "lvs_sync_daemon and lvs_sync_daemon_interface: daemons of IPVS follow an instance": [
      ...inGlobal("lvs_sync_daemon"),
      ...inInstance("lvs_sync_daemon_interface"),
    ],
    kernel_rx_buf_size: inInstance("kernel_rx_buf_size"),
    "vrrp_rx_bufs_policy and vrrp_rx_bufs_multiplier": inGlobal(
      "vrrp_rx_bufs_policy",
      "vrrp_rx_bufs_multiplier",
    ),
  },
  "daemon-unit/keywords-garp.test.ts": {
    "garp_master_repeat %s": both("garp_master_repeat"),
    "garp_master_delay %s": both("garp_master_delay"),
    "garp_master_refresh and garp_master_refresh_repeat %s": [
      ...both("garp_master_refresh"),
      ...both("garp_master_refresh_repeat"),
    ],
    "vrrp_min_garp: one, and no second set": inGlobal("vrrp_min_garp"),
    "garp_lower_prio_repeat %s": both("garp_lower_prio_repeat"),
    "garp_lower_prio_delay %s": both("garp_lower_prio_delay"),
    vrrp_garp_interval: inGlobal("vrrp_garp_interval"),
    "vrrp_gna_interval, of IPv6 alone": inGlobal("vrrp_gna_interval"),
    "garp_group: garp_interval and gna_interval among its interfaces, or of its interface": [
      "garp_group",
      ...["garp_interval", "gna_interval", "interface", "interfaces"].map((name) => `garp_group/${name}`),
    ],
    "garp_extra_if %s": both("garp_extra_if"),
    "vmac_garp_intvl %s, its older name": both("vmac_garp_intvl"),
  },
  "daemon-unit/keywords-election.test.ts": {
    "down_timer_adverts %s": both("down_timer_adverts"),
    vrrp_startup_delay: inGlobal("vrrp_startup_delay"),
    "vrrp_delay_after_boot counts from boot": inGlobal("vrrp_delay_after_boot"),
    "state MASTER: an address owner does not wait": inInstance("state"),
    "nopreempt leaves a master of lower priority alone; preempt, its opposite, does not": inInstance(
      "nopreempt",
      "preempt",
    ),
    "preempt_delay puts up with it for a while": inInstance("preempt_delay"),
    "lower_prio_no_advert %s": both("lower_prio_no_advert"),
    "higher_prio_send_advert %s: a last one": both("higher_prio_send_advert"),
    "owner_ignore_adverts %s: the owner listens to nobody": both("owner_ignore_adverts"),
    "dont_track_primary goes on without its interface's carrier": inInstance("dont_track_primary"),
    "check_unicast_src %s: those of peers": both("check_unicast_src"),
    "skip_check_adv_addr %s: the list of a master's first advert alone is compared":
      both("skip_check_adv_addr"),
    log_unknown_vrids: inGlobal("log_unknown_vrids"),
    "strict mode %s: no answer to a lower priority": [
      ...inInstance("strict_mode"),
      ...inGlobal("vrrp_strict"),
    ],
    "old_unicast_checksum never: an advert summed up as of old is none": inInstance("old_unicast_checksum"),
  },
  "core/vrrp/authenticity.test.ts": {
    "takes what keepalived 2.4.3 sends": inInstance("auth_hmac"),
    "by time: refuses clocks further apart than the window, and warns from half of it":
      inInstance("auth_hmac/time_window"),
    "monotonic: any clock will do, a number that does not grow will not": inInstance("auth_hmac/anti_replay"),
    "rotation: first both keys everywhere, then the new one active, then the old one gone": inInstance(
      "auth_hmac/key",
      "auth_hmac/active_key",
    ),
    "modes: receive-only signs nothing, permissive signs, both take what is unsigned and refuse what is forged":
      inInstance("auth_hmac/mode"),
  },
};

const TRACKED = ["script", "interval", "weight", "rise", "fall"];

const TRACKING: Effects = {
  "interop/tracking.test.ts": {
    "files, scripts and interfaces with weights": [
      ...inInstance("track_script", "track_file", "track_interface"),
      ...["vrrp_script", ...TRACKED.map((name) => `vrrp_script/${name}`)],
    ],
    "delays and reverse weights of interfaces": ["interface_up_down_delays"],
    "links that are polled": ["linkbeat_interfaces"],
  },
  "daemon-unit/keywords-tracking.test.ts": {
    "vrrp_track_process: quorum and quorum_max": [
      "vrrp_track_process/quorum",
      "vrrp_track_process/quorum_max",
    ],
    "vrrp_track_process: delay, of forks and of ends": ["vrrp_track_process/delay"],
    "vrrp_sync_group: track_interface counts for every member": inGroup("track_interface"),
  },
  "daemon-unit/trackers.test.ts": {
    "counts what runs at the start, and what starts and ends": [
      ...inInstance("track_process"),
      ...["vrrp_track_process", "vrrp_track_process/process", "vrrp_track_process/weight"],
    ],
    "waits after forks and ends for as long as it was told": [
      "vrrp_track_process/fork_delay",
      "vrrp_track_process/terminate_delay",
    ],
    "compares command lines where that is asked for": [
      ...["vrrp_track_process/full_command", "vrrp_track_process/param_match"],
    ],
    "asks for the memory that process_monitor_rcv_bufs says, and lists again when events were lost": inGlobal(
      "process_monitor_rcv_bufs",
      "process_monitor_rcv_bufs_force",
    ),
    "linkbeat_use_polling in an instance polls its own interface": inInstance("linkbeat_use_polling"),
    "has what it tracks count for every member": inGroup("track_file", "track_process"),
    "leaves the weights of members out, unless sync_group_tracking_weight says that they count": inGroup(
      "sync_group_tracking_weight",
      "global_tracking",
    ),
  },
  "daemon/tracking.test.ts": { "lets the instance run while it is there": inInstance("track_src_ip") },
};

const SCRIPTS = ["notify_master", "notify_backup", "notify_fault", "notify_stop"];

const NEWS: Effects = {
  "daemon/keywords.test.ts": {
    "each state has its script: of an instance, and of its group": [
      ...inInstance(...SCRIPTS),
      ...["vrrp_sync_group", ...inGroup("group", "notify", ...SCRIPTS)],
    ],
    "notify_master_rx_lower_pri, when a master of lower priority is heard": inInstance(
      "notify_master_rx_lower_pri",
    ),
    "notify_deleted, when a reload takes the instance out": inInstance("notify_deleted"),
    "priorities in FIFOs: %s %s %s": [
      ...both("notify_priority_changes"),
      ...inGroup("notify_priority_changes"),
    ],
    "init_fail: down until the first result": ["vrrp_script/init_fail"],
    "timeout: one that hangs has failed": ["vrrp_script/timeout"],
    "of a group count for all its members": inGroup("track_script"),
    "user: it runs as somebody else": ["vrrp_script/user"],
    "a master with nopreempt gives way after it with timer_expired_backup: %s": inInstance(
      "timer_expired_backup",
      "thread_timer_expired",
    ),
    "receive buffers of netlink sockets: %s": inGlobal(
      ...["vrrp_netlink_cmd_rcv_bufs", "vrrp_netlink_cmd_rcv_bufs_force"],
      ...["vrrp_netlink_monitor_rcv_bufs", "vrrp_netlink_monitor_rcv_bufs_force"],
    ),
    "script_user: whom scripts run as that name nobody": inGlobal("script_user"),
    "smtp_connect_timeout: a mail server that says nothing": inGlobal("smtp_connect_timeout"),
    "set_supplementary_groups: scripts have the groups of their user": inGlobal("set_supplementary_groups"),
    "vrrp_iptables: in the chains that are named": inGlobal("vrrp_iptables"),
    "vrrp_ipsets: with sets of these names": inGlobal("vrrp_ipsets"),
    "by one of another kind, with dynamic_interfaces allow_if_changes": inGlobal("dynamic_interfaces"),
  },
  "daemon/scripts.test.ts": {
    "are told of each transition, in order, the last one of the stop": inInstance("notify"),
    "are disabled when others than root could have changed them": inGlobal("enable_script_security"),
  },
  "daemon/news.test.ts": {
    "are made for their owner, read by their script to the last line, and removed on stop": inGlobal(
      "notify_fifo",
      "notify_fifo_script",
    ),
    "keep lines until somebody reads them, and their reader over a reload": inGlobal(
      "vrrp_notify_fifo",
      "vrrp_notify_fifo_script",
      "fifo_write_vrrp_states_on_reload",
    ),
    "are sent as keepalived words them, to everybody": inGlobal(
      "notification_email",
      "notification_email_from",
      "router_id",
      "smtp_server",
      "smtp_helo_name",
      "smtp_alert",
    ),
    "come from those that want them, and not of faults under no_email_faults": [
      ...inGlobal("smtp_alert_vrrp", "no_email_faults"),
      ...inInstance("smtp_alert"),
      ...inGroup("smtp_alert"),
    ],
    "run before the first process and after the last": inGlobal("startup_script", "shutdown_script"),
    "that take too long before the start do not keep the daemon from it": inGlobal(
      "startup_script_timeout",
      "shutdown_script_timeout",
    ),
  },
};

const IN_THE_KERNEL: Effects = {
  "fixtures/kernel-state": {
    "static-addresses.conf": ["static_ipaddress", ...inGlobal("default_interface")],
    "static-routes.conf": ["static_routes"],
    "static-rules.conf": ["static_rules"],
    "everything.conf": inInstance("virtual_routes", "virtual_rules"),
    "vmac-ipv4.conf": inInstance("use_vmac"),
    "vmac-addresses.conf": inInstance("use_vmac_addr"),
    "vmac-xmit-base.conf": inInstance("vmac_xmit_base"),
    "vmac-prefixes.conf": inGlobal("vmac_prefix", "vmac_addr_prefix"),
    "promote-secondaries.conf": inInstance("promote_secondaries"),
    "vmac-no-accept.conf": [
      ...inInstance("no_accept"),
      ...inGlobal("nftables", "nftables_priority", "nftables_counters"),
    ],
    "no-accept-ifindex.conf": inGlobal("nftables_ifindex"),
    "strict-accept.conf": ["global_defs", ...inInstance("accept")],
    "addresses-ipv4.conf": ["vrrp_instance", ...inInstance("virtual_ipaddress")],
  },
  "daemon/vmac.test.ts": {
    "rp_filter of all goes to each interface for VMACs; disable_local_igmp; both are put back":
      inGlobal("disable_local_igmp"),
  },
  "daemon/holdings.test.ts": {
    "come back with their interface, which a track group's instance follows": [
      ...["track_group", "track_group/group"],
    ],
  },
  "ipvs/links.test.ts": {
    "sends from its own address, holds the virtual ones, and goes with the daemon": inInstance("use_ipvlan"),
    "is where unicast adverts go that have no interface": inInstance("vrf"),
  },
};

const PROCESSES: Effects = {
  "daemon/process-options.test.ts": {
    "process_names: keepalived's": inGlobal("process_names"),
    "process_name, vrrp_process_name and %s": inGlobal(
      "process_name",
      "vrrp_process_name",
      "checker_process_name",
      "lvs_process_name",
    ),
    "priority, cpu_affinity and no_swap of each process": ["vrrp", "checker"].flatMap((who) =>
      inGlobal(`${who}_priority`, `${who}_cpu_affinity`, `${who}_no_swap`),
    ),
    "rt_priority and its limit of each process, rlimit_%s": ["vrrp", "checker"].flatMap((who) =>
      inGlobal(`${who}_rt_priority`, `${who}_rlimit_rttime`, `${who}_rlimit_rtime`),
    ),
    "are in /run/keepalived: %s": ["use_pid_dir", "instance"],
    "have child_wait_time when that is longer than 20 s": ["child_wait_time"],
    "reload_repeat: the file stays, and the next one is scheduled from it": inGlobal("reload_repeat"),
  },
  "daemon/operators.test.ts": {
    "have nice value, CPUs and locked memory as they are asked for, and umask": inGlobal("umask"),
    "that are late make themselves real-time under max_auto_priority": inGlobal(
      "max_auto_priority",
      "min_auto_priority_delay",
    ),
    "have state, statistics and JSON written, into files of root's": inGlobal(
      "state_dump_file",
      "stats_dump_file",
      "json_dump_file",
    ),
    "clear statistics after they are written, and follow no link": inGlobal("json_version"),
    "find their files by instance with data_use_instance": inGlobal("data_use_instance"),
    "are scheduled by a file, which goes": inGlobal("reload_time_file"),
    "say in a file what is wrong, and hold another while they read": inGlobal(
      "reload_check_config",
      "reload_file",
    ),
    "have pid files by instance, and work in the namespace of their own": ["net_namespace"],
  },
  "daemon/keywords.test.ts": { "%s": inGlobal("iproute_usr_dir", "iproute_etc_dir") },
  "daemon-unit/trackers.test.ts": { "%j polls links every second": ["linkbeat_use_polling"] },
};

/** The table, in parts: a file may be in several. */
export const KEYWORD_EFFECTS: readonly Effects[] = [ON_THE_WIRE, TRACKING, NEWS, IN_THE_KERNEL, PROCESSES];

/** Keywords without an effect to observe, and why. */
export const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  "vrrp_instance/debug": "keepalived reads a level and has no use for it, and neither have we",
  "virtual_server/hashed": "every kernel hashes services, asked or not",
  "global_defs/tmp_config_directory":
    "children get their part of the configuration from the parent, not from a file",
  namespace_with_ipsets: "kernels since 3.13 have sets for each network namespace",
  "virtual_server/real_server/HTTP_GET/enable_sni": "there is no handshake to name a host in",
  "virtual_server/real_server/HTTP_GET/sni_name": "there is no handshake to name a host in",
};

/** Keywords of global_defs that are no part of VRRP. */
export const NOT_OF_VRRP = [
  /^global_defs\/(lvs_|bfd_|nftables_ipvs|.*snmp|.*dbus|enable_traps)/,
  /^global_defs\/(checker_log_all_failures|no_checker_emails|smtp_alert_checker|rs_init_notifies)$/,
  /^global_defs\/(include_check|random_seed|config_save_dir|tmp_config_directory|use_symlink_paths)$/,
];
