/**
 * Every keyword of keepalived.conf by the path of its block, with the first keepalived release that knows it by name
 * ("old": before the earliest looked at). What of it is built is said by the rows of the schema, not here. A line
 * starting with a slash names the block ("/" alone the top), the lines below its keywords.
 */
const TABLE = `
/
SSL=0.5.3 bfd_instance=2.0.0 child_wait_time=2.0.0 garp_group=1.2.21 global_defs=0.5.3 instance=1.2.24
interface_up_down_delays=2.2.3 linkbeat_interfaces=2.0.13 linkbeat_use_polling=1.1.18
namespace_with_ipsets=1.3.0 net_namespace=1.2.24 net_namespace_ipvs=2.1.0 static_ipaddress=1.1.0
static_routes=1.0.1 static_rules=1.2.20 track_file=2.0.0 track_group=2.0.3 use_pid_dir=1.2.24
virtual_server=0.5.3 virtual_server_group=1.0.2 vrrp_instance=0.5.3 vrrp_script=1.1.13 vrrp_sync_group=0.6.1
vrrp_track_file=2.0.0 vrrp_track_process=2.0.11
/SSL
ca=0.5.3 certificate=0.5.3 key=0.5.3 password=0.5.3
/bfd_instance
checker=2.0.0 hoplimit=2.0.0 idle_tx=2.0.0 max_hops=2.0.0 min_rx=2.0.0 min_tx=2.0.0 multihop=2.2.8
multiplier=2.0.0 neighbor_ip=2.0.0 neighbour_ip=2.0.0 passive=2.0.0 source_ip=2.0.0 ttl=2.0.0 vrrp=2.0.0
weight=0.5.3
/garp_group
garp_interval=1.2.21 gna_interval=1.2.21 interface=0.5.3 interfaces=1.2.21
/global_defs
bfd_cpu_affinity=2.0.17 bfd_no_swap=2.0.0 bfd_priority=2.0.0 bfd_process_name=2.0.16 bfd_rlimit_rtime=2.0.0
bfd_rlimit_rttime=2.1.0 bfd_rt_priority=2.0.0 checker_cpu_affinity=2.0.17 checker_log_all_failures=2.0.11
checker_no_swap=1.2.20 checker_priority=1.2.20 checker_process_name=2.2.0 checker_rlimit_rtime=2.0.0
checker_rlimit_rttime=2.1.0 checker_rt_priority=2.0.0 child_wait_time=2.0.0 config_save_dir=2.2.3
data_use_instance=2.2.3 dbus_no_interface_name=2.3.0 dbus_service_name=1.3.7 default_interface=1.2.24
disable_local_igmp=2.2.0 dynamic_interfaces=2.0.0 enable_dbus=1.3.0 enable_script_security=1.3.0
enable_snmp_checker=1.2.20 enable_snmp_keepalived=1.2.20 enable_snmp_rfc=1.2.20 enable_snmp_rfcv2=1.2.20
enable_snmp_rfcv3=1.2.20 enable_snmp_vrrp=2.0.0 enable_traps=1.2.5 fifo_write_vrrp_states_on_reload=2.2.5
include_check=2.2.0 instance=1.2.24 iproute_etc_dir=2.3.2 iproute_usr_dir=2.3.2 json_dump_file=2.3.3
json_version=2.2.8 linkbeat_use_polling=1.1.18 log_unknown_vrids=2.0.16 lvs_flush=1.2.23
lvs_flush_on_stop=2.2.0 lvs_flush_onstop=2.0.15 lvs_netlink_cmd_rcv_bufs=2.0.0
lvs_netlink_cmd_rcv_bufs_force=2.0.0 lvs_netlink_monitor_rcv_bufs=2.0.0
lvs_netlink_monitor_rcv_bufs_force=2.0.0 lvs_notify_fifo=1.3.6 lvs_notify_fifo_script=1.3.6
lvs_process_name=2.0.16 lvs_sync_daemon=1.2.20 lvs_timeouts=1.2.24 max_auto_priority=2.1.0
min_auto_priority_delay=2.1.0 namespace_with_ipsets=1.3.0 net_namespace=1.2.24 net_namespace_ipvs=2.1.0
nftables=2.0.11 nftables_counters=2.0.11 nftables_ifindex=2.0.11 nftables_ipvs=2.2.2
nftables_ipvs_priority=2.2.2 nftables_ipvs_start_fwmark=2.2.2 nftables_priority=2.0.11
no_checker_emails=2.0.0 no_email_faults=2.0.0 notification_email=0.5.3 notification_email_from=0.5.3
notify_fifo=1.3.6 notify_fifo_script=1.3.6 process_monitor_rcv_bufs=2.0.11
process_monitor_rcv_bufs_force=2.0.11 process_name=2.0.16 process_names=2.0.16 random_seed=2.0.15
reload_check_config=2.2.0 reload_file=2.2.0 reload_repeat=2.1.0 reload_time_file=2.1.0 router_id=1.1.8
rs_init_notifies=2.0.0 script_user=1.3.0 set_supplementary_groups=2.4.4 shutdown_script=2.1.0
shutdown_script_timeout=2.1.0 smtp_alert=0.5.7 smtp_alert_checker=2.0.0 smtp_alert_vrrp=2.0.0
smtp_connect_timeout=0.5.3 smtp_helo_name=1.2.20 smtp_server=0.5.3 snmp_rs_stats_update_interval=2.3.0
snmp_socket=1.2.20 snmp_vs_stats_update_interval=2.3.0 startup_script=2.1.0 startup_script_timeout=2.1.0
state_dump_file=2.3.3 stats_dump_file=2.3.3 tmp_config_directory=2.2.0 umask=2.0.9 use_pid_dir=1.2.24
use_symlink_paths=2.3.0 v3_checksum_as_v2=2.2.8 vmac_addr_prefix=2.2.0 vmac_prefix=2.2.0
vrrp_check_unicast_src=1.2.20 vrrp_cpu_affinity=2.0.17 vrrp_delay_after_boot=2.4.0
vrrp_down_timer_adverts=2.2.3 vrrp_garp_extra_if=2.2.3 vrrp_garp_interval=1.2.21
vrrp_garp_lower_prio_delay=1.2.20 vrrp_garp_lower_prio_repeat=1.2.20 vrrp_garp_master_delay=1.2.20
vrrp_garp_master_refresh=1.2.20 vrrp_garp_master_refresh_repeat=1.2.20 vrrp_garp_master_repeat=1.2.20
vrrp_gna_interval=1.2.21 vrrp_higher_prio_send_advert=1.3.5 vrrp_ipsets=1.2.20 vrrp_iptables=1.2.20
vrrp_lower_prio_no_advert=1.2.20 vrrp_mcast_group4=1.2.10 vrrp_mcast_group6=1.2.10 vrrp_min_garp=2.0.12
vrrp_netlink_cmd_rcv_bufs=2.0.0 vrrp_netlink_cmd_rcv_bufs_force=2.0.0 vrrp_netlink_monitor_rcv_bufs=2.0.0
vrrp_netlink_monitor_rcv_bufs_force=2.0.0 vrrp_no_swap=1.2.20 vrrp_notify_fifo=1.3.6
vrrp_notify_fifo_script=1.3.6 vrrp_notify_priority_changes=2.0.16 vrrp_owner_ignore_adverts=2.3.3
vrrp_priority=1.2.20 vrrp_process_name=2.0.16 vrrp_rlimit_rtime=2.0.0 vrrp_rlimit_rttime=2.1.0
vrrp_rt_priority=2.0.0 vrrp_rx_bufs_multiplier=2.0.3 vrrp_rx_bufs_policy=2.0.3
vrrp_skip_check_adv_addr=1.2.20 vrrp_startup_delay=2.0.14 vrrp_strict=1.2.20 vrrp_version=1.2.20
vrrp_vmac_garp_intvl=2.2.0
/track_file
file=2.0.0 init_file=2.0.0 weight=0.5.3
/track_group
group=0.6.4
/virtual_server
alpha=1.1.16 connect_timeout=0.5.3 delay_before_retry=0.5.3 delay_loop=0.5.3 flag-1=1.3.0 flag-2=1.3.0
flag-3=1.3.0 ha_suspend=1.0.0 hashed=1.3.0 hysteresis=1.1.16 inhibit_on_failure=0.6.8 ip_family=1.2.20
lb_algo=0.5.3 lb_kind=0.5.3 lvs_method=1.1.5 lvs_sched=1.1.5 mh-fallback=2.0.20 mh-port=2.0.20 omega=1.1.16
ops=1.2.8 persistence_engine=1.2.20 persistence_granularity=0.5.7 persistence_timeout=0.5.3 protocol=0.5.3
quorum=1.1.16 quorum_down=1.1.16 quorum_up=1.1.16 real_server=0.5.3 retry=1.1.8 sh-fallback=1.3.0
sh-port=1.3.0 smtp_alert=0.5.7 snmp_name=2.2.3 sorry_server=0.5.3 sorry_server_inhibit=1.2.13
sorry_server_lvs_method=1.3.6 virtualhost=0.5.8 warmup=1.2.13 weight=0.5.3
/virtual_server/real_server
BFD_CHECK=2.0.0 DNS_CHECK=1.3.0 FILE_CHECK=2.1.0 HTTP_GET=0.5.3 MISC_CHECK=0.5.3 PING_CHECK=2.1.0
SMTP_CHECK=1.1.8 SSL_GET=0.5.3 TCP_CHECK=0.5.3 UDP_CHECK=2.1.0 alpha=1.1.16 connect_timeout=0.5.3
delay_before_retry=0.5.3 delay_loop=0.5.3 inhibit_on_failure=0.6.8 lthreshold=1.1.13 lvs_method=1.1.5
notify_down=1.0.0 notify_up=1.0.0 retry=1.1.8 smtp_alert=0.5.7 snmp_name=2.2.3 uthreshold=1.1.13
virtualhost=0.5.8 warmup=1.2.13 weight=0.5.3
/virtual_server/real_server/BFD_CHECK
alpha=1.1.16 name=1.3.0
/virtual_server/real_server/DNS_CHECK
alpha=1.1.16 bind_if=1.3.7 bind_port=1.2.13 bindto=1.1.2 connect_ip=1.1.8 connect_port=0.5.8
connect_timeout=0.5.3 delay_before_retry=0.5.3 delay_loop=0.5.3 fwmark=1.2.13 log_all_failures=2.0.11
name=1.3.0 retry=1.1.8 type=1.3.0 warmup=1.2.13
/virtual_server/real_server/FILE_CHECK
track_file=2.0.0 weight=0.5.3
/virtual_server/real_server/HTTP_GET
alpha=1.1.16 bind_if=1.3.7 bind_port=1.2.13 bindto=1.1.2 connect_ip=1.1.8 connect_port=0.5.8
connect_timeout=0.5.3 delay_before_retry=0.5.3 delay_loop=0.5.3 enable_sni=1.4.3 fast_recovery=2.0.17
fwmark=1.2.13 http_protocol=2.0.17 log_all_failures=2.0.11 nb_get_retry=0.5.3 retry=1.1.8 sni_name=2.4.4
url=0.5.3 virtualhost=0.5.8 warmup=1.2.13
/virtual_server/real_server/HTTP_GET/url
digest=0.5.3 path=0.5.3 regex=2.0.7 regex_max_offset=2.0.7 regex_min_offset=2.0.7 regex_no_match=2.0.7
regex_options=2.0.7 regex_stack=2.0.7 status_code=0.7.6 virtualhost=0.5.8
/virtual_server/real_server/MISC_CHECK
alpha=1.1.16 delay_before_retry=0.5.3 delay_loop=0.5.3 log_all_failures=2.0.11 misc_dynamic=1.1.8
misc_path=0.5.3 misc_timeout=1.1.0 retry=1.1.8 user=1.3.0 warmup=1.2.13
/virtual_server/real_server/PING_CHECK
alpha=1.1.16 bind_if=1.3.7 bind_port=1.2.13 bindto=1.1.2 connect_ip=1.1.8 connect_port=0.5.8
connect_timeout=0.5.3 delay_before_retry=0.5.3 delay_loop=0.5.3 fwmark=1.2.13 log_all_failures=2.0.11
retry=1.1.8 warmup=1.2.13
/virtual_server/real_server/SMTP_CHECK
alpha=1.1.16 bind_if=1.3.7 bind_port=1.2.13 bindto=1.1.2 connect_ip=1.1.8 connect_port=0.5.8
connect_timeout=0.5.3 delay_before_retry=0.5.3 delay_loop=0.5.3 fwmark=1.2.13 helo_name=1.1.8 host=1.1.8
log_all_failures=2.0.11 retry=1.1.8 warmup=1.2.13
/virtual_server/real_server/SMTP_CHECK/host
alpha=1.1.16 bind_if=1.3.7 bind_port=1.2.13 bindto=1.1.2 connect_ip=1.1.8 connect_port=0.5.8
connect_timeout=0.5.3 delay_before_retry=0.5.3 delay_loop=0.5.3 fwmark=1.2.13 log_all_failures=2.0.11
retry=1.1.8 warmup=1.2.13
/virtual_server/real_server/SSL_GET
alpha=1.1.16 bind_if=1.3.7 bind_port=1.2.13 bindto=1.1.2 connect_ip=1.1.8 connect_port=0.5.8
connect_timeout=0.5.3 delay_before_retry=0.5.3 delay_loop=0.5.3 enable_sni=1.4.3 fast_recovery=2.0.17
fwmark=1.2.13 http_protocol=2.0.17 log_all_failures=2.0.11 nb_get_retry=0.5.3 retry=1.1.8 sni_name=2.4.4
tls_compliant=2.2.8 url=0.5.3 virtualhost=0.5.8 warmup=1.2.13
/virtual_server/real_server/SSL_GET/url
digest=0.5.3 path=0.5.3 regex=2.0.7 regex_max_offset=2.0.7 regex_min_offset=2.0.7 regex_no_match=2.0.7
regex_options=2.0.7 regex_stack=2.0.7 status_code=0.7.6 tls_compliant=2.2.8 virtualhost=0.5.8
/virtual_server/real_server/TCP_CHECK
alpha=1.1.16 bind_if=1.3.7 bind_port=1.2.13 bindto=1.1.2 connect_ip=1.1.8 connect_port=0.5.8
connect_timeout=0.5.3 delay_before_retry=0.5.3 delay_loop=0.5.3 fwmark=1.2.13 log_all_failures=2.0.11
retry=1.1.8 warmup=1.2.13
/virtual_server/real_server/UDP_CHECK
alpha=1.1.16 bind_if=1.3.7 bind_port=1.2.13 bindto=1.1.2 connect_ip=1.1.8 connect_port=0.5.8
connect_timeout=0.5.3 delay_before_retry=0.5.3 delay_loop=0.5.3 fwmark=1.2.13 log_all_failures=2.0.11
max_reply_length=2.2.0 min_reply_length=2.2.0 payload=2.2.0 require_reply=2.1.0 retry=1.1.8 warmup=1.2.13
/vrrp_instance
accept=1.2.17 advert_int=0.5.3 auth_hmac=2.4.0 authentication=0.5.3 check_unicast_src=2.1.0 debug=0.5.3
dont_track_primary=1.1.8 down_timer_adverts=2.2.3 garp_extra_if=2.2.3 garp_lower_prio_delay=1.2.20
garp_lower_prio_repeat=1.2.20 garp_master_delay=0.7.1 garp_master_refresh=1.2.10
garp_master_refresh_repeat=1.2.14 garp_master_repeat=1.2.14 higher_prio_send_advert=1.3.5 interface=0.5.3
kernel_rx_buf_size=2.0.3 linkbeat_use_polling=1.1.18 lower_prio_no_advert=1.2.20
lvs_sync_daemon_interface=0.5.5 mcast_dst_ip=2.2.5 mcast_src_ip=0.6.1 native_ipv6=1.2.1 no_accept=1.3.0
no_virtual_ipaddress=2.2.8 nopreempt=1.1.8 notify=0.5.3 notify_backup=0.5.9 notify_deleted=2.1.0
notify_fault=0.5.9 notify_master=0.5.9 notify_master_rx_lower_pri=2.0.6 notify_priority_changes=2.0.16
notify_stop=1.1.13 old_unicast_checksum=1.3.7 owner_ignore_adverts=2.3.3 preempt=0.5.3 preempt_delay=1.1.8
priority=0.5.3 promote_secondaries=1.3.0 skip_check_adv_addr=1.2.20 smtp_alert=0.5.7 state=0.5.3
strict_mode=1.2.20 thread_timer_expired=2.3.2 timer_expired_backup=2.2.8 track_bfd=2.0.0 track_file=2.0.0
track_interface=1.0.1 track_process=2.0.11 track_script=1.1.13 track_src_ip=2.0.0
unicast_fault_no_peer=2.2.5 unicast_peer=1.2.8 unicast_src_ip=1.2.10 unicast_ttl=2.1.0 use_ipvlan=2.0.17
use_vmac=1.2.3 use_vmac_addr=2.2.0 v3_checksum_as_v2=2.2.8 version=1.2.17 virtual_ipaddress=0.5.3
virtual_ipaddress_excluded=0.5.9 virtual_router_id=0.5.3 virtual_routes=1.0.1 virtual_rules=1.2.20
vmac_garp_intvl=2.2.0 vmac_xmit_base=1.2.10 vrf=2.2.5
/vrrp_instance/auth_hmac
active_key=2.4.0 anti_replay=2.4.0 key=0.5.3 mode=2.4.0 time_window=2.4.0
/vrrp_instance/authentication
auth_pass=0.5.3 auth_type=0.5.3
/vrrp_script
fall=1.1.18 init_fail=1.3.2 interval=1.1.13 rise=1.1.18 script=1.1.13 timeout=1.2.6 user=1.3.0 weight=0.5.3
/vrrp_sync_group
global_tracking=1.2.3 group=0.6.4 notify=0.5.3 notify_backup=0.5.9 notify_fault=0.5.9 notify_master=0.5.9
notify_priority_changes=2.0.16 notify_stop=1.1.13 smtp_alert=0.5.7 sync_group_tracking_weight=2.0.0
track_bfd=2.0.0 track_file=2.0.0 track_interface=1.0.1 track_process=2.0.11 track_script=1.1.13
/vrrp_track_file
file=2.0.0 init_file=2.0.0 weight=0.5.3
/vrrp_track_process
delay=2.0.11 fork_delay=2.0.16 full_command=2.0.11 param_match=2.0.16 process=2.0.11 quorum=1.1.16
quorum_max=2.0.16 terminate_delay=2.0.16 weight=0.5.3
`;

/** Release that first knew a keyword, by block path and keyword. */
export type KnownKeywords = ReadonlyMap<string, ReadonlyMap<string, string>>;

function parseTable(): KnownKeywords {
  const blocks = new Map<string, Map<string, string>>();
  let block = new Map<string, string>();
  for (const line of TABLE.trim().split("\n")) {
    if (line.startsWith("/")) {
      block = new Map();
      blocks.set(line.slice(1), block);
      continue;
    }
    for (const entry of line.split(" ")) {
      const [keyword = "", since = ""] = entry.split("=");
      block.set(keyword, since);
    }
  }
  return blocks;
}

let parsed: KnownKeywords | undefined;

/** The table; paths are "" for the top and "virtual_server/real_server" and the like below. */
export function knownKeywords(): KnownKeywords {
  parsed ??= parseTable();
  return parsed;
}

/** Paths of the blocks that know a keyword, sorted; for a keyword written in the wrong place. */
export function blocksKnowing(keyword: string): readonly string[] {
  return [...knownKeywords()].flatMap(([path, keywords]) => (keywords.has(keyword) ? [path] : []));
}
