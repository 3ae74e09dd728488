import { checkerRows, programRows } from "./checkers-common.ts";
import { integer, oneOfAnyCase, wholeSeconds, word } from "./kinds.ts";
import { fileWeight, payload, reply } from "./kinds-checker.ts";
import { wanted } from "./kinds-options.ts";
import { scriptCommand, userGroup } from "./kinds-script.ts";
import { type BlockOf, blocks, defineBlock, flag, leaf } from "./row.ts";

const SECOND = 1_000_000;

export const tcpCheck = defineBlock({ keyword: "TCP_CHECK", header: {}, rows: checkerRows(1, SECOND) });

export const pingCheck = defineBlock({ keyword: "PING_CHECK", header: {}, rows: checkerRows(1, SECOND) });

const smtpHost = defineBlock({ keyword: "host", header: {}, rows: checkerRows(1, SECOND) });

export const smtpCheck = defineBlock({
  keyword: "SMTP_CHECK",
  header: {},
  rows: {
    ...checkerRows(1, SECOND),
    helo_name: leaf(wanted(word), {
      countsRepeats: true,
      doc: "Name in HELO; smtpchecker.keepalived.org by default.",
      since: "1.1.8",
    }),
    host: blocks(smtpHost, {
      doc: "A further connection to check, instead of the server's.",
      since: "1.1.8",
    }),
  },
});

export const dnsCheck = defineBlock({
  keyword: "DNS_CHECK",
  header: {},
  rows: {
    ...checkerRows(3, undefined),
    type: leaf(oneOfAnyCase("A", "NS", "CNAME", "SOA", "MX", "TXT", "AAAA"), {
      default: "SOA",
      doc: "Type of the records to ask for.",
      since: "1.3.0",
    }),
    name: leaf(word, { firstWins: true, default: ".", doc: "Name to ask for.", since: "1.3.0" }),
  },
});

const length = integer(0, 65_535);

export const udpCheck = defineBlock({
  keyword: "UDP_CHECK",
  header: {},
  rows: {
    ...checkerRows(1, SECOND),
    payload: leaf(wanted(payload), { doc: "Bytes to send; a text by default.", since: "2.2.0" }),
    require_reply: leaf(reply, {
      doc: "Only an answer is good, and only with these bytes where any are given.",
      since: "2.1.0",
    }),
    min_reply_length: leaf(length, { default: 0, doc: "Fewest bytes of an answer.", since: "2.2.0" }),
    max_reply_length: leaf(length, { default: 255, doc: "Most bytes of an answer.", since: "2.2.0" }),
  },
});

export const miscCheck = defineBlock({
  keyword: "MISC_CHECK",
  header: {},
  rows: {
    misc_path: leaf(wanted(scriptCommand), { required: true, doc: "Program to run.", since: "0.5.3" }),
    misc_timeout: leaf(wholeSeconds(0, 4_294), {
      doc: "Time that it may take; delay_loop by default.",
      since: "1.1.0",
    }),
    misc_dynamic: flag({
      bare: true,
      doc: "An exit status above 1 is the weight of the server, less 2.",
      since: "1.1.8",
    }),
    user: leaf(wanted(userGroup), { doc: "User, and group, that it runs as.", since: "1.3.0" }),
    ...programRows(0, SECOND),
  },
});

export const bfdCheck = defineBlock({
  keyword: "BFD_CHECK",
  header: {},
  rows: {
    name: leaf(wanted(word), {
      required: true,
      doc: "The bfd_instance that says whether it is up.",
      since: "1.3.0",
    }),
    alpha: flag({ inherits: "^", doc: "Down until the session is up.", since: "1.1.16" }),
  },
});

export const fileCheck = defineBlock({
  keyword: "FILE_CHECK",
  header: {},
  rows: {
    track_file: leaf(word, {
      required: true,
      doc: "The track file whose value is added to the weight.",
      since: "2.0.0",
    }),
    weight: leaf(wanted(fileWeight), {
      doc: "What the value is multiplied with; the track file's own by default.",
      since: "0.5.3",
    }),
  },
});

export type TcpCheck = BlockOf<typeof tcpCheck>;
export type PingCheck = BlockOf<typeof pingCheck>;
export type SmtpCheck = BlockOf<typeof smtpCheck>;
export type DnsCheck = BlockOf<typeof dnsCheck>;
export type UdpCheck = BlockOf<typeof udpCheck>;
export type MiscCheck = BlockOf<typeof miscCheck>;
export type BfdCheck = BlockOf<typeof bfdCheck>;
export type FileCheck = BlockOf<typeof fileCheck>;
