import { integer, ipAddressMaybePrefix, word } from "./kinds.ts";
import { wanted } from "./kinds-options.ts";
import { scriptWeight } from "./kinds-track.ts";
import { bfdMilliseconds } from "./kinds-vrrp.ts";
import { type BlockOf, defineBlock, flag, leaf } from "./row.ts";

/** `bfd_instance NAME`: a session with a neighbour that tells whether it is reached (RFC 5880). */
export const bfdInstance = defineBlock({
  keyword: "bfd_instance",
  header: { name: word },
  identity: (instance) => instance.name,
  rows: {
    neighbor_ip: leaf(wanted(ipAddressMaybePrefix), {
      required: true,
      doc: "The neighbour.",
      since: "2.0.0",
    }),
    neighbour_ip: leaf(wanted(ipAddressMaybePrefix), {
      doc: "The neighbour.",
      since: "2.0.0",
      replacedBy: "neighbor_ip",
      synonym: true,
    }),
    source_ip: leaf(ipAddressMaybePrefix, { doc: "Address to send from.", since: "2.0.0" }),
    min_rx: leaf(bfdMilliseconds(1), {
      default: 10_000,
      doc: "Shortest interval of packets to receive, in milliseconds.",
      since: "2.0.0",
    }),
    min_tx: leaf(bfdMilliseconds(1), {
      default: 10_000,
      doc: "Interval of packets to send, in milliseconds.",
      since: "2.0.0",
    }),
    idle_tx: leaf(bfdMilliseconds(1_000), {
      default: 1_000_000,
      doc: "Interval of packets while the session is down, in milliseconds.",
      since: "2.0.0",
    }),
    multiplier: leaf(integer(1, 255), {
      default: 5,
      doc: "Packets missed before the session is down.",
      since: "2.0.0",
    }),
    passive: flag({ bare: true, doc: "Send nothing before the neighbour does.", since: "2.0.0" }),
    ttl: leaf(integer(1, 255), {
      doc: "TTL or hop limit of packets; 255 for IPv4 and 64 for IPv6 by default.",
      since: "2.0.0",
    }),
    hoplimit: leaf(integer(1, 255), {
      doc: "TTL or hop limit of packets.",
      since: "2.0.0",
      replacedBy: "ttl",
      synonym: true,
    }),
    max_hops: leaf(integer(-1, 255), {
      default: 0,
      doc: "Hops a received packet may have made; 255 for any number.",
      since: "2.0.0",
    }),
    multihop: flag({ doc: "Use the port of multihop sessions (RFC 5883).", since: "2.2.8" }),
    weight: leaf(scriptWeight, {
      default: { weight: 0, reverse: false },
      doc: "Change of priority; 0 makes a session that is down a fault.",
      since: "0.5.3",
    }),
    vrrp: flag({ bare: true, doc: "Report only to VRRP.", since: "2.0.0" }),
    checker: flag({ bare: true, doc: "Report only to checkers.", since: "2.0.0" }),
  },
});

export type BfdInstance = BlockOf<typeof bfdInstance>;
