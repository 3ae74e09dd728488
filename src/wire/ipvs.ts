import { bytesToIp, familyOf, ipToBytes } from "../values/ip.ts";
import { LITTLE_ENDIAN, viewOf } from "./byte-order.ts";
import { readGenericAttributes, writeGenericHeader } from "./genetlink.ts";
import type {
  IpvsCommand,
  IpvsDestination,
  IpvsDestinationEntry,
  IpvsForward,
  IpvsService,
  IpvsServiceEntry,
  IpvsServiceKey,
  IpvsStats,
  IpvsTunnel,
} from "./ipvs-types.ts";
import {
  attributeBigint,
  attributeNumber,
  attributeText,
  type NetlinkWriter,
  readAttributes,
} from "./netlink.ts";
import { AF_INET, AF_INET6 } from "./rtnetlink.ts";

/** The IPVS family of generic netlink (linux/ip_vs.h). */
export const IPVS_FAMILY = "IPVS";
const VERSION = 1;

const COMMAND = {
  "add-service": 1,
  "edit-service": 2,
  "delete-service": 3,
  "add-destination": 5,
  "edit-destination": 6,
  "delete-destination": 7,
} as const satisfies Record<IpvsCommand["type"], number>;
const GET_SERVICE = 4;
const GET_DESTINATION = 8;
const FLUSH = 17;

const ATTR_SERVICE = 1;
const ATTR_DESTINATION = 2;

const SERVICE = {
  family: 1,
  protocol: 2,
  address: 3,
  port: 4,
  fwmark: 5,
  scheduler: 6,
  flags: 7,
  timeout: 8,
  netmask: 9,
  stats: 10,
  persistenceEngine: 11,
  stats64: 12,
} as const;

const DESTINATION = {
  address: 1,
  port: 2,
  forward: 3,
  weight: 4,
  upperThreshold: 5,
  lowerThreshold: 6,
  activeConnections: 7,
  inactiveConnections: 8,
  persistentConnections: 9,
  stats: 10,
  family: 11,
  stats64: 12,
  tunnelType: 13,
  tunnelPort: 14,
  tunnelFlags: 15,
} as const;

const FORWARD_TUNNEL = 2;
/** IP_VS_CONN_F_TUNNEL_TYPE_*; IPIP is 0. */
const TUNNEL_TYPES = { gue: 1, gre: 2 } as const;
/** IP_VS_TUNNEL_ENCAP_FLAG_* by what they say of checksums. */
const TUNNEL_CHECKSUMS = { none: 0, full: 1, remote: 2 } as const;

const STATS = { connections: 1, inPackets: 2, outPackets: 3, inBytes: 4, outBytes: 5 } as const;

/** The body of one command; the message type is the family's id. */
export function writeIpvsCommand(writer: NetlinkWriter, command: IpvsCommand): void {
  writeGenericHeader(writer, COMMAND[command.type], VERSION);
  switch (command.type) {
    case "add-service":
    case "edit-service":
      writer.nested(ATTR_SERVICE, () => writeService(writer, command.service));
      return;
    case "delete-service":
      writer.nested(ATTR_SERVICE, () => writeKey(writer, command.key));
      return;
    case "add-destination":
    case "edit-destination":
      writer.nested(ATTR_SERVICE, () => writeKey(writer, command.key));
      writer.nested(ATTR_DESTINATION, () => writeDestination(writer, command.destination));
      return;
    case "delete-destination":
      writer.nested(ATTR_SERVICE, () => writeKey(writer, command.key));
      writer.nested(ATTR_DESTINATION, () => writeDestinationKey(writer, command.destination));
      return;
  }
}

/** The body of a flush: every service and destination goes. */
export function writeIpvsFlush(writer: NetlinkWriter): void {
  writeGenericHeader(writer, FLUSH, VERSION);
}

/** The body of a dump of all services. */
export function writeServiceDump(writer: NetlinkWriter): void {
  writeGenericHeader(writer, GET_SERVICE, VERSION);
}

/** The body of a dump of the destinations of one service. */
export function writeDestinationDump(writer: NetlinkWriter, key: IpvsServiceKey): void {
  writeGenericHeader(writer, GET_DESTINATION, VERSION);
  writer.nested(ATTR_SERVICE, () => writeKey(writer, key));
}

const familyNumber = (family: 4 | 6) => (family === 4 ? AF_INET : AF_INET6);

