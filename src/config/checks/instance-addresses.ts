import { familyOf } from "../../values/ip.ts";
import type { VirtualAddress } from "../config.ts";
import { type Check, forgetOrigin, keepItems, originOfKeyword, writtenAt } from "../open.ts";
import { instanceFamily } from "./instance-values.ts";

/** Most addresses that an advert counts (RFC 9568 §5.2.5). */
const MOST_ADDRESSES = 255;

/** `mixed-families`: addresses in adverts and unicast peers are of one family; others are left out. */
export const addressFamilies: Check = (config, report) => {
  for (const instance of config.vrrp_instance) {
    const family = instanceFamily(instance);
    keepItems(instance, "virtual_ipaddress", ({ address }, origin) => {
      if (familyOf(address) === family) return true;
      report(
        {
          code: "mixed-families",
          summary: `${address} is left out: the first address that ${instance.name} names is IPv${family}`,
          detail:
            "Addresses of the other family go to virtual_ipaddress_excluded or to an instance of their own.",
        },
        origin,
      );
      return false;
    });
    keepItems(instance, "unicast_peer", ({ address }, origin) => {
      if (familyOf(address) === family) return true;
      report(
        {
          code: "mixed-families",
          summary: `the unicast peer ${address} is left out: ${instance.name} is an IPv${family} instance`,
        },
        origin,
      );
      return false;
    });
  }
};

/** `mixed-families`: an address to send from is of the family of its instance. */
export const sourceFamilies: Check = (config, report) => {
  for (const instance of config.vrrp_instance) {
    const family = instanceFamily(instance);
    for (const keyword of ["mcast_src_ip", "unicast_src_ip"] as const) {
      const source = instance[keyword];
      if (source === undefined || familyOf(source) === family) continue;
      report(
        {
          code: "mixed-families",
          summary: `${keyword} ${source} is ignored: ${instance.name} is an IPv${family} instance`,
        },
        originOfKeyword(instance, keyword),
      );
      instance[keyword] = undefined;
      forgetOrigin(instance, keyword);
    }
  }
};

function addressKey({ address, dev = "" }: VirtualAddress): string {
  return `${address} ${dev}`;
}

/** `duplicate-address`: an address stands once in an instance, and a peer once. */
export const duplicateAddresses: Check = (config, report) => {
  for (const instance of config.vrrp_instance) {
    const seen = new Map<string, number>();
    const once = (what: string) => (item: VirtualAddress, origin: number) => {
      const key = addressKey(item);
      const first = seen.get(key);
      if (first === undefined) {
        seen.set(key, origin);
        return true;
      }
      report(
        {
          code: "duplicate-address",
          severity: "warning",
          summary: `${what} ${item.address} stands twice in ${instance.name}; this one is ignored`,
        },
        origin,
        [{ origin: first, message: "first given here" }],
      );
      return false;
    };
    keepItems(instance, "virtual_ipaddress", once("the address"));
    keepItems(instance, "virtual_ipaddress_excluded", once("the address"));
    seen.clear();
    keepItems(instance, "unicast_peer", (peer, origin) =>
      once("the peer")({ address: peer.address, prefixLength: 0 }, origin),
    );
  }
};

/** `no-virtual-address`, `too-many-addresses`: an instance has at least one address, and no more than an advert can carry. */
export const addressCount: Check = (config, report) => {
  for (const instance of config.vrrp_instance) {
    const { length } = instance.virtual_ipaddress;
    if (length === 0 && instance.no_virtual_ipaddress) continue;
    if (length === 0) {
      report(
        {
          code: "no-virtual-address",
          severity: "warning",
          summary: `${instance.name} has no virtual_ipaddress`,
          detail: "It takes part in elections and holds no address.",
        },
        instance.$.at,
      );
    } else if (length > MOST_ADDRESSES) {
      const first = instance.virtual_ipaddress[MOST_ADDRESSES];
      let index = 0;
      report(
        {
          code: "too-many-addresses",
          summary: `${instance.name} has ${length} addresses; an advert carries at most ${MOST_ADDRESSES}`,
          detail: `Those from ${first?.address} on are left out. Move them to virtual_ipaddress_excluded.`,
        },
        instance.$.at,
      );
      keepItems(instance, "virtual_ipaddress", () => index++ < MOST_ADDRESSES);
    }
  }
};

/** Keywords of unicast, which mean nothing without peers. unicast_ttl has a check of its own. */
const UNICAST = ["unicast_src_ip", "check_unicast_src", "old_unicast_checksum", "unicast_peer"] as const;

/** `unicast-without-peers`, `never-master`: keywords of unicast without a peer; adverts are multicast then, or none. */
export const unicastWithoutPeers: Check = (config, report) => {
  for (const instance of config.vrrp_instance) {
    if (instance.unicast_peer.length > 0) continue;
    const fault = instance.unicast_fault_no_peer;
    const keywords = fault ? [...UNICAST, "unicast_fault_no_peer"] : UNICAST;
    const at = keywords.map((keyword) => writtenAt(instance, keyword)).find((origin) => origin !== 0);
    if (at === undefined) continue;
    report(
      {
        code: fault ? "never-master" : "unicast-without-peers",
        severity: "warning",
        summary: fault
          ? `${instance.name} has no unicast_peer and will be at fault`
          : `${instance.name} has keywords of unicast and no unicast_peer: its adverts are multicast`,
      },
      at,
    );
  }
};
