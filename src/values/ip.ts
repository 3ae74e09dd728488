/**
 * IP addresses as canonical text: IPv4 dotted quad, IPv6 as RFC 5952 writes it. Equal addresses are equal strings,
 * so they compare with === and serve as map keys. Bytes exist only where a codec needs them.
 */
export type IpFamily = 4 | 6;

/** The family of a canonical address. */
export function familyOf(address: string): IpFamily {
  return address.includes(":") ? 6 : 4;
}

const [DOT, ZERO] = [46, 48];

/** Four numbers without leading zeros. Read by character: every check and every command of IPVS has addresses. */
function parseIpv4(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(4);
  let [index, octet] = [0, -1];
  for (let place = 0; place < text.length; place++) {
    const code = text.charCodeAt(place);
    if (code === DOT) {
      if (octet < 0 || index === 3) return undefined;
      bytes[index++] = octet;
      octet = -1;
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9 || octet === 0) return undefined;
    octet = octet < 0 ? digit : 10 * octet + digit;
    if (octet > 255) return undefined;
  }
  if (octet < 0 || index !== 3) return undefined;
  bytes[3] = octet;
  return bytes;
}

/** The 16-bit groups of one side of `::`; a trailing dotted quad counts as two. Undefined when one is malformed. */
function parseGroups(text: string): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (part.includes(".")) {
      const quad = index === parts.length - 1 ? parseIpv4(part) : undefined;
      if (!quad) return undefined;
      const [a = 0, b = 0, c = 0, d = 0] = quad;
      groups.push((a << 8) | b, (c << 8) | d);
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(part)) return undefined;
      groups.push(Number.parseInt(part, 16));
    }
  }
  return groups;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? "");
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? "") : [];
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  const bytes = new Uint8Array(16);
  for (const [index, group] of groups.entries()) {
    bytes[2 * index] = group >> 8;
    bytes[2 * index + 1] = group & 0xff;
  }
  return bytes;
}

/** The 4 or 16 bytes, network order, of an address in any spelling; undefined when it is none. No zone, no prefix. */
export function ipToBytes(text: string): Uint8Array | undefined {
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

/** The canonical text of 4 or 16 bytes in network order. Throws RangeError on any other length. */
export function bytesToIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  if (bytes.length !== 16) throw new RangeError(`an IP address has 4 or 16 bytes, not ${bytes.length}`);
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0));
  const [start, length] = longestZeroRun(groups);
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(":");
  if (length < 2) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

/** RFC 5952 §4.2: the first of the longest runs of zero groups is the one that `::` replaces. */
function longestZeroRun(groups: readonly number[]): [start: number, length: number] {
  let best: [number, number] = [0, 0];
  let start = 0;
  for (let i = 0; i <= groups.length; i++) {
    if (groups[i] === 0) continue;
    if (i - start > best[1]) best = [start, i - start];
    start = i + 1;
  }
  return best;
}

const CANONICAL_OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
/** Most addresses are IPv4, whose only spelling is the canonical one. */
const CANONICAL_IPV4 = new RegExp(`^(?:${CANONICAL_OCTET}\\.){3}${CANONICAL_OCTET}$`);

/** Canonical text of an address in any spelling, or undefined when it is none. */
export function canonicalIp(text: string): string | undefined {
  if (CANONICAL_IPV4.test(text)) return text;
  const bytes = ipToBytes(text);
  return bytes && bytesToIp(bytes);
}
