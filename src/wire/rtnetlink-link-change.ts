import { LITTLE_ENDIAN, viewOf } from "./byte-order.ts";
import type { NetlinkWriter } from "./netlink.ts";

/** rtnetlink: links that are made, changed and deleted (RFC 3549 §3.1.1; linux/if_link.h). */

const IFF_UP = 0x1;
const AF_INET6 = 10;

const IFLA_ADDRESS = 1;
const IFLA_IFNAME = 3;
const IFLA_LINK = 5;
const IFLA_MASTER = 10;
const IFLA_LINKINFO = 18;
const IFLA_AF_SPEC = 26;
const IFLA_GROUP = 27;

const IFLA_INFO_KIND = 1;
const IFLA_INFO_DATA = 2;
const IFLA_MACVLAN_MODE = 1;
const IFLA_IPVLAN_MODE = 1;
const IFLA_IPVLAN_FLAGS = 2;
const IFLA_INET6_ADDR_GEN_MODE = 8;

const MACVLAN_PRIVATE = 1;
const IPVLAN_L2 = 0;
const IPVLAN_FLAGS = { bridge: 0, private: 1, vepa: 2 } as const;
const GENERATION = { eui64: 0, none: 1 } as const;

/** A link to be made on top of another one. It begins down. */
export type NewLink = {
  readonly name: string;
  /** Index of the link below. */
  readonly base: number;
  /** Link group; the base's own is not inherited. */
  readonly group?: number;
} & (
  | {
      /** In private mode: its own address on the wire, and no way to its siblings. */
      readonly kind: "macvlan";
      readonly mac: Uint8Array;
    }
  | {
      /** In mode L2: the base's address on the wire. */
      readonly kind: "ipvlan";
      readonly flag: keyof typeof IPVLAN_FLAGS;
    }
);

/** What may change of a link. What is absent stays. */
export interface LinkChange {
  readonly up?: boolean;
  /** Whether the kernel gives it an IPv6 link-local address of its own making. */
  readonly addressGeneration?: keyof typeof GENERATION;
  /** Index of the link that it is to belong to; 0 for none. */
  readonly master?: number;
  readonly group?: number;
}

/** struct ifinfomsg. */
function fixedPart(index: number, flags = 0, change = 0): Uint8Array {
  const fixed = new Uint8Array(16);
  const view = viewOf(fixed);
  view.setInt32(4, index, LITTLE_ENDIAN);
  view.setUint32(8, flags, LITTLE_ENDIAN);
  view.setUint32(12, change, LITTLE_ENDIAN);
  return fixed;
}

/** The body of an RTM_NEWLINK that makes a link. */
export function writeNewLink(writer: NetlinkWriter, link: NewLink): void {
  writer.fixed(fixedPart(0));
  writer.text(IFLA_IFNAME, link.name);
  writer.u32(IFLA_LINK, link.base);
  if (link.group !== undefined) writer.u32(IFLA_GROUP, link.group);
  if (link.kind === "macvlan") writer.attribute(IFLA_ADDRESS, link.mac);
  writer.nested(IFLA_LINKINFO, () => {
    writer.text(IFLA_INFO_KIND, link.kind);
    writer.nested(IFLA_INFO_DATA, () => {
      if (link.kind === "macvlan") {
        writer.u32(IFLA_MACVLAN_MODE, MACVLAN_PRIVATE);
      } else {
        writer.u16(IFLA_IPVLAN_MODE, IPVLAN_L2);
        writer.u16(IFLA_IPVLAN_FLAGS, IPVLAN_FLAGS[link.flag]);
      }
    });
  });
}

/** The body of an RTM_NEWLINK that changes a link. */
export function writeLinkChange(writer: NetlinkWriter, index: number, change: LinkChange): void {
  const { up, addressGeneration, master, group } = change;
  writer.fixed(fixedPart(index, up === true ? IFF_UP : 0, up === undefined ? 0 : IFF_UP));
  if (master !== undefined) writer.u32(IFLA_MASTER, master);
  if (group !== undefined) writer.u32(IFLA_GROUP, group);
  if (addressGeneration === undefined) return;
  writer.nested(IFLA_AF_SPEC, () => {
    writer.nested(AF_INET6, () => writer.u8(IFLA_INET6_ADDR_GEN_MODE, GENERATION[addressGeneration]));
  });
}

/** The body of an RTM_DELLINK. */
export function writeLinkDeletion(writer: NetlinkWriter, index: number): void {
  writer.fixed(fixedPart(index));
}
