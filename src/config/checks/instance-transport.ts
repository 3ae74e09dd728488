import { familyOf } from "../../values/ip.ts";
import type { VrrpInstance } from "../config.ts";
import type { ReportFault } from "../faults.ts";
import { type Check, forgetOrigin, type Open, originOfKeyword, writtenAt } from "../open.ts";
import { firstAddress, instanceFamily } from "./instance-values.ts";

/** Priority of the router that owns the addresses (RFC 9568 §5.2.4). */
const OWNER = 255;

function checkGroup(instance: Open<VrrpInstance>, report: ReportFault): void {
  const { mcast_dst_ip: group } = instance;
  if (group === undefined) return;
  const family = instanceFamily(instance);
  const mixed = familyOf(group) !== family;
  if (!mixed && instance.unicast_peer.length === 0) return;
  report(
    mixed
      ? {
          code: "mixed-families",
          summary: `mcast_dst_ip is ignored: ${instance.name} is an IPv${family} instance`,
        }
      : {
          code: "ignored-keyword",
          severity: "warning",
          summary: `mcast_dst_ip of ${instance.name} is ignored: it has unicast peers`,
        },
    originOfKeyword(instance, "mcast_dst_ip"),
  );
  instance.mcast_dst_ip = undefined;
  forgetOrigin(instance, "mcast_dst_ip");
}

/** `ignored-keyword`, `mixed-families`, `ttl-range`: multicast and unicast exclude each other's keywords. */
export const transport: Check = (config, report) => {
  for (const instance of config.vrrp_instance) {
    checkGroup(instance, report);
    if (instance.unicast_ttl !== undefined && instance.unicast_peer.length === 0) {
      report(
        {
          code: "ignored-keyword",
          severity: "warning",
          summary: `unicast_ttl of ${instance.name} is ignored: it has no unicast peers`,
        },
        originOfKeyword(instance, "unicast_ttl"),
      );
      instance.unicast_ttl = undefined;
      forgetOrigin(instance, "unicast_ttl");
    }
    instance.unicast_peer.forEach(({ address, minTtl = 0, maxTtl = 255 }, index) => {
      if (minTtl <= maxTtl) return;
      report(
        {
          code: "ttl-range",
          severity: "warning",
          summary: `no advert of ${address} is taken: min_ttl ${minTtl} is above max_ttl ${maxTtl}`,
        },
        originOfKeyword(instance, "unicast_peer", index),
      );
    });
  }
};

/** `version-conflict`, `ignored-version`: VRRPv2 has no IPv6. keepalived says so when it knows the family by then. */
export const ipv6Version: Check = (config, report) => {
  for (const instance of config.vrrp_instance) {
    if (instanceFamily(instance) === 4) {
      if (instance.native_ipv6)
        report(
          { code: "mixed-families", summary: `native_ipv6 is ignored: ${instance.name} has IPv4 addresses` },
          originOfKeyword(instance, "native_ipv6"),
        );
      continue;
    }
    if (instance.version === 3) continue;
    instance.version = 3;
    const known = (firstAddress(instance)?.origin ?? 0) < originOfKeyword(instance, "version");
    report(
      {
        code: known ? "version-conflict" : "ignored-version",
        severity: known ? "error" : "warning",
        summary: `${instance.name} has IPv6 addresses, which VRRP version 2 does not know; version 3 is used`,
      },
      originOfKeyword(instance, "version"),
    );
    forgetOrigin(instance, "version");
  }
};

/** `ignored-keyword`: what needs nopreempt, or to be the owner. */
export const electionKeywords: Check = (config, report) => {
  for (const instance of config.vrrp_instance) {
    if (instance.timer_expired_backup !== undefined && !instance.nopreempt) {
      report(
        {
          code: "ignored-keyword",
          severity: "warning",
          summary: `timer_expired_backup of ${instance.name} is ignored: it needs nopreempt`,
        },
        originOfKeyword(instance, "timer_expired_backup"),
      );
      instance.timer_expired_backup = undefined;
      forgetOrigin(instance, "timer_expired_backup");
    }
    if (!instance.owner_ignore_adverts || instance.priority === OWNER) continue;
    instance.owner_ignore_adverts = false;
    const at = writtenAt(instance, "owner_ignore_adverts");
    if (at === 0) continue; // inherited, for those of its instances that own their addresses
    report(
      {
        code: "ignored-keyword",
        severity: "warning",
        summary: `owner_ignore_adverts of ${instance.name} is ignored: its priority is not ${OWNER}`,
      },
      at,
    );
    forgetOrigin(instance, "owner_ignore_adverts");
  }
};
