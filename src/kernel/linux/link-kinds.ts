import { RTM_GETLINK, readLink, writeLinkDump } from "../../wire/rtnetlink-link.ts";
import { NETLINK_ROUTE, NetlinkSocket } from "./netlink-socket.ts";

/**
 * What each interface of our network namespace is, by name: `vrf`, `veth`; null where the kernel has no word for it.
 * Needs no privilege. Throws KernelError.
 */
export function linkKinds(): ReadonlyMap<string, string | null> {
  const socket = new NetlinkSocket(NETLINK_ROUTE);
  try {
    const links = socket.dump("list links", RTM_GETLINK, writeLinkDump, ({ payload }) => readLink(payload));
    return new Map(links.map(({ name, kind }) => [name, kind ?? null]));
  } finally {
    socket.close();
  }
}
