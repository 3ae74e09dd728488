/** The parts of a kernel's state that virtual links bring: the links, their parameters, and the firewall. */
import type { Host } from "../lab/netns.ts";

type Json = Readonly<Record<string, unknown>>;

/** Lines by subject. */
export type Subjects = [subject: string, lines: string[]][];

/** Every link with all that `ip -d -j link` tells, numbers of interfaces aside. */
export function linkState(host: Host, line: (object: Json) => string): Subjects {
  const parsed: unknown = JSON.parse(host.exec("ip", "-d", "-j", "link") || "[]");
  const links = parsed as readonly Json[]; // `ip -j` lists objects
  return links.map((link) => [`link ${String(link.ifname)}`, [line(link)]]);
}

/** Parameters of interfaces and of IGMP, by interface. */
export function parameterState(host: Host): Subjects {
  const listed = host.exec(
    ...["sh", "-c"],
    "cd /proc/sys/net && grep -s . ipv4/conf/*/* ipv6/conf/*/* ipv4/igmp_link_local_mcast_reports || true",
  );
  const subjects = new Map<string, string[]>();
  for (const found of listed.split("\n")) {
    const [, path = "", value = ""] = /^([^:]+):(.*)$/.exec(found) ?? [];
    if (path === "") continue;
    const [family, , name = "", parameter = ""] = path.split("/");
    const subject = parameter === "" ? "parameters" : `parameters of ${name}`;
    const lines = subjects.get(subject) ?? [];
    lines.push(`${family} ${parameter || path} = ${value}`);
    subjects.set(subject, lines);
  }
  return [...subjects];
}

/** The ruleset of nf_tables, table by table; a line says what chain or set it is in. */
export function firewallState(host: Host): Subjects {
  const subjects: Subjects = [];
  let place = "";
  const text = host.exec("nft", "list", "ruleset").replaceAll(/,\n\s+/g, ", ");
  for (const found of text.replaceAll(/packets \d+ bytes \d+ ?/g, "").split("\n")) {
    const line = found.trim();
    if (line.startsWith("table ")) subjects.push([`nftables ${line.slice(0, -2)}`, []]);
    else if (line.endsWith("{")) place = line.slice(0, -2);
    else if (line !== "" && line !== "}") subjects.at(-1)?.[1].push(`${place}: ${line}`);
  }
  return subjects;
}
