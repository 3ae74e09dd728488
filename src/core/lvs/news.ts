import type { RealServer, ScriptCommand, VirtualServer } from "../../config/config.ts";
import type { LvsEffect } from "./contract.ts";

/** Something to tell: by a script, by a line in the FIFOs, by mail, each as far as it is there. */
export interface News {
  /** Scripts of one key run one after the other. */
  readonly key: string;
  readonly script?: ScriptCommand | undefined;
  readonly line?: string;
  readonly alert?: Extract<LvsEffect, { readonly type: "alert" }>;
}

type Alert = Extract<LvsEffect, { readonly type: "alert" }>;

/** `UP` or `DOWN`. */
const word = (up: boolean): string => (up ? "UP" : "DOWN");

/** The line of a real server: `RS [10.0.1.1]:tcp:80 [10.0.0.1]:tcp:80 UP`. */
export function serverLine(server: string, service: string, up: boolean): string {
  return `RS ${server} ${service} ${word(up)}`;
}

/** The line of a virtual server's quorum: `VS [10.0.0.1]:tcp:80 UP`. */
export function serviceLine(service: string, up: boolean): string {
  return `VS ${service} ${word(up)}`;
}

/** Mail about a real server, which is `up` or not; `body` without its arrows. */
export function serverAlert(
  { config, name, service }: { readonly config: RealServer; readonly name: string; readonly service: string },
  up: boolean,
  body: string,
  checkerOnly = false,
): Alert {
  const subject = `Realserver ${name} of virtual server ${service} - ${word(up)}`;
  return { type: "alert", of: "real_server", block: config, subject, body: `=> ${body} <=`, checkerOnly };
}

/** Mail about a quorum. */
export function serviceAlert(config: VirtualServer, service: string, up: boolean, body: string): Alert {
  const subject = `Virtualserver ${service} - ${word(up)}`;
  return {
    type: "alert",
    of: "virtual_server",
    block: config,
    subject,
    body: `=> ${body} <=`,
    checkerOnly: false,
  };
}

/** How keepalived's mails name the checkers whose name is not in their keyword; others are plain CHECKs. */
const CHECKS: Readonly<Record<string, { readonly up: string; readonly down: string }>> = {
  TCP_CHECK: { up: "TCP CHECK succeed on service", down: "TCP CHECK failed on service" },
  UDP_CHECK: { up: "UDP CHECK succeed on service", down: "UDP CHECK failed on service" },
  PING_CHECK: { up: "ICMP CHECK succeed on service", down: "ICMP CHECK failed on service" },
  DNS_CHECK: { up: "DNS_CHECK: succeed on service", down: "DNS_CHECK: failed on service" },
  MISC_CHECK: { up: "MISC CHECK succeeded on service", down: "MISC CHECK failed on service" },
  HTTP_GET: { up: "CHECK succeed on service", down: "CHECK failed on service : HTTP/SSL request failed" },
  SSL_GET: { up: "CHECK succeed on service", down: "CHECK failed on service : HTTP/SSL request failed" },
};

/**
 * What a mail says of the verdict of a checker of this kind; `reason` for those whose words it is, and the session of a
 * BFD_CHECK. Undefined: no mail tells of it.
 */
export function verdictText(kind: string, up: boolean, reason: string): string | undefined {
  if (kind === "FILE_CHECK") return undefined;
  if (kind === "BFD_CHECK") return `BFD CHECK ${reason} ${up ? "succeeded" : "failed"} on service`;
  const words = CHECKS[kind] ?? {
    up: "CHECK succeed on service",
    down: `CHECK failed on service : ${reason}`,
  };
  return up ? words.up : words.down;
}
