import { seconds, word } from "./kinds.ts";
import { flag, leaf } from "./row.ts";

const compiledOnly = true;
const interval = seconds(0.001, 30);

/** The rows of global_defs for SNMP and D-Bus. */
export const globalSnmpRows = {
  snmp_socket: leaf(word, {
    doc: "Socket of the SNMP master agent; unix:/var/agentx/master by default.",
    since: "1.2.20",
    compiledOnly,
  }),
  enable_snmp_vrrp: flag({ bare: true, doc: "Answer SNMP about VRRP.", since: "2.0.0", compiledOnly }),
  enable_snmp_keepalived: flag({
    bare: true,
    doc: "Older name of enable_snmp_vrrp.",
    since: "1.2.20",
    replacedBy: "enable_snmp_vrrp",
    compiledOnly,
  }),
  enable_snmp_checker: flag({
    bare: true,
    doc: "Answer SNMP about virtual and real servers.",
    since: "1.2.20",
    compiledOnly,
  }),
  enable_snmp_rfc: flag({
    bare: true,
    doc: "Answer SNMP by the MIBs of RFC 2787 and RFC 6527.",
    since: "1.2.20",
    compiledOnly,
  }),
  enable_snmp_rfcv2: flag({
    bare: true,
    doc: "Answer SNMP by the MIB of RFC 2787.",
    since: "1.2.20",
    compiledOnly,
  }),
  enable_snmp_rfcv3: flag({
    bare: true,
    doc: "Answer SNMP by the MIB of RFC 6527.",
    since: "1.2.20",
    compiledOnly,
  }),
  enable_traps: flag({ bare: true, doc: "Send SNMP traps.", since: "1.2.5", compiledOnly }),
  snmp_vs_stats_update_interval: leaf(interval, {
    default: 5_000_000,
    doc: "Age from which the statistics of a virtual server are read again for SNMP.",
    since: "2.3.0",
    compiledOnly,
  }),
  snmp_rs_stats_update_interval: leaf(interval, {
    default: 5_000_000,
    doc: "Age from which the statistics of a real server are read again for SNMP.",
    since: "2.3.0",
    compiledOnly,
  }),
  enable_dbus: flag({ bare: true, doc: "Be a service on D-Bus.", since: "1.3.0", compiledOnly }),
  dbus_service_name: leaf(word, {
    doc: "Name of that service; org.keepalived.Vrrp1 by default.",
    since: "1.3.7",
    compiledOnly,
  }),
  dbus_no_interface_name: leaf(word, {
    default: "none",
    doc: "What stands in paths on D-Bus for the interface of an instance without one.",
    since: "2.3.0",
    compiledOnly,
  }),
};
