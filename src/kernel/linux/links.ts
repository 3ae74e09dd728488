import { ERRNO } from "../../wire/errno.ts";
import { type NetlinkMessage, NLM_F_CREATE, NLM_F_EXCL } from "../../wire/netlink.ts";
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
import {
  type LinkChange,
  type NewLink,
  writeLinkChange,
  writeLinkDeletion,
  writeNewLink,
} from "../../wire/rtnetlink-link-change.ts";
import type { Closable, Link, LinkEvent, LinkPort } from "../ports.ts";
import type { RouteMonitor } from "./monitor.ts";
import type { NetlinkSocket } from "./netlink-socket.ts";

/** Bytes of an interface name, without its NUL (IFNAMSIZ). */
const NAME_LENGTH = 15;

/** Whether two descriptions of a link are the same. */
function sameLink(a: Link, b: Link): boolean {
  return (
    a.name === b.name &&
    a.running === b.running &&
    a.mtu === b.mtu &&
    a.master === b.master &&
    a.group === b.group &&
    a.mac.length === b.mac.length &&
    a.mac.every((byte, index) => byte === b.mac[index])
  );
}

/** Links over rtnetlink. Needs no privilege. */
export class LinuxLinks implements LinkPort {
  readonly #route: () => NetlinkSocket;
  readonly #watch: RouteMonitor;

  constructor(route: () => NetlinkSocket, watch: RouteMonitor) {
    this.#route = route;
    this.#watch = watch;
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

  create(link: NewLink): void {
    this.#route().execute(`create ${link.name}`, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, (writer) =>
      writeNewLink(writer, link),
    );
  }

  delete(index: number): void {
    this.#route().execute(`delete link ${index}`, RTM_DELLINK, 0, (writer) =>
      writeLinkDeletion(writer, index),
    );
  }

  /** The kernel brings a link up before it looks at anything else: what must hold by then goes ahead. */
  set(index: number, change: LinkChange): void {
    const { up, ...rest } = change;
    const parts = up === undefined || Object.keys(rest).length === 0 ? [change] : [rest, { up }];
    for (const part of parts) {
      this.#route().execute(`change link ${index}`, RTM_NEWLINK, 0, (writer) =>
        writeLinkChange(writer, index, part),
      );
    }
  }

  monitor(callback: (event: LinkEvent) => void): Closable {
    const known = new Map<number, LinkMessage>();
    const monitor = this.#watch(
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
