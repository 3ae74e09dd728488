import { familyOf, type IpFamily } from "../../values/ip.ts";
import { formatSeconds, type Micros, SECOND } from "../../values/time.ts";
import type { VrrpInstance } from "../config.ts";
import type { ReportFault } from "../faults.ts";
import { type Check, forgetOrigin, type Open, originOfKeyword, writtenAt } from "../open.ts";

/** Priority of the router that owns the addresses (RFC 9568 §5.2.4). */
const OWNER = 255;
/** VRRPv3 counts adverts in centiseconds, in 12 bits (RFC 9568 §5.2.7). */
const CENTISECOND: Micros = 10_000;
const LONGEST_V3: Micros = 4_095 * CENTISECOND;

/** What has a say in the family of an instance. */
type FamilyFacts = Pick<
  Open<VrrpInstance>,
  | "$"
  | "virtual_ipaddress"
  | "unicast_peer"
  | "mcast_src_ip"
  | "unicast_src_ip"
  | "mcast_dst_ip"
  | "use_ipvlan"
  | "native_ipv6"
>;

/** The first address that an instance's text names: its own, a peer's, a group's or one to send from. */
export function firstAddress(
  instance: FamilyFacts,
): { readonly origin: number; readonly address: string } | undefined {
  const { mcast_src_ip: source, unicast_src_ip: unicast, mcast_dst_ip: group, use_ipvlan: ipvlan } = instance;
  const named: readonly (readonly [keyword: string, address: string | undefined])[] = [
    ["virtual_ipaddress", instance.virtual_ipaddress[0]?.address],
    ["unicast_peer", instance.unicast_peer[0]?.address],
    ["mcast_src_ip", source],
    ["unicast_src_ip", unicast],
    ["mcast_dst_ip", group],
    ["use_ipvlan", ipvlan?.address?.split("/", 1)[0]],
    ["native_ipv6", instance.native_ipv6 ? "::" : undefined],
  ];
  let first: { readonly origin: number; readonly address: string } | undefined;
  for (const [keyword, address] of named) {
    if (address === undefined) continue;
    const origin = writtenAt(instance, keyword);
    if (!first || origin < first.origin) first = { origin, address };
  }
  return first;
}

/** The family of an instance: of the first address that its text names; IPv4 when it names none. */
export function instanceFamily(instance: FamilyFacts): IpFamily {
  return familyOf(firstAddress(instance)?.address ?? "0.0.0.0");
}

/**
 * IPv6 instances that name no version run VRRPv3; an instance that names no priority and starts as master owns. What
 * global_defs says of the addresses of adverts no instance can take back.
 */
export const derivedValues: Check = (config) => {
  for (const instance of config.vrrp_instance) {
    if (writtenAt(instance, "version") === 0 && instanceFamily(instance) === 6) instance.version = 3;
    if (writtenAt(instance, "priority") === 0 && instance.state === "MASTER") instance.priority = OWNER;
    if (config.global_defs.vrrp_skip_check_adv_addr) instance.skip_check_adv_addr = true;
  }
  for (const script of config.vrrp_script) script.timeout ??= script.interval;
};

/** `advert-interval-rounded`: what the protocol version cannot say is rounded as keepalived does. */
export const advertInterval: Check = (config, report) => {
  for (const instance of config.vrrp_instance) {
    const { version, advert_int: asked } = instance;
    const unit = version === 2 ? SECOND : CENTISECOND;
    const longest = version === 2 ? 255 * SECOND : LONGEST_V3;
    const rounded = Math.min(longest, Math.max(unit, Math.round(asked / unit) * unit));
    if (rounded === asked) continue;
    instance.advert_int = rounded;
    report(
      {
        code: "advert-interval-rounded",
        severity: "warning",
        summary: `VRRPv${version} cannot have an advert interval of ${formatSeconds(asked)} s; ${formatSeconds(rounded)} s is used`,
        detail:
          version === 2
            ? "It counts in whole seconds. Use version 3 on all routers for shorter intervals."
            : "It counts in hundredths of a second, up to 40.95.",
      },
      originOfKeyword(instance, "advert_int"),
    );
  }
};

function clearNopreempt(instance: Open<VrrpInstance>, report: ReportFault): void {
  const owner = instance.priority === OWNER;
  instance.nopreempt = false;
  report(
    {
      code: "preemption-ignored",
      severity: "warning",
      summary: owner
        ? "nopreempt is ignored: the owner of the addresses (priority 255) always preempts"
        : "nopreempt is ignored: the initial state is MASTER",
      detail: owner
        ? "An instance with state MASTER and no priority has priority 255. Give it a lower one, or remove nopreempt."
        : "Write state BACKUP on all routers for nopreempt to work.",
    },
    originOfKeyword(instance, "nopreempt"),
  );
}

/** `preemption-ignored`: nopreempt and preempt_delay against the initial state and the owner's priority. */
export const preemption: Check = (config, report) => {
  for (const instance of config.vrrp_instance) {
    if (instance.nopreempt && (instance.priority === OWNER || instance.state === "MASTER")) {
      clearNopreempt(instance, report);
    }
    if (instance.preempt_delay === 0) continue;
    // An owner that is to start as BACKUP keeps it.
    const isOwner = instance.priority === OWNER && writtenAt(instance, "state") === 0;
    const why =
      instance.state === "MASTER" || isOwner
        ? "the initial state is MASTER"
        : instance.nopreempt
          ? "nopreempt is set"
          : undefined;
    if (why === undefined) continue;
    instance.preempt_delay = 0;
    report(
      { code: "preemption-ignored", severity: "warning", summary: `preempt_delay is ignored: ${why}` },
      originOfKeyword(instance, "preempt_delay"),
    );
  }
};

/** `authentication-ignored`, `missing-auth-type`: only VRRPv2 has it, and it needs a type and a password. */
export const authentication: Check = (config, report) => {
  for (const instance of config.vrrp_instance) {
    const { authentication: auth } = instance;
    if (!auth) continue;
    const isUntyped = auth.auth_type === "none" && auth.auth_pass !== undefined;
    const problem =
      instance.version === 3 && !isUntyped
        ? "VRRP version 3 has no authentication"
        : auth.auth_type !== "none" && auth.auth_pass === undefined
          ? "it has no auth_pass"
          : isUntyped
            ? "it has no auth_type"
            : undefined;
    if (problem === undefined) continue;
    instance.authentication = undefined;
    forgetOrigin(instance, "authentication");
    report(
      {
        code: isUntyped ? "missing-auth-type" : "authentication-ignored",
        severity: "warning",
        summary: `the authentication of ${instance.name} is ignored: ${problem}`,
      },
      auth.$.at,
    );
  }
};
