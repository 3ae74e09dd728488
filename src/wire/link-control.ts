import { LITTLE_ENDIAN, viewOf } from "./byte-order.ts";

/** What ioctl(2) says of the link of an interface: linux/sockios.h, linux/mii.h, linux/ethtool.h, struct ifreq. */

export const SIOCGIFFLAGS = 0x8913;
export const SIOCETHTOOL = 0x8946;
export const SIOCGMIIPHY = 0x8947;
export const SIOCGMIIREG = 0x8948;

const REQUEST_SIZE = 40;
const NAME_SIZE = 16;
const IFF_UP = 0x1;
const IFF_RUNNING = 0x40;
const ETHTOOL_GLINK = 0xa;
const MII_BMSR = 1;
const BMSR_LINK = 0x4;

/** A struct ifreq about an interface, its union zero. */
export function linkRequest(name: string): Uint8Array {
  const bytes = new Uint8Array(REQUEST_SIZE);
  bytes.set(new TextEncoder().encode(name).subarray(0, NAME_SIZE - 1));
  return bytes;
}

/** Whether the answer to SIOCGIFFLAGS says that the interface is up, and has a carrier. */
export function readFlags(request: Uint8Array): { readonly up: boolean; readonly running: boolean } {
  const flags = viewOf(request).getUint16(NAME_SIZE, LITTLE_ENDIAN);
  return { up: (flags & IFF_UP) !== 0, running: (flags & IFF_RUNNING) !== 0 };
}

/** The struct ethtool_value that asks for the link. */
export function glinkCommand(): Uint8Array {
  const bytes = new Uint8Array(8);
  viewOf(bytes).setUint32(0, ETHTOOL_GLINK, LITTLE_ENDIAN);
  return bytes;
}

export function readGlink(command: Uint8Array): boolean {
  return viewOf(command).getUint32(4, LITTLE_ENDIAN) !== 0;
}

/** Turns the answer to SIOCGMIIPHY, which names the transceiver, into the request for its status register. */
export function askForStatus(request: Uint8Array): void {
  viewOf(request).setUint16(NAME_SIZE + 2, MII_BMSR, LITTLE_ENDIAN);
}

/** The link status of the answer to SIOCGMIIREG. */
export function readStatus(request: Uint8Array): boolean {
  return (viewOf(request).getUint16(NAME_SIZE + 6, LITTLE_ENDIAN) & BMSR_LINK) !== 0;
}
