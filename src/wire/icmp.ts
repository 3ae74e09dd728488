import { internetChecksum } from "./checksum.ts";

/** Echo of ICMP (RFC 792) and ICMPv6 (RFC 4443 §4). */

export const ECHO_REPLY_4 = 0;
export const ECHO_REPLY_6 = 129;
const ECHO_REQUEST_4 = 8;
const ECHO_REQUEST_6 = 128;
const HEADER = 8;

export interface Echo {
  /** 16 bits each. */
  readonly identifier: number;
  readonly sequence: number;
}

/** An echo request. Over IPv6 the checksum is left to the kernel, which knows the addresses that it covers. */
export function encodeEchoRequest(family: 4 | 6, echo: Echo, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER + payload.length);
  bytes[0] = family === 4 ? ECHO_REQUEST_4 : ECHO_REQUEST_6;
  bytes[4] = echo.identifier >> 8;
  bytes[5] = echo.identifier & 0xff;
  bytes[6] = echo.sequence >> 8;
  bytes[7] = echo.sequence & 0xff;
  bytes.set(payload, HEADER);
  return family === 4 ? withChecksum(bytes) : bytes;
}

function withChecksum(bytes: Uint8Array): Uint8Array {
  const checksum = internetChecksum(bytes);
  bytes[2] = checksum >> 8;
  bytes[3] = checksum & 0xff;
  return bytes;
}

/** The reply to an echo request: the same message with another type. */
export function echoReply(request: Uint8Array, family: 4 | 6): Uint8Array {
  const bytes = request.slice();
  bytes[0] = family === 4 ? ECHO_REPLY_4 : ECHO_REPLY_6;
  bytes[2] = 0;
  bytes[3] = 0;
  return family === 4 ? withChecksum(bytes) : bytes;
}

/** What an echo reply answers to; undefined for any other message, and over IPv4 for one whose checksum is wrong. */
export function decodeEchoReply(family: 4 | 6, bytes: Uint8Array): Echo | undefined {
  const [type, code, , , high = 0, low = 0, upper = 0, lower = 0] = bytes;
  if (bytes.length < HEADER || type !== (family === 4 ? ECHO_REPLY_4 : ECHO_REPLY_6) || code !== 0)
    return undefined;
  if (family === 4 && internetChecksum(bytes) !== 0) return undefined;
  return { identifier: (high << 8) | low, sequence: (upper << 8) | lower };
}
