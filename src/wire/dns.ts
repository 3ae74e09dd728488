/** DNS messages as far as a health check needs them (RFC 1035 §4). */

/** Query types, RFC 1035 §3.2.2 and RFC 3596. */
export const DNS_TYPES = { A: 1, NS: 2, CNAME: 5, SOA: 6, MX: 15, TXT: 16, AAAA: 28 } as const;

const HEADER = 12;
const CLASS_IN = 1;
const RECURSION_DESIRED = 0x01;
const RESPONSE = 0x80;
const RCODE = 0x0f;
/** RFC 1035 §2.3.4. */
const LONGEST_LABEL = 63;

export interface DnsQuery {
  /** 16 bits. */
  readonly identifier: number;
  /** With or without the last dot; "." is the root. Empty labels are left out. */
  readonly name: string;
  /** One of DNS_TYPES. */
  readonly type: number;
}

/** A query with one question. Throws RangeError for a label that is too long. */
export function encodeDnsQuery({ identifier, name, type }: DnsQuery): Uint8Array {
  const labels = name.split(".").filter((label) => label !== "");
  const encoded = labels.map((label) => new TextEncoder().encode(label));
  const length = encoded.reduce((sum, label) => sum + 1 + label.length, 1);
  const bytes = new Uint8Array(HEADER + length + 4);
  bytes[0] = identifier >> 8;
  bytes[1] = identifier & 0xff;
  bytes[2] = RECURSION_DESIRED;
  bytes[5] = 1;
  let at = HEADER;
  for (const label of encoded) {
    if (label.length > LONGEST_LABEL) throw new RangeError(`a label of ${name} has more than 63 bytes`);
    bytes[at] = label.length;
    bytes.set(label, at + 1);
    at += 1 + label.length;
  }
  bytes[at + 1] = type >> 8;
  bytes[at + 2] = type & 0xff;
  bytes[at + 4] = CLASS_IN;
  return bytes;
}

export interface DnsResponse {
  readonly identifier: number;
  /** 0: no error. RFC 1035 §4.1.1. */
  readonly rcode: number;
}

/** The header of a response; undefined for a query, or what is too short to be either. */
export function decodeDnsResponse(bytes: Uint8Array): DnsResponse | undefined {
  const [high = 0, low = 0, flags = 0, more = 0] = bytes;
  if (bytes.length < HEADER || (flags & RESPONSE) === 0) return undefined;
  return { identifier: (high << 8) | low, rcode: more & RCODE };
}
