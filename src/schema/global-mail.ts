import type { Micros } from "../values/time.ts";
import type { MailServer } from "./composite-lvs.ts";
import { integerType, objectType, textType } from "./json-types.ts";
import type { Kind } from "./kind.ts";
import { boundedInteger, wholeSeconds, word } from "./kinds.ts";
import { tolerated, wanted } from "./kinds-options.ts";
import { flag, leaf, list } from "./row.ts";

const mailServer: Kind<MailServer> = {
  name: "server [port]",
  json: objectType({ host: textType }, { port: integerType(1, 65_535) }),
  words: [1, 2],
  parse([host, port], complain) {
    const number = port && boundedInteger(port, 1, 65_535, complain);
    if (!host || (port && number === undefined)) return undefined;
    return { host: host.text, ...(number !== undefined && { port: number }) };
  },
  format: ({ host, port }) => (port === undefined ? [host] : [host, String(port)]),
};

const SECOND = 1_000_000;
const anySeconds = wholeSeconds(0, 4_294);

/** Whole seconds; keepalived makes 1 of 0. */
const connectTimeout: Kind<Micros> = {
  ...wholeSeconds(1, 4_294),
  parse(words, complain) {
    const value = anySeconds.parse(words, complain);
    if (value !== 0) return value;
    complain({ code: "out-of-range", severity: "warning", summary: "0 is too short; 1 is used" }, words[0]);
    return SECOND;
  },
};

/** The rows of global_defs for alerts by mail. */
export const globalMailRows = {
  notification_email: list(word, {
    nonEmpty: true,
    doc: "Addresses that alerts go to.",
    since: "0.5.3",
  }),
  notification_email_from: leaf(wanted(word), {
    moreWords: "mistake",
    doc: "Sender of alerts.",
    since: "0.5.3",
  }),
  smtp_server: leaf(mailServer, {
    doc: "Server that takes alerts, and its port.",
    since: "0.5.3",
  }),
  smtp_connect_timeout: leaf(connectTimeout, {
    default: 30_000_000,
    doc: "Time to connect to the SMTP server.",
    since: "0.5.3",
  }),
  smtp_helo_name: leaf(tolerated(word), { doc: "Name in HELO.", since: "1.2.20" }),
  smtp_alert: flag({
    doc: "Alerts for everything unless it says otherwise.",
    since: "0.5.7",
  }),
  smtp_alert_vrrp: flag({
    doc: "Alerts for VRRP instances and groups.",
    since: "2.0.0",
  }),
  smtp_alert_checker: flag({
    doc: "Alerts for virtual and real servers.",
    since: "2.0.0",
  }),
  no_email_faults: flag({ bare: true, doc: "No alerts of faults.", since: "2.0.0" }),
  no_checker_emails: flag({
    doc: "Alerts when a server is added or removed, not when one of its checkers changes its mind.",
    since: "2.0.0",
  }),
};
