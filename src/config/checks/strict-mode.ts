import { familyOf } from "../../values/ip.ts";
import type { VrrpInstance } from "../config.ts";
import type { ReportFault } from "../faults.ts";
import { type Check, forgetOrigin, keepItems, type Open, originOfKeyword } from "../open.ts";

/** Priority of the router that owns the addresses (RFC 9568 §5.2.4). */
const OWNER = 255;
const LINK_LOCAL = /^fe[89ab]/;

type Instance = Open<VrrpInstance>;

/** A value that strict mode does not have, and what it becomes. */
interface Rule {
  readonly keyword: keyof Instance & string;
  readonly broken: (instance: Instance) => boolean;
  readonly mend: (instance: Instance) => void;
  readonly why: string;
}

const RULES: readonly Rule[] = [
  {
    keyword: "state",
    broken: ({ state, priority }) => (state === "MASTER") !== (priority === OWNER),
    mend: (instance) => {
      instance.state = instance.priority === OWNER ? "MASTER" : "BACKUP";
    },
    why: "the initial state is MASTER if, and only if, the priority is 255",
  },
  {
    keyword: "authentication",
    broken: (instance) => instance.authentication !== undefined,
    mend: (instance) => {
      instance.authentication = undefined;
    },
    why: "there is no authentication",
  },
  {
    keyword: "preempt_delay",
    broken: (instance) => instance.preempt_delay > 0,
    mend: (instance) => {
      instance.preempt_delay = 0;
    },
    why: "there is no preempt_delay",
  },
  {
    keyword: "down_timer_adverts",
    broken: (instance) => instance.down_timer_adverts !== 3,
    mend: (instance) => {
      instance.down_timer_adverts = 3;
    },
    why: "the master is down after 3 advert intervals",
  },
  {
    keyword: "garp_master_refresh",
    broken: (instance) => instance.garp_master_refresh > 0,
    mend: (instance) => {
      instance.garp_master_refresh = 0;
    },
    why: "gratuitous ARPs are not repeated",
  },
  {
    keyword: "higher_prio_send_advert",
    broken: (instance) => instance.higher_prio_send_advert,
    mend: (instance) => {
      instance.higher_prio_send_advert = false;
    },
    why: "no advert answers one of higher priority",
  },
  {
    keyword: "vmac_xmit_base",
    broken: (instance) => instance.vmac_xmit_base,
    mend: (instance) => {
      instance.vmac_xmit_base = false;
    },
    why: "adverts leave by the VMAC",
  },
  {
    keyword: "use_vmac",
    broken: (instance) => instance.use_vmac?.mac !== undefined,
    mend: (instance) => {
      const { mac: _, ...rest } = instance.use_vmac ?? {};
      instance.use_vmac = rest;
    },
    why: "a VMAC has the MAC address of the standard",
  },
  {
    keyword: "no_virtual_ipaddress",
    broken: (instance) => instance.no_virtual_ipaddress,
    mend: (instance) => {
      instance.no_virtual_ipaddress = false;
    },
    why: "there are addresses",
  },
  {
    keyword: "auth_hmac",
    broken: ({ auth_hmac: signing }) => signing !== undefined && signing.mode !== "enforce",
    mend: ({ auth_hmac: signing }) => {
      if (signing) signing.mode = "enforce";
    },
    why: "the mode of auth_hmac is enforce",
  },
];

function mend(instance: Instance, report: ReportFault): void {
  for (const { keyword, broken, mend: repair, why } of RULES) {
    if (!broken(instance)) continue;
    repair(instance);
    report(
      {
        code: "strict-mode",
        severity: "warning",
        summary: `${instance.name} is in strict mode: ${why}`,
        detail: `${keyword} is changed to that. Write it so, or leave strict mode with strict_mode off.`,
      },
      originOfKeyword(instance, keyword),
    );
    if (keyword !== "use_vmac" && keyword !== "auth_hmac" && keyword !== "state") {
      forgetOrigin(instance, keyword);
    }
  }
}

/** Why an instance cannot be in strict mode at all, with the keyword at fault. */
function impossible(instance: Instance): { readonly why: string; readonly keyword: string } | undefined {
  const [first] = instance.virtual_ipaddress;
  if (instance.unicast_peer.length > 0) {
    return { why: "adverts are multicast, and there are no unicast peers", keyword: "unicast_peer" };
  }
  if (first && familyOf(first.address) === 6 && !LINK_LOCAL.test(first.address)) {
    return { why: "the first IPv6 address is link local (RFC 9568 §5.2.9)", keyword: "virtual_ipaddress" };
  }
  if (!first && instance.version === 3) {
    return { why: "there is at least one address", keyword: "virtual_ipaddress" };
  }
  return undefined;
}

/**
 * `strict-mode`: what the standards do not have is undone in strict mode, and an instance that has no place in them is
 * left out.
 */
export const strictMode: Check = (config, report) => {
  for (const instance of config.vrrp_instance) {
    if (!instance.strict_mode) continue;
    mend(instance, report);
    instance.lower_prio_no_advert = true;
    instance.garp_lower_prio_delay = 0;
    instance.garp_lower_prio_repeat = 0;
  }
  keepItems(config, "vrrp_instance", (instance) => {
    const found = instance.strict_mode ? impossible(instance) : undefined;
    if (!found) return true;
    report(
      {
        code: "strict-mode",
        severity: "error",
        summary: `${instance.name} is left out: in strict mode ${found.why}`,
        detail: "Change it, or write strict_mode off.",
      },
      originOfKeyword(instance, found.keyword),
    );
    return false;
  });
};

/** Of accept and no_accept the later counts; without either strict mode accepts as owner only. */
export const acceptMode: Check = (config) => {
  for (const instance of config.vrrp_instance) {
    const { accept, no_accept: refuse } = instance;
    if (accept && refuse) {
      const later = originOfKeyword(instance, "accept") > originOfKeyword(instance, "no_accept");
      instance.accept = later;
      instance.no_accept = !later;
      forgetOrigin(instance, later ? "no_accept" : "accept");
    } else if (!accept && !refuse && instance.strict_mode) instance.no_accept = instance.priority !== OWNER;
  }
};
