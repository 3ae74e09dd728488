import { familyOf } from "../../values/ip.ts";
import type { VrrpInstance } from "../config.ts";
import type { ReportFault } from "../faults.ts";
import { type Check, forgetOrigin, type Open, originOfKeyword, writtenAt } from "../open.ts";
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
  forgetOrigin(instance, keyword);
}

function checkIpvlan(instance: Instance, report: ReportFault): void {
  const { use_ipvlan: ipvlan } = instance;
  if (!ipvlan) return;
  const family = instanceFamily(instance);
  const { address: source } = ipvlan;
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

/** Whether an instance has a keyword of unicast, with peers or without. */
function hasUnicast(instance: Instance): boolean {
  const keywords = [
    ...["unicast_peer", "unicast_src_ip", "unicast_ttl", "check_unicast_src"],
    ...["old_unicast_checksum", "unicast_fault_no_peer"],
  ];
  return keywords.some((keyword) => writtenAt(instance, keyword) !== 0);
}

function checkUnicast(instance: Instance, report: ReportFault): void {
  const made = instance.use_vmac ? "use_vmac" : instance.use_ipvlan ? "use_ipvlan" : undefined;
  if (made === undefined || instance.vmac_xmit_base || !hasUnicast(instance)) return;
  if (made === "use_vmac") instance.vmac_xmit_base = true;
  report(
    {
      code: "vmac-unicast",
      severity: "warning",
      summary: `vmac_xmit_base is set for ${instance.name}: unicast adverts do not leave by a VMAC or ipvlan`,
      detail: "Write vmac_xmit_base.",
    },
    originOfKeyword(instance, made),
  );
}

/** An address has a VMAC of its own, or shares that of its instance; it cannot have both. */
function checkAddresses(instance: Instance, report: ReportFault): void {
  for (const keyword of ["virtual_ipaddress", "virtual_ipaddress_excluded"] as const) {
    for (const [index, { address, dev, use_vmac: own }] of instance[keyword].entries()) {
      if (!own) continue;
      const elsewhere = dev !== undefined && dev !== instance.interface;
      const other = elsewhere ? instance.use_vmac_addr && "use_vmac_addr" : instance.use_vmac && "use_vmac";
      if (!other) continue;
      report(
        {
          code: "redundant-vmac",
          severity: "warning",
          summary: `use_vmac of ${address} says nothing: ${instance.name} has ${other}`,
        },
        originOfKeyword(instance, keyword, index),
      );
    }
  }
}

/** `ignored-keyword`, `ipvlan-address`, `redundant-vmac`, `vmac-unicast`: what the interfaces that keepalived makes need, and exclude. */
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
    if (instance.use_vmac?.name !== undefined && instance.use_ipvlan?.name !== undefined) {
      const vmacFirst = writtenAt(instance, "use_vmac") < writtenAt(instance, "use_ipvlan");
      const [first, later] = vmacFirst
        ? (["use_vmac", "use_ipvlan"] as const)
        : (["use_ipvlan", "use_vmac"] as const);
      ignore(instance, later, `it has ${first}`, report);
    }
    checkUnicast(instance, report);
    if (instance.vmac_xmit_base && !instance.use_vmac)
      ignore(instance, "vmac_xmit_base", "it has no VMAC", report);
    if (instance.promote_secondaries && (instance.use_vmac || instance.use_ipvlan))
      ignore(instance, "promote_secondaries", "it is always set on VMACs and ipvlans", report);
    checkIpvlan(instance, report);
    checkAddresses(instance, report);
  }
};

/** `name-in-use`: each VMAC and ipvlan has a name of its own. */
export const madeNames: Check = (config, report) => {
  const taken = new Map<string, Instance>();
  for (const instance of config.vrrp_instance) {
    for (const keyword of ["use_vmac", "use_ipvlan"] as const) {
      const made = instance[keyword];
      if (made?.name === undefined) continue;
      const other = taken.get(made.name);
      if (!other) {
        taken.set(made.name, instance);
        continue;
      }
      report(
        {
          code: "name-in-use",
          severity: "warning",
          summary: `${made.name} is the name of an interface of ${other.name}; ${instance.name} gets another`,
        },
        originOfKeyword(instance, keyword),
      );
      const { name: _, ...rest } = made;
      instance[keyword] = rest;
    }
  }
};
