import type { Rule } from "../../config/config.ts";
import type { Rule as KernelRule } from "../../kernel/ports.ts";
import { familyOf, type IpFamily } from "../../values/ip.ts";
import type { RuleAction, RulePrefix } from "../../wire/rtnetlink-rule.ts";
import { ipProtocol } from "../ip-protocols.ts";
import type { NameKind } from "../iproute-names.ts";
import { VRRP_PROTOCOL } from "./interfaces.ts";
import { realmsOf } from "./kernel-route.ts";
import { type Host, required } from "./unresolved.ts";

/** A rule of the configuration as the kernel keeps it. Throws Unresolved for a name that means nothing here. */
export function kernelRule(rule: Rule, host: Host): KernelRule {
  const number = (kind: NameKind, text: string | undefined) =>
    text === undefined ? undefined : required(host.names.number(kind, text), `'${text}' is in no ${kind}`);
  const [from, to] = [prefixOf(rule.from), prefixOf(rule.to)];
  const [mark, mask] = (rule.fwmark ?? "").split("/").map(Number);
  const { ipproto, uidrange, sport, dport } = rule;
  const group = number("group", rule.suppress_ifgroup);
  return {
    family: familyOfRule(rule),
    priority: rule.preference ?? 0,
    action: actionOf(rule),
    table: number("rt_tables", rule.table) ?? 0,
    ...(rule.goto !== undefined && { goto: rule.goto }),
    ...(rule.not && { not: true }),
    ...(from && { from }),
    ...(to && { to }),
    tos: number("rt_dsfield", rule.tos) ?? 0,
    ...(rule.iif !== undefined && { iif: rule.iif }),
    ...(rule.oif !== undefined && { oif: rule.oif }),
    ...(rule.fwmark !== undefined && mark !== undefined && { fwmark: mark }),
    ...(mask !== undefined && { fwmask: mask }),
    ...(rule.l3mdev && { l3mdev: true }),
    ...(uidrange && { uidRange: uidrange }),
    ...(ipproto !== undefined && {
      ipProtocol: required(ipProtocol(ipproto), `'${ipproto}' is no IP protocol`),
    }),
    ...(sport && { sourcePorts: sport }),
    ...(dport && { destinationPorts: dport }),
    ...(rule.realms !== undefined && { realms: realmsOf(rule.realms, host) }),
    ...(rule.suppress_prefixlength !== undefined && { suppressPrefixLength: rule.suppress_prefixlength }),
    ...(group !== undefined && { suppressInterfaceGroup: group }),
    // keepalived marks what it tracks.
    protocol: number("rt_protos", rule.protocol) ?? (rule.no_track ? 0 : VRRP_PROTOCOL),
  };
}

/** The family that a rule says, or its addresses; IPv4 when neither does. */
function familyOfRule({ family, from, to }: Rule): IpFamily {
  const address = [from, to].find((prefix) => prefix !== undefined && prefix !== "all");
  return family ?? (address === undefined ? 4 : familyOf(address));
}

function prefixOf(text: string | undefined): RulePrefix | undefined {
  if (text === undefined || text === "all") return undefined;
  const [address = "", length] = text.split("/", 2);
  return {
    address,
    prefixLength: length === undefined ? (familyOf(address) === 4 ? 32 : 128) : Number(length),
  };
}

const PLAIN = ["nop", "blackhole", "prohibit", "unreachable"] as const;

function actionOf(rule: Rule): RuleAction {
  if (rule.goto !== undefined) return "goto";
  return PLAIN.find((action) => rule[action]) ?? "table";
}
