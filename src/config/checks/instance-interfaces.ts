import { familyOf } from "../../values/ip.ts";
import type { VrrpInstance } from "../config.ts";
import type { ReportFault } from "../faults.ts";
import { type Check, type Open, originOfKeyword } from "../open.ts";
import { instanceFamily } from "./instance-values.ts";

type Instance = Open<VrrpInstance>;

/** Forgets a keyword that means nothing here, and says why. */
function ignore(
  instance: Instance,
  keyword: "use_vmac" | "use_ipvlan" | "vrf" | "vmac_xmit_base" | "promote_secondaries",
  why: string,
  report: ReportFault,
): void {
  report(
    {
      code: "ignored-keyword",
      severity: "warning",
      summary: `${keyword} of ${instance.name} is ignored: ${why}`,
    },
    originOfKeyword(instance, keyword),
  );
  if (keyword === "vmac_xmit_base" || keyword === "promote_secondaries") instance[keyword] = false;
  else instance[keyword] = undefined;
  delete instance.$.of[keyword];
}

function checkIpvlan(instance: Instance, report: ReportFault): void {
  const { use_ipvlan: ipvlan } = instance;
  if (!ipvlan) return;
  const family = instanceFamily(instance);
  const source = ipvlan.address ?? instance.unicast_src_ip ?? instance.mcast_src_ip;
  const problem =
    source === undefined
      ? family === 4
        ? "needs an address to send from"
        : undefined
      : familyOf(source.split("/", 1)[0] ?? source) === family
        ? undefined
        : `has an address that is not IPv${family}`;
  if (problem === undefined) return;
  report(
    {
      code: "ipvlan-address",
      severity: "warning",
      summary: `the ipvlan of ${instance.name} ${problem}; the instance will be at fault`,
      detail: "Write the address behind use_ipvlan.",
    },
    originOfKeyword(instance, "use_ipvlan"),
  );
}

function checkUnicast(instance: Instance, report: ReportFault): void {
  if (instance.unicast_peer.length === 0 || !instance.use_vmac || instance.vmac_xmit_base) return;
  instance.vmac_xmit_base = true;
  report(
    {
      code: "vmac-unicast",
      severity: "warning",
      summary: `vmac_xmit_base is set for ${instance.name}: unicast adverts do not leave by a VMAC`,
      detail: "Write vmac_xmit_base.",
    },
    originOfKeyword(instance, "use_vmac"),
  );
}

/** `ignored-keyword`, `ipvlan-address`, `vmac-unicast`: what the interfaces that keepalived makes need, and exclude. */
export const madeInterfaces: Check = (config, report) => {
  for (const instance of config.vrrp_instance) {
    if (instance.vrf !== undefined && instance.interface !== undefined)
      ignore(instance, "vrf", "it has an interface, which has its VRF", report);
    else if (instance.vrf !== undefined && instance.unicast_peer.length === 0)
      ignore(instance, "vrf", "it has no unicast peers", report);
    if (instance.interface === undefined) {
      if (instance.use_vmac) ignore(instance, "use_vmac", "it has no interface", report);
      if (instance.use_ipvlan) ignore(instance, "use_ipvlan", "it has no interface", report);
    }
    checkUnicast(instance, report);
    if (instance.vmac_xmit_base && !instance.use_vmac)
      ignore(instance, "vmac_xmit_base", "it has no VMAC", report);
    if (instance.promote_secondaries && instance.use_vmac)
      ignore(instance, "promote_secondaries", "it is always set on VMACs", report);
    checkIpvlan(instance, report);
  }
};