/** The family of a service: its address's, or the one its mark is of. */
function serviceFamily(key: IpvsServiceKey): 4 | 6 {
  return key.type === "fwmark" ? key.family : familyOf(key.address);
}

/** 16 bytes whatever the family, as the kernel's union has them. */
function addressBytes(address: string): Uint8Array {
  const bytes = ipToBytes(address);
  if (!bytes) throw new RangeError(`${address} is no IP address`);
  const padded = new Uint8Array(16);
  padded.set(bytes);
  return padded;
}

function writeKey(writer: NetlinkWriter, key: IpvsServiceKey): void {
  writer.u16(SERVICE.family, familyNumber(serviceFamily(key)));
  if (key.type === "fwmark") {
    writer.u32(SERVICE.fwmark, key.fwmark);
    return;
  }
  writer.u16(SERVICE.protocol, key.protocol);
  writer.attribute(SERVICE.address, addressBytes(key.address));
  writer.u16be(SERVICE.port, key.port);
}

function writeService(writer: NetlinkWriter, service: IpvsService): void {
  writeKey(writer, service.key);
  writer.text(SERVICE.scheduler, service.scheduler);
  if (service.persistenceEngine !== "") writer.text(SERVICE.persistenceEngine, service.persistenceEngine);
  const flags = new Uint8Array(8); // struct ip_vs_flags: value, then the mask of the bits that it sets
  viewOf(flags).setUint32(0, service.flags, LITTLE_ENDIAN);
  viewOf(flags).setUint32(4, 0xffffffff, LITTLE_ENDIAN);
  writer.attribute(SERVICE.flags, flags);
  writer.u32(SERVICE.timeout, service.timeout);
  // IPv4: a mask in network order. IPv6: a prefix length in host order, in the same attribute.
  if (serviceFamily(service.key) === 4) writer.u32be(SERVICE.netmask, service.netmask);
  else writer.u32(SERVICE.netmask, service.netmask);
}

function writeDestinationKey(
  writer: NetlinkWriter,
  destination: Pick<IpvsDestination, "address" | "port">,
): void {
  writer.u16(DESTINATION.family, familyNumber(familyOf(destination.address)));
  writer.attribute(DESTINATION.address, addressBytes(destination.address));
  writer.u16be(DESTINATION.port, destination.port);
}

function writeDestination(writer: NetlinkWriter, destination: IpvsDestination): void {
  writeDestinationKey(writer, destination);
  writer.u32(DESTINATION.forward, destination.forward);
  writer.u32(DESTINATION.weight, destination.weight);
  writer.u32(DESTINATION.upperThreshold, destination.upperThreshold);
  writer.u32(DESTINATION.lowerThreshold, destination.lowerThreshold);
  const { tunnel } = destination;
  // Kernels before 5.2 know IP in IP only, which needs no attribute.
  if (tunnel === undefined) return;
  writer.u8(DESTINATION.tunnelType, TUNNEL_TYPES[tunnel.type]);
  if (tunnel.type === "gue") writer.u16be(DESTINATION.tunnelPort, tunnel.port);
  writer.u16(DESTINATION.tunnelFlags, TUNNEL_CHECKSUMS[tunnel.checksum]);
}

function readIp(value: Uint8Array | undefined, family: 4 | 6): string | undefined {
  const length = family === 4 ? 4 : 16;
  return value && value.length >= length ? bytesToIp(value.subarray(0, length)) : undefined;
}

function readPort(value: Uint8Array | undefined): number {
  return value?.length === 2 ? viewOf(value).getUint16(0, false) : 0;
}

/** 64-bit counters where the kernel has them (4.1 and later), otherwise the older ones, connections in 32 bits. */
function readStats(stats64: Uint8Array | undefined, stats: Uint8Array | undefined): IpvsStats {
  const counters = readAttributes(stats64 ?? stats ?? new Uint8Array());
  const counter = (type: number) => attributeBigint(counters.get(type)) ?? 0n;
  return {
    connections: counter(STATS.connections),
    inPackets: counter(STATS.inPackets),
    outPackets: counter(STATS.outPackets),
    inBytes: counter(STATS.inBytes),
    outBytes: counter(STATS.outBytes),
  };
}

