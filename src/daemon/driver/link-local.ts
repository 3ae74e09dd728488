import { bytesToIp } from "../../values/ip.ts";

/** The link-local address that an Ethernet address stands for (RFC 4291 appendix A); undefined for other hardware. */
export function linkLocalOf(mac: Uint8Array): string | undefined {
  const [first = 0, ...rest] = mac;
  if (mac.length !== 6) return undefined;
  const bytes = new Uint8Array(16);
  bytes.set([0xfe, 0x80]);
  bytes.set([first ^ 2, ...rest.slice(0, 2), 0xff, 0xfe, ...rest.slice(2)], 8);
  return bytesToIp(bytes);
}
