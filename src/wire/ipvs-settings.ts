import { bytesToIp, familyOf, ipToBytes } from "../values/ip.ts";
import { readGenericAttributes, writeGenericHeader } from "./genetlink.ts";
import type { IpvsDaemon, IpvsTimeouts } from "./ipvs-types.ts";
import { attributeNumber, attributeText, type NetlinkWriter, readAttributes } from "./netlink.ts";

/** What IPVS has besides its table, over generic netlink (linux/ip_vs.h): synchronisation daemons and timeouts. */

const VERSION = 1;
const NEW_DAEMON = 9;
const DELETE_DAEMON = 10;
const GET_DAEMON = 11;
const SET_CONFIG = 12;
const GET_CONFIG = 13;

const ATTR_DAEMON = 3;
const TIMEOUT = { tcp: 4, tcpfin: 5, udp: 6 } as const;
const DAEMON = {
  state: 1,
  interface: 2,
  id: 3,
  maxlen: 4,
  group: 5,
  group6: 6,
  port: 7,
  ttl: 8,
} as const;
const STATE = { master: 1, backup: 2 } as const;

/** The body of a command that starts a daemon. */
export function writeNewDaemon(writer: NetlinkWriter, daemon: IpvsDaemon): void {
  writeGenericHeader(writer, NEW_DAEMON, VERSION);
  writer.nested(ATTR_DAEMON, () => {
    writer.u32(DAEMON.state, STATE[daemon.state]);
    writer.text(DAEMON.interface, daemon.interface);
    writer.u32(DAEMON.id, daemon.id);
    if (daemon.maxlen !== undefined) writer.u16(DAEMON.maxlen, daemon.maxlen);
    if (daemon.group !== undefined) {
      const bytes = ipToBytes(daemon.group);
      if (bytes) writer.attribute(familyOf(daemon.group) === 4 ? DAEMON.group : DAEMON.group6, bytes);
    }
    if (daemon.port !== undefined) writer.u16(DAEMON.port, daemon.port);
    if (daemon.ttl !== undefined) writer.u8(DAEMON.ttl, daemon.ttl);
  });
}

/** The body of a command that ends the daemon of a state. The kernel wants its interface and number named as well. */
export function writeDeleteDaemon(writer: NetlinkWriter, daemon: IpvsDaemon): void {
  writeGenericHeader(writer, DELETE_DAEMON, VERSION);
  writer.nested(ATTR_DAEMON, () => {
    writer.u32(DAEMON.state, STATE[daemon.state]);
    writer.text(DAEMON.interface, daemon.interface);
    writer.u32(DAEMON.id, daemon.id);
  });
}

/** The body of a dump of the daemons that run. */
export function writeDaemonDump(writer: NetlinkWriter): void {
  writeGenericHeader(writer, GET_DAEMON, VERSION);
}

/** A daemon of a dump; undefined when malformed. */
export function readDaemon(payload: Uint8Array): IpvsDaemon | undefined {
  const attributes = readAttributes(readGenericAttributes(payload).get(ATTR_DAEMON) ?? new Uint8Array());
  const number = (type: number) => attributeNumber(attributes.get(type));
  const name = attributeText(attributes.get(DAEMON.interface));
  const group = attributes.get(DAEMON.group) ?? attributes.get(DAEMON.group6);
  const [maxlen, port, ttl] = [number(DAEMON.maxlen), number(DAEMON.port), number(DAEMON.ttl)];
  if (name === undefined) return undefined;
  return {
    state: number(DAEMON.state) === STATE.master ? "master" : "backup",
    interface: name,
    id: number(DAEMON.id) ?? 0,
    ...(maxlen !== undefined && { maxlen }),
    ...(group !== undefined && { group: bytesToIp(group) }),
    ...(port !== undefined && { port }),
    ...(ttl !== undefined && { ttl }),
  };
}

/** The body of a command that sets the timeouts that are given. */
export function writeTimeouts(writer: NetlinkWriter, timeouts: Partial<IpvsTimeouts>): void {
  writeGenericHeader(writer, SET_CONFIG, VERSION);
  for (const key of ["tcp", "tcpfin", "udp"] as const) {
    const seconds = timeouts[key];
    if (seconds !== undefined) writer.u32(TIMEOUT[key], seconds);
  }
}

/** The body of a request for the timeouts. */
export function writeGetTimeouts(writer: NetlinkWriter): void {
  writeGenericHeader(writer, GET_CONFIG, VERSION);
}

/** The answer to it. */
export function readTimeouts(payload: Uint8Array): IpvsTimeouts {
  const attributes = readGenericAttributes(payload);
  const seconds = (type: number) => attributeNumber(attributes.get(type)) ?? 0;
  return { tcp: seconds(TIMEOUT.tcp), tcpfin: seconds(TIMEOUT.tcpfin), udp: seconds(TIMEOUT.udp) };
}
