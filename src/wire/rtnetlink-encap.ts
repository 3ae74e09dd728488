import { bytesToIp } from "../values/ip.ts";
import { LITTLE_ENDIAN, viewOf } from "./byte-order.ts";
import { attributeNumber, type NetlinkWriter, readAttributes } from "./netlink.ts";
import { addressBytes } from "./rtnetlink.ts";

/** Light-weight tunnels of routes: RTA_ENCAP_TYPE and RTA_ENCAP. */

const ENCAP_MPLS = 1;
const ENCAP_IP = 2;
const ENCAP_ILA = 3;
const ENCAP_IP6 = 4;
const ENCAP_SEG6 = 5;

const MPLS_DESTINATION = 1;
const MPLS_TTL = 2;

/** Types of ip and ip6 alike; tos is tc there, ttl hoplimit. */
const TUNNEL_ID = 1;
const TUNNEL_DST = 2;
const TUNNEL_SRC = 3;
/** Of ip: 4 ttl, 5 tos; of ip6: 4 hop limit, 5 traffic class. */
const TUNNEL_TTL = 4;
const TUNNEL_TOS = 5;
const TUNNEL_FLAGS = 6;

const ILA_LOCATOR = 1;
const SEG6_SRH = 1;

/** MPLS label stack entries (RFC 3032 §2.1): 20 bits of label, the last one with the bottom bit. */
const LABEL_SHIFT = 12;
const BOTTOM_OF_STACK = 0x100;

/** A tunnel of IP in IP. */
export interface IpTunnel {
  readonly type: "ip" | "ip6";
  readonly id?: bigint;
  readonly dst?: string;
  readonly src?: string;
  readonly tos?: number;
  /** Hop limit. */
  readonly ttl?: number;
  readonly flags?: number;
}

/** What the packets of a route are put into. */
export type Encapsulation =
  | IpTunnel
  | { readonly type: "mpls"; readonly labels: readonly number[]; readonly ttl?: number }
  /** The locator: the upper 64 bits of an address. */
  | { readonly type: "ila"; readonly locator: bigint }
  /** Segment routing (RFC 8754): segments in the order in which they are visited. */
  | { readonly type: "seg6"; readonly mode: "inline" | "encap"; readonly segments: readonly string[] };

/** The RTA_ENCAP_TYPE of an encapsulation. */
export function encapType({ type }: Encapsulation): number {
  switch (type) {
    case "mpls":
      return ENCAP_MPLS;
    case "ip":
      return ENCAP_IP;
    case "ip6":
      return ENCAP_IP6;
    case "ila":
      return ENCAP_ILA;
    case "seg6":
      return ENCAP_SEG6;
  }
}

/** Appends what RTA_ENCAP holds. */
export function writeEncap(writer: NetlinkWriter, encap: Encapsulation): void {
  switch (encap.type) {
    case "mpls":
      writer.attribute(MPLS_DESTINATION, labelStack(encap.labels));
      if (encap.ttl !== undefined) writer.u8(MPLS_TTL, encap.ttl);
      return;
    case "ip":
    case "ip6":
      writeTunnel(writer, encap);
      return;
    case "ila":
      writer.attribute(ILA_LOCATOR, big64(encap.locator));
      return;
    case "seg6":
      writer.attribute(SEG6_SRH, segmentRoutingHeader(encap.mode, encap.segments));
      return;
  }
}

function writeTunnel(writer: NetlinkWriter, { id, dst, src, tos, ttl, flags }: IpTunnel): void {
  if (id !== undefined) writer.attribute(TUNNEL_ID, big64(id));
  if (dst !== undefined) writer.attribute(TUNNEL_DST, addressBytes(dst));
  if (src !== undefined) writer.attribute(TUNNEL_SRC, addressBytes(src));
  if (tos !== undefined) writer.u8(TUNNEL_TOS, tos);
  if (ttl !== undefined) writer.u8(TUNNEL_TTL, ttl);
  if (flags !== undefined) writer.u16be(TUNNEL_FLAGS, flags);
}

/** 64 bits in network byte order. */
function big64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  viewOf(bytes).setBigUint64(0, value, false);
  return bytes;
}

function labelStack(labels: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * labels.length);
  const view = viewOf(bytes);
  for (const [index, label] of labels.entries()) {
    const last = index === labels.length - 1 ? BOTTOM_OF_STACK : 0;
    view.setUint32(4 * index, ((label << LABEL_SHIFT) | last) >>> 0, false);
  }
  return bytes;
}

