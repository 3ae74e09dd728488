import { realServer } from "../schema/virtual-server.ts";
import type { RealServer } from "./config.ts";
import type { Open } from "./open.ts";
import { stopSharing } from "./parts.ts";
import { type Draft, shapeOf } from "./shape.ts";

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

/** Two lists as one: a new one only where both hold something, which they seldom do. */
function joined(some: readonly Connecting[], more: readonly Connecting[]): readonly Connecting[] {
  if (more.length === 0) return some;
  return some.length === 0 ? more : [...some, ...more];
}

/** The checkers of a real server that connect to an address and port, of all kinds; with the hosts of SMTP_CHECK. */
export function connectingCheckers(real: Server, hosts?: "with hosts"): readonly Connecting[] {
  let found = joined(real.TCP_CHECK, real.HTTP_GET);
  found = joined(found, real.SSL_GET);
  for (const one of real.SMTP_CHECK) found = joined(joined(found, [one]), hosts ? one.host : []);
  found = joined(found, real.DNS_CHECK);
  found = joined(found, real.UDP_CHECK);
  return joined(found, real.PING_CHECK);
}

/** Gives a real server checkers of its own, to be changed or to be asked for their origins. */
export function ownCheckers(real: Server): void {
  stopSharing(real as unknown as Draft, shapeOf(realServer)); // a block of that schema
}

/** Whether anything can ever take a server down. */
export function isChecked(real: Server): boolean {
  const others = real.MISC_CHECK.length + real.FILE_CHECK.length + real.BFD_CHECK.length;
  return others > 0 || connectingCheckers(real).length > 0;
}
