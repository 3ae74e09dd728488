import type { RealServer } from "./config.ts";
import type { Open } from "./open.ts";

/** The checkers of a real server that connect to an address and port, of all kinds. */
export function connectingCheckers(real: Open<RealServer>) {
  return [
    real.TCP_CHECK,
    real.HTTP_GET,
    real.SSL_GET,
    real.SMTP_CHECK,
    real.DNS_CHECK,
    real.UDP_CHECK,
    real.PING_CHECK,
  ].flat();
}

/** Whether anything can ever take a server down. */
export function isChecked(real: Open<RealServer>): boolean {
  const others = real.MISC_CHECK.length + real.FILE_CHECK.length + real.BFD_CHECK.length;
  return others > 0 || connectingCheckers(real).length > 0;
}