/**
 * The kernel's mode word, and a segment routing header (RFC 8754 §2): segments stand in reverse, and the inline mode
 * leaves room for the original destination in front of them.
 */
function segmentRoutingHeader(mode: "inline" | "encap", segments: readonly string[]): Uint8Array {
  const inline = mode === "inline";
  const count = segments.length + (inline ? 1 : 0);
  const bytes = new Uint8Array(4 + 8 + 16 * count);
  viewOf(bytes).setUint32(0, inline ? 0 : 1, LITTLE_ENDIAN);
  bytes[4 + 1] = 2 * count; // length in 8 bytes, without the first 8
  bytes[4 + 2] = 4; // routing type
  bytes[4 + 3] = count - 1; // segments left
  bytes[4 + 4] = count - 1; // last entry
  const reversed = segments.map((segment) => addressBytes(segment)).reverse();
  for (const [index, segment] of reversed.entries()) {
    bytes.set(segment, 12 + 16 * (index + (inline ? 1 : 0)));
  }
  return bytes;
}

/** The encapsulation in RTA_ENCAP_TYPE and RTA_ENCAP; undefined for none, and for a kind that has no name here. */
export function readEncap(
  type: number | undefined,
  value: Uint8Array | undefined,
): Encapsulation | undefined {
  if (type === undefined || !value) return undefined;
  const attributes = readAttributes(value);
  switch (type) {
    case ENCAP_MPLS:
      return readMpls(attributes);
    case ENCAP_IP:
      return readTunnel("ip", attributes);
    case ENCAP_IP6:
      return readTunnel("ip6", attributes);
    case ENCAP_ILA: {
      const locator = attributes.get(ILA_LOCATOR);
      return locator?.length === 8
        ? { type: "ila", locator: viewOf(locator).getBigUint64(0, false) }
        : undefined;
    }
    case ENCAP_SEG6:
      return readSegments(attributes.get(SEG6_SRH));
    default:
      return undefined;
  }
}

type Attributes = ReadonlyMap<number, Uint8Array>;

function readMpls(attributes: Attributes): Encapsulation {
  const stack = attributes.get(MPLS_DESTINATION) ?? new Uint8Array();
  const view = viewOf(stack);
  const labels = Array.from(
    { length: stack.length >> 2 },
    (_, index) => view.getUint32(4 * index, false) >>> LABEL_SHIFT,
  );
  const ttl = attributeNumber(attributes.get(MPLS_TTL));
  return { type: "mpls", labels, ...(ttl !== undefined && { ttl }) };
}

/** What is zero is what was not given: the kernel tells of everything. */
function readTunnel(type: "ip" | "ip6", attributes: Attributes): IpTunnel {
  const id = attributes.get(TUNNEL_ID);
  const number = id?.length === 8 ? viewOf(id).getBigUint64(0, false) : 0n;
  const address = (at: number) => {
    const bytes = attributes.get(at);
    return bytes?.some((byte) => byte !== 0) ? bytesToIp(bytes) : undefined;
  };
  const [dst, src] = [address(TUNNEL_DST), address(TUNNEL_SRC)];
  const tos = attributeNumber(attributes.get(TUNNEL_TOS)) ?? 0;
  const ttl = attributeNumber(attributes.get(TUNNEL_TTL)) ?? 0;
  const bits = attributes.get(TUNNEL_FLAGS);
  const flags = bits?.length === 2 ? viewOf(bits).getUint16(0, false) : 0;
  return {
    type,
    ...(number !== 0n && { id: number }),
    ...(dst !== undefined && { dst }),
    ...(src !== undefined && { src }),
    ...(tos !== 0 && { tos }),
    ...(ttl !== 0 && { ttl }),
    ...(flags !== 0 && { flags }),
  };
}

function readSegments(header: Uint8Array | undefined): Encapsulation | undefined {
  if (!header || header.length < 12) return undefined;
  const mode = viewOf(header).getUint32(0, LITTLE_ENDIAN) === 0 ? "inline" : "encap";
  const count = (header[4 + 4] ?? 0) + 1;
  if (header.length < 12 + 16 * count) return undefined;
  const all = Array.from({ length: count }, (_, index) =>
    bytesToIp(header.subarray(12 + 16 * index, 28 + 16 * index)),
  );
  return { type: "seg6", mode, segments: (mode === "inline" ? all.slice(1) : all).reverse() };
}
