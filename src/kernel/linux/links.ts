import { ERRNO } from "../../wire/errno.ts";
import type { NetlinkMessage } from "../../wire/netlink.ts";
import { RTMGRP_LINK } from "../../wire/rtnetlink.ts";
import {
  type LinkMessage,
  RTM_DELLINK,
  RTM_GETLINK,
  RTM_NEWLINK,
  readLink,
  writeGetLink,
  writeLinkDump,
} from "../../wire/rtnetlink-link.ts";
import type { Closable, Link, LinkEvent, LinkPort } from "../ports.ts";
import { monitorRoutes } from "./monitor.ts";
import type { NetlinkSocket } from "./netlink-socket.ts";

/** Bytes of an interface name, without its NUL (IFNAMSIZ). */
const NAME_LENGTH = 15;

/** Whether two descriptions of a link are the same. */
function sameLink(a: Link, b: Link): boolean {
  return (
    a.name === b.name &&
    a.running === b.running &&
    a.mtu === b.mtu &&
    a.mac.length === b.mac.length &&
    a.mac.every((byte, index) => byte === b.mac[index])
  );
}

/** Links over rtnetlink. Needs no privilege. */
export class LinuxLinks implements LinkPort {
  readonly #route: () => NetlinkSocket;

  constructor(route: () => NetlinkSocket) {
    this.#route = route;
  }

  list(): Link[] {
    return this.#route().dump("list links", RTM_GETLINK, writeLinkDump, ({ payload }) => readLink(payload));
  }

  get(name: string): Link | undefined {
    if (name === "" || name.length > NAME_LENGTH) return undefined;
    const answer = this.#route().query(
      `get link ${name}`,
      RTM_GETLINK,
      (writer) => writeGetLink(writer, name),
      ERRNO.ENODEV,
    );
    return answer && readLink(answer.payload);
  }

  monitor(callback: (event: LinkEvent) => void): Closable {
    const known = new Map<number, LinkMessage>();
    const monitor = monitorRoutes(
      RTMGRP_LINK,
      (message) => this.#report(message, known, callback),
      () => this.#compare(known, callback),
    );
    for (const link of this.list()) known.set(link.index, link);
    return monitor;
  }

  #report(message: NetlinkMessage, known: Map<number, Link>, callback: (event: LinkEvent) => void): void {
    const link = readLink(message.payload);
    if (!link) return;
    if (message.type === RTM_NEWLINK) {
      known.set(link.index, link);
      callback({ type: "link", link });
    } else if (message.type === RTM_DELLINK) {
      known.delete(link.index);
      callback({ type: "link-removed", index: link.index, name: link.name });
    }
  }

  /** After an overrun: reports what differs from what was reported last. */
  #compare(known: Map<number, Link>, callback: (event: LinkEvent) => void): void {
    const now = new Map(this.list().map((link) => [link.index, link]));
    for (const [index, { name }] of [...known]) {
      if (now.has(index)) continue;
      known.delete(index);
      callback({ type: "link-removed", index, name });
    }
    for (const [index, link] of now) {
      const before = known.get(index);
      if (before && sameLink(before, link)) continue;
      known.set(index, link);
      callback({ type: "link", link });
    }
  }
}