function readKey(attributes: Map<number, Uint8Array>): IpvsServiceKey | undefined {
  const family = attributeNumber(attributes.get(SERVICE.family)) === AF_INET6 ? 6 : 4;
  const fwmark = attributeNumber(attributes.get(SERVICE.fwmark));
  if (fwmark !== undefined) return { type: "fwmark", family, fwmark };
  const address = readIp(attributes.get(SERVICE.address), family);
  if (address === undefined) return undefined;
  const protocol = attributeNumber(attributes.get(SERVICE.protocol)) ?? 0;
  return { type: "address", protocol, address, port: readPort(attributes.get(SERVICE.port)) };
}

/** IP_VS_SVC_F_HASHED: the kernel's own mark that the service is in its table, no configuration. */
const FLAG_HASHED = 0x2;

/** A service of a dump, its destinations yet to be asked for; undefined when malformed. */
export function readService(payload: Uint8Array): Omit<IpvsServiceEntry, "destinations"> | undefined {
  const nested = readGenericAttributes(payload).get(ATTR_SERVICE);
  const attributes = readAttributes(nested ?? new Uint8Array());
  const key = readKey(attributes);
  if (!key) return undefined;
  const number = (type: number) => attributeNumber(attributes.get(type)) ?? 0;
  const mask = attributes.get(SERVICE.netmask);
  const netmask =
    mask?.length === 4 ? viewOf(mask).getUint32(0, serviceFamily(key) === 6 && LITTLE_ENDIAN) : 0;
  return {
    key,
    scheduler: attributeText(attributes.get(SERVICE.scheduler)) ?? "",
    flags: (attributeNumber(attributes.get(SERVICE.flags)?.subarray(0, 4)) ?? 0) & ~FLAG_HASHED,
    timeout: number(SERVICE.timeout),
    netmask,
    persistenceEngine: attributeText(attributes.get(SERVICE.persistenceEngine)) ?? "",
    stats: readStats(attributes.get(SERVICE.stats64), attributes.get(SERVICE.stats)),
  };
}

/** What the kernel calls local node (1) and bypass (4) cannot be configured; they forward like masquerading. */
function readForward(value: number | undefined): IpvsForward {
  return value === 2 || value === 3 ? value : 0;
}

/** Undefined for IP in IP, and for what is no tunnel. */
function readTunnel(attributes: Map<number, Uint8Array>): IpvsTunnel | undefined {
  const type = attributeNumber(attributes.get(DESTINATION.tunnelType));
  const flags = attributeNumber(attributes.get(DESTINATION.tunnelFlags)) ?? 0;
  const checksum = (flags & TUNNEL_CHECKSUMS.full) === 0 ? "none" : "full";
  if (type === TUNNEL_TYPES.gre) return { type: "gre", checksum };
  if (type !== TUNNEL_TYPES.gue) return undefined;
  const port = readPort(attributes.get(DESTINATION.tunnelPort));
  return { type: "gue", port, checksum: (flags & TUNNEL_CHECKSUMS.remote) === 0 ? checksum : "remote" };
}

/** A destination of a dump of a service; undefined when malformed. */
export function readDestination(payload: Uint8Array, key: IpvsServiceKey): IpvsDestinationEntry | undefined {
  const nested = readGenericAttributes(payload).get(ATTR_DESTINATION);
  const attributes = readAttributes(nested ?? new Uint8Array());
  const number = (type: number) => attributeNumber(attributes.get(type)) ?? 0;
  const own = attributeNumber(attributes.get(DESTINATION.family)); // absent before Linux 3.18
  const family = own === undefined ? serviceFamily(key) : own === AF_INET6 ? 6 : 4;
  const address = readIp(attributes.get(DESTINATION.address), family);
  if (address === undefined) return undefined;
  const forward = readForward(attributeNumber(attributes.get(DESTINATION.forward)));
  const tunnel = forward === FORWARD_TUNNEL ? readTunnel(attributes) : undefined;
  return {
    address,
    port: readPort(attributes.get(DESTINATION.port)),
    forward,
    weight: number(DESTINATION.weight),
    upperThreshold: number(DESTINATION.upperThreshold),
    lowerThreshold: number(DESTINATION.lowerThreshold),
    ...(tunnel && { tunnel }),
    activeConnections: number(DESTINATION.activeConnections),
    inactiveConnections: number(DESTINATION.inactiveConnections),
    persistentConnections: number(DESTINATION.persistentConnections),
    stats: readStats(attributes.get(DESTINATION.stats64), attributes.get(DESTINATION.stats)),
  };
}
