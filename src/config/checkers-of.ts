import { realServer } from "../schema/virtual-server.ts";
import type { RealServer } from "./config.ts";
import type { Open } from "./open.ts";
import { ownParts } from "./parts.ts";

type Server = Open<RealServer>;

/** A checker that connects to an address and port, or a further connection of SMTP_CHECK. */
type Connecting =
  | Server["TCP_CHECK"][number]
  | Server["HTTP_GET"][number]
  | Server["SSL_GET"][number]
  | Server["SMTP_CHECK"][number]
  | Server["SMTP_CHECK"][number]["host"][number]
  | Server["DNS_CHECK"][number]
  | Server["UDP_CHECK"][number]
  | Server["PING_CHECK"][number];

/** The checkers of a real server that connect to an address and port, of all kinds; with the hosts of SMTP_CHECK. */
export function connectingCheckers(real: Server, hosts?: "with hosts"): readonly Connecting[] {
  const found: Connecting[] = [];
  for (const one of real.TCP_CHECK) found.push(one);
  for (const one of real.HTTP_GET) found.push(one);
  for (const one of real.SSL_GET) found.push(one);
  for (const one of real.SMTP_CHECK) {
    found.push(one);
    if (hosts) for (const host of one.host) found.push(host);
  }
  for (const one of real.DNS_CHECK) found.push(one);
  for (const one of real.UDP_CHECK) found.push(one);
  for (const one of real.PING_CHECK) found.push(one);
  return found;
}

/** Gives a real server checkers of its own, to be changed or to be asked for their origins. */
export function ownCheckers(real: Server): void {
  ownParts(real, realServer);
}

/** Whether anything can ever take a server down. */
export function isChecked(real: Server): boolean {
  const others = real.MISC_CHECK.length + real.FILE_CHECK.length + real.BFD_CHECK.length;
  return others > 0 || connectingCheckers(real).length > 0;
}
