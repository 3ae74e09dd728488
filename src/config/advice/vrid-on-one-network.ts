import { familyOf, ipToBytes } from "../../values/ip.ts";
import type { VirtualAddress, VrrpInstance } from "../config.ts";
import { type Check, type Open, originOfKeyword } from "../open.ts";

const LINK_LOCAL = /^(?:fe[89ab]|169\.254\.)/;

/** The network of an address as bits, with a prefix length that somebody wrote; undefined without. */
function networkOf({ address, prefixLength, dev }: VirtualAddress): string | undefined {
  const bytes = ipToBytes(address);
  if (!bytes || dev !== undefined || prefixLength === 0 || LINK_LOCAL.test(address)) return undefined;
  if (prefixLength === bytes.length * 8) return undefined;
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  return `${familyOf(address)} ${bits.slice(0, prefixLength)}`;
}

function isPlain(instance: Open<VrrpInstance>): boolean {
  return (
    instance.unicast_peer.length === 0 && instance.use_ipvlan === undefined && instance.vrf === undefined
  );
}

/** `vrid-on-one-network`: one VRID on two interfaces whose addresses are of one network, so of one link. */
export const vridOnOneNetwork: Check = (config, report) => {
  const seen = new Map<string, Open<VrrpInstance>>();
  for (const instance of config.vrrp_instance) {
    if (!isPlain(instance)) continue;
    const { virtual_router_id: vrid, mcast_dst_ip: group = "" } = instance;
    for (const address of instance.virtual_ipaddress) {
      const network = networkOf(address);
      if (network === undefined) continue;
      const key = `${vrid} ${network} ${group}`;
      const other = seen.get(key);
      if (!other) seen.set(key, instance);
      if (!other || other === instance || other.interface === instance.interface) continue;
      report(
        {
          code: "vrid-on-one-network",
          severity: "warning",
          summary: `${other.name} and ${instance.name} have virtual_router_id ${vrid} and addresses of one network, ${address.address}/${address.prefixLength}`,
          detail: `If ${other.interface} and ${instance.interface} are on one link, each hears the other's adverts and the one of lower priority never becomes master; both use the same virtual MAC address. Give one of them another number.`,
        },
        originOfKeyword(instance, "virtual_router_id"),
        [{ origin: originOfKeyword(other, "virtual_router_id"), message: `${other.name} has it here` }],
      );
      break;
    }
  }
};
