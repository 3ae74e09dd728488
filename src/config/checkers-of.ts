import type { RealServer } from "./config.ts";
import type { Open } from "./open.ts";

type Connecting = Open<
  RealServer[
    | "TCP_CHECK"
    | "HTTP_GET"
    | "SSL_GET"
    | "SMTP_CHECK"
    | "DNS_CHECK"
    | "UDP_CHECK"
    | "PING_CHECK"][number]
>;

/** The checkers of a real server that connect to an address and port, of all kinds. */
export function connectingCheckers(real: Open<RealServer>): readonly Connecting[] {
  const found: Connecting[] = [];
  for (const one of real.TCP_CHECK) found.push(one);
  for (const one of real.HTTP_GET) found.push(one);
  for (const one of real.SSL_GET) found.push(one);
  for (const one of real.SMTP_CHECK) found.push(one);
  for (const one of real.DNS_CHECK) found.push(one);
  for (const one of real.UDP_CHECK) found.push(one);
  for (const one of real.PING_CHECK) found.push(one);
  return found;
}

/** Whether anything can ever take a server down. */
export function isChecked(real: Open<RealServer>): boolean {
  const others = real.MISC_CHECK.length + real.FILE_CHECK.length + real.BFD_CHECK.length;
  return others > 0 || connectingCheckers(real).length > 0;
}
