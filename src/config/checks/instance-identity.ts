import type { VrrpInstance } from "../config.ts";
import { type Check, keepItems, type Open, originOfKeyword, writtenAt } from "../open.ts";
import { instanceFamily } from "./instance-values.ts";

/** The one loopback interface of a network namespace. */
const LOOPBACK = "lo";

/**
 * `missing-interface`, `loopback-interface`: an instance that does not use unicast needs an interface, and not `lo`. One
 * without a number goes, too; it has been reported.
 */
export const instanceInterface: Check = (config, report) => {
  keepItems(config, "vrrp_instance", (instance) => {
    if (writtenAt(instance, "virtual_router_id") === 0) return false;
    if (instance.interface === LOOPBACK) {
      report(
        {
          code: "loopback-interface",
          summary: `vrrp_instance ${instance.name} cannot run on ${LOOPBACK}, which no other router hears`,
        },
        originOfKeyword(instance, "interface"),
      );
      return false;
    }
    if (instance.interface !== undefined) return true;
    if (instance.unicast_peer.length > 0) {
      if (instance.unicast_src_ip !== undefined) return true;
      report(
        {
          code: "missing-interface",
          summary: `vrrp_instance ${instance.name} has neither interface nor unicast_src_ip`,
          detail: "It is left out: without both there is no address to send adverts from.",
        },
        instance.$.at,
      );
      return false;
    }
    report(
      {
        code: "missing-interface",
        summary: `vrrp_instance ${instance.name} has no interface`,
        detail: "Only an instance with unicast peers can be without one.",
      },
      instance.$.at,
    );
    return false;
  });
};

/**
 * `missing-interface`: an address that names no interface is on that of its instance, and left out where there is none.
 * One on a VMAC of its own is not looked at.
 */
export const addressesSomewhere: Check = (config, report) => {
  for (const instance of config.vrrp_instance) {
    if (instance.interface !== undefined) continue;
    for (const keyword of ["virtual_ipaddress", "virtual_ipaddress_excluded"] as const)
      keepItems(instance, keyword, ({ address, dev, use_vmac }, origin) => {
        if (dev !== undefined || use_vmac) return true;
        report(
          {
            code: "missing-interface",
            summary: `${address} is left out: neither it nor ${instance.name} names an interface`,
          },
          origin,
        );
        return false;
      });
  }
};

/** What makes two instances hear each other's adverts on one router. */
function routerKey(instance: Open<VrrpInstance>): string {
  const group = instance.unicast_peer.length > 0 ? "" : (instance.mcast_dst_ip ?? "");
  return `${instance.interface ?? ""} ${instanceFamily(instance)} ${instance.virtual_router_id} ${group}`;
}

function mayClash(a: Open<VrrpInstance>, b: Open<VrrpInstance>): boolean {
  if (a.unicast_peer.length === 0 && b.unicast_peer.length === 0) return true;
  const peers = new Set(a.unicast_peer.map((peer) => peer.address));
  return b.unicast_peer.some((peer) => peers.has(peer.address));
}

/** `duplicate-vrid`: two instances of one family and interface (and common peers) cannot share a VRID. */
export const duplicateVrids: Check = (config, report) => {
  const seen = new Map<string, Open<VrrpInstance>[]>();
  for (const instance of config.vrrp_instance) {
    const key = routerKey(instance);
    const others = seen.get(key) ?? [];
    seen.set(key, [...others, instance]);
    const other = others.find((candidate) => mayClash(candidate, instance));
    if (!other) continue;
    report(
      {
        code: "duplicate-vrid",
        summary: `${other.name} and ${instance.name} both have virtual_router_id ${instance.virtual_router_id}${instance.interface === undefined ? "" : ` on ${instance.interface}`}`,
        detail: "They would take each other's adverts for their own. Give one of them another number.",
      },
      originOfKeyword(instance, "virtual_router_id"),
      [{ origin: originOfKeyword(other, "virtual_router_id"), message: `${other.name} has it here` }],
    );
  }
};
