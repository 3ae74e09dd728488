import type { Micros } from "../values/time.ts";
import type { Kind } from "./kind.ts";
import { integer, multicastGroup, repetitions, seconds, wholeSeconds, word } from "./kinds.ts";
import { scriptCommand, userGroup } from "./kinds-script.ts";
import { type BlockOf, defineBlock, flag, leaf, list } from "./row.ts";

const anySeconds = wholeSeconds(0, 4_294);
/** A gap between packets. keepalived complains of 0, and then has no gap. */
const gap: Kind<Micros> = {
  ...seconds(0.000_001, 4_294),
  parse(words, complain) {
    const value = seconds(0, 4_294).parse(words, complain);
    if (value === 0)
      complain(
        {
          code: "out-of-range",
          severity: "warning",
          summary: "keepalived does not take 0 here; leave the keyword out to have no gap",
        },
        words[0],
      );
    return value;
  },
};
const count = integer(0, 4_294_967_295);

/** `global_defs`: what holds for the whole daemon, and the defaults of instances and servers. */
export const globalDefs = defineBlock({
  keyword: "global_defs",
  header: {},
  rows: {
    router_id: leaf(word, {
      doc: "Name of this router in alerts; the host name by default.",
      since: "1.1.8",
    }),
    script_user: leaf(userGroup, { doc: "User, and group, that scripts run as.", since: "1.3.0" }),
    enable_script_security: flag({
      bare: true,
      doc: "Do not run scripts that somebody other than root can change.",
      since: "1.3.0",
    }),
    vrrp_version: leaf(integer(2, 3), {
      default: 2,
      doc: "VRRP version of IPv4 instances.",
      since: "1.2.20",
    }),
    vrrp_mcast_group4: leaf(multicastGroup(4), {
      default: "224.0.0.18",
      doc: "Multicast group of IPv4 adverts.",
      since: "1.2.10",
    }),
    vrrp_mcast_group6: leaf(multicastGroup(6), {
      default: "ff02::12",
      doc: "Multicast group of IPv6 adverts.",
      since: "1.2.10",
      compiledOnly: true,
    }),
    vrrp_garp_master_delay: leaf(anySeconds, {
      default: 5_000_000,
      doc: "Delay of the second set of gratuitous ARPs after becoming master.",
      since: "1.2.20",
    }),
    vrrp_garp_master_repeat: leaf(repetitions, {
      default: 5,
      doc: "Gratuitous ARPs for each address in a set after becoming master.",
      since: "1.2.20",
    }),
    vrrp_garp_lower_prio_delay: leaf(anySeconds, {
      doc: "Delay of the second set of gratuitous ARPs after a lower priority advert; garp_master_delay by default.",
      since: "1.2.20",
    }),
    vrrp_garp_lower_prio_repeat: leaf(count, {
      doc: "Gratuitous ARPs in a set after a lower priority advert; garp_master_repeat by default.",
      since: "1.2.20",
    }),
    vrrp_garp_master_refresh: leaf(anySeconds, {
      default: 0,
      doc: "Interval of gratuitous ARPs while master; 0 for none.",
      since: "1.2.20",
    }),
    vrrp_garp_master_refresh_repeat: leaf(repetitions, {
      default: 1,
      doc: "Gratuitous ARPs for each address in a refresh.",
      since: "1.2.20",
    }),
    vrrp_garp_interval: leaf(gap, {
      default: 0,
      doc: "Gap between gratuitous ARPs on one interface.",
      since: "1.2.21",
    }),
    vrrp_gna_interval: leaf(gap, {
      default: 0,
      doc: "Gap between unsolicited neighbour advertisements on one interface.",
      since: "1.2.21",
      compiledOnly: true,
    }),
    notification_email: list(word, {
      doc: "Addresses that alerts go to.",
      since: "0.5.3",
      compiledOnly: true,
    }),
    notification_email_from: leaf(word, { doc: "Sender of alerts.", since: "0.5.3", compiledOnly: true }),
    smtp_server: leaf(
      {
        ...word,
        name: "server [port]",
        words: [1, 2],
        parse: (words) => words.map((w) => w.text).join(" "),
        format: (value) => value.split(" "),
      },
      { doc: "Server that takes alerts, and its port.", since: "0.5.3", compiledOnly: true },
    ),
    smtp_connect_timeout: leaf(anySeconds, {
      default: 30_000_000,
      doc: "Time to connect to the SMTP server.",
      since: "0.5.3",
      compiledOnly: true,
    }),
    smtp_helo_name: leaf(word, { doc: "Name in HELO.", since: "1.2.20", compiledOnly: true }),
    smtp_alert: flag({
      doc: "Alerts for everything unless it says otherwise.",
      since: "0.5.7",
      compiledOnly: true,
    }),
    smtp_alert_vrrp: flag({
      doc: "Alerts for VRRP instances and groups.",
      since: "2.0.0",
      compiledOnly: true,
    }),
    smtp_alert_checker: flag({
      doc: "Alerts for virtual and real servers.",
      since: "2.0.0",
      compiledOnly: true,
    }),
    checker_log_all_failures: flag({
      doc: "Log every failed try of a checker, unless it says otherwise.",
      since: "2.0.11",
    }),
    notify_fifo: leaf(word, {
      doc: "FIFO that gets a line for each transition.",
      since: "1.3.6",
      compiledOnly: true,
    }),
    notify_fifo_script: leaf(scriptCommand, {
      doc: "Script that reads it.",
      since: "1.3.6",
      compiledOnly: true,
    }),
    vrrp_notify_fifo: leaf(word, { doc: "FIFO for VRRP transitions.", since: "1.3.6", compiledOnly: true }),
    vrrp_notify_fifo_script: leaf(scriptCommand, {
      doc: "Script that reads it.",
      since: "1.3.6",
      compiledOnly: true,
    }),
    lvs_notify_fifo: leaf(word, { doc: "FIFO for server transitions.", since: "1.3.6", compiledOnly: true }),
    lvs_notify_fifo_script: leaf(scriptCommand, {
      doc: "Script that reads it.",
      since: "1.3.6",
      compiledOnly: true,
    }),
  },
});

export type GlobalDefs = BlockOf<typeof globalDefs>;
