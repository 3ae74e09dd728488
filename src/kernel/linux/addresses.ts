import { NLM_F_CREATE, NLM_F_EXCL } from "../../wire/netlink.ts";
import { RTMGRP_ADDRESSES } from "../../wire/rtnetlink.ts";
import {
  RTM_DELADDR,
  RTM_GETADDR,
  RTM_NEWADDR,
  readAddress,
  writeAddress,
  writeAddressDump,
} from "../../wire/rtnetlink-address.ts";
import type { AddressEvent, AddressPort, Closable, InterfaceAddress } from "../ports.ts";
import type { RouteMonitor } from "./monitor.ts";
import type { NetlinkSocket } from "./netlink-socket.ts";

/** What the kernel tells addresses apart by. */
const identity = ({ ifindex, address, prefixLength, peer }: InterfaceAddress) =>
  `${ifindex} ${address}/${prefixLength} ${peer ?? ""}`;

/** Addresses over rtnetlink. */
export class LinuxAddresses implements AddressPort {
  readonly #route: () => NetlinkSocket;
  readonly #watch: RouteMonitor;

  constructor(route: () => NetlinkSocket, watch: RouteMonitor) {
    this.#route = route;
    this.#watch = watch;
  }

  list(): InterfaceAddress[] {
    return this.#route().dump("list addresses", RTM_GETADDR, writeAddressDump, ({ payload }) =>
      readAddress(payload),
    );
  }

  add(address: InterfaceAddress): void {
    this.#route().execute(
      `add address ${address.address}`,
      RTM_NEWADDR,
      NLM_F_CREATE | NLM_F_EXCL,
      (writer) => writeAddress(writer, address),
    );
  }

  delete(address: InterfaceAddress): void {
    this.#route().execute(`delete address ${address.address}`, RTM_DELADDR, 0, (writer) =>
      writeAddress(writer, address),
    );
  }

  monitor(callback: (event: AddressEvent) => void): Closable {
    const known = new Map<string, InterfaceAddress>();
    const monitor = this.#watch(
      RTMGRP_ADDRESSES,
      ({ type, payload }) => {
        const address = readAddress(payload);
        if (!address) return;
        if (type === RTM_NEWADDR) {
          known.set(identity(address), address);
          callback({ type: "address", address });
        } else if (type === RTM_DELADDR) {
          known.delete(identity(address));
          callback({ type: "address-removed", address });
        }
      },
      () => this.#compare(known, callback),
    );
    for (const address of this.list()) known.set(identity(address), address);
    return monitor;
  }

  /** After an overrun: reports what differs from what was reported last. */
  #compare(known: Map<string, InterfaceAddress>, callback: (event: AddressEvent) => void): void {
    const now = new Map(this.list().map((address) => [identity(address), address]));
    for (const [key, address] of [...known]) {
      if (now.has(key)) continue;
      known.delete(key);
      callback({ type: "address-removed", address });
    }
    for (const [key, address] of now) {
      if (known.has(key)) continue;
      known.set(key, address);
      callback({ type: "address", address });
    }
  }
}
