import { bytesToIp, familyOf, ipToBytes } from "./ip.ts";

/** Both ends are canonical addresses of one family, and belong to it. */
export interface IpRange {
  readonly from: string;
  readonly to: string;
}

/** Addresses that a range of a group is good for, where each is a service in IPVS. */
export const MOST_OF_RANGE = 65_536;

/** An address as a number: its bytes, most significant first. */
export function ipToNumber(address: string): bigint {
  return (ipToBytes(address) ?? new Uint8Array()).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

/** The canonical address that a number is; the inverse of ipToNumber(). */
export function numberToIp(number: bigint, length: 4 | 16): string {
  const bytes = new Uint8Array(length);
  for (let i = length - 1, rest = number; i >= 0; i--, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return bytesToIp(bytes);
}

/** How many addresses a range has. */
export function countOf({ from, to }: IpRange): bigint {
  return ipToNumber(to) - ipToNumber(from) + 1n;
}

/** The addresses of a range in order, `most` of them at most. */
export function addressesOf(range: IpRange, most: number): string[] {
  const first = ipToNumber(range.from);
  const length = familyOf(range.from) === 6 ? 16 : 4;
  const count = countOf(range);
  return Array.from({ length: Number(count < BigInt(most) ? count : BigInt(most)) }, (_, index) =>
    numberToIp(first + BigInt(index), length),
  );
}
