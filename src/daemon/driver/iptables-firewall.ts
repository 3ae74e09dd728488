import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import type { GlobalDefs } from "../../config/config.ts";
import { type BlockedAddress, firewallFamily, isLinkLocal } from "../../core/vrrp/firewall-rules.ts";
import type { FirewallFamily } from "../../wire/nftables-types.ts";
import type { Log } from "../log/log.ts";
import type { Firewall } from "./nft-firewall.ts";
import type { MadeLink } from "./vrrp-links.ts";

/** Where the tools are looked for: nowhere that others than root could write to. */
const FOLDERS = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];
const TIMEOUT_MS = 5_000;

/** The tools by their paths. */
export interface IptablesTools {
  readonly iptables: string;
  readonly ip6tables: string;
  /** Absent: rules name addresses and interfaces themselves. */
  readonly ipset?: string;
}

/** Chains that rules go to, which have to be there. Nothing that leaves is dropped without a chain for it. */
export interface IptablesChains {
  readonly input: string;
  readonly output?: string;
}

/** Names of ipsets. */
export interface IptablesSets {
  readonly addresses: string;
  readonly addresses6: string;
  readonly linkLocal6: string;
  readonly igmp: string;
  readonly mld: string;
  readonly discovery: string;
}

type Chain = "input" | "output";

/** A rule: the chain, what it matches, its target. Rules of addresses stand first, unless sets have them. */
interface Rule {
  readonly family: FirewallFamily;
  readonly chain: Chain;
  readonly words: readonly string[];
  readonly first: boolean;
}

/** An entry of a set. */
interface Entry {
  readonly set: keyof IptablesSets;
  readonly words: string;
}

const SET_TYPES: Readonly<Record<keyof IptablesSets, string>> = {
  addresses: "hash:ip family inet",
  addresses6: "hash:ip family inet6",
  linkLocal6: "hash:net,iface family inet6",
  igmp: "hash:net,iface family inet",
  mld: "hash:net,iface family inet6",
  discovery: "hash:net,iface family inet6",
};

const DROP = ["-j", "DROP"];
const icmpv6 = (type: number): string[] => ["-p", "ipv6-icmp", "--icmpv6-type", String(type)];
const [NEIGHBOUR_SOLICIT, NEIGHBOUR_ADVERT, ROUTER_SOLICIT, MLD2_REPORT] = [135, 136, 133, 143];

/** Rules by way of iptables and ipset. Each change of a family's rules is one transaction. */
export class IptablesFirewall implements Firewall {
  readonly #tools: IptablesTools;
  readonly #chains: IptablesChains;
  readonly #sets: IptablesSets | undefined;
  readonly #log: Log;
  /** Rules and entries in force, by their text, and how many want them. */
  readonly #rules = new Map<string, { readonly rule: Rule; users: number }>();
  readonly #entries = new Map<string, number>();
  readonly #standing = new Set<keyof IptablesSets>();
  readonly #links = new Map<number, readonly FirewallFamily[]>();

  constructor(tools: IptablesTools, chains: IptablesChains, sets: IptablesSets | undefined, log: Log) {
    this.#tools = tools;
    this.#chains = chains;
    this.#sets = tools.ipset === undefined ? undefined : sets;
    this.#log = log;
  }

  addLink({ link, ifindex }: MadeLink, families: readonly FirewallFamily[]): void {
    if (this.#links.has(ifindex)) return;
    this.#links.set(ifindex, families);
    this.#change(
      families.flatMap((family) => this.#ofLink(link.name, family)),
      1,
    );
  }

  removeLink({ link, ifindex }: MadeLink): void {
    const families = this.#links.get(ifindex) ?? [];
    this.#links.delete(ifindex);
    this.#change(
      families.flatMap((family) => this.#ofLink(link.name, family)),
      -1,
    );
  }

  block(addresses: readonly BlockedAddress[]): void {
    this.#change(
      addresses.flatMap((blocked) => this.#ofAddress(blocked)),
      1,
    );
  }

  unblock(addresses: readonly BlockedAddress[]): void {
    this.#change(
      addresses.flatMap((blocked) => this.#ofAddress(blocked)),
      -1,
    );
  }

  /** Rules and entries have gone with the last who wanted them: here are the sets. */
  tidy(): void {
    const wanted = new Set([...this.#entries.keys()].map((key) => key.slice(0, key.indexOf(" "))));
    const gone = [...this.#standing].filter((set) => !wanted.has(set));
    for (const set of gone) this.#standing.delete(set);
    this.#ipset(gone.map((set) => `destroy ${this.#sets?.[set]}`));
  }

  close(): void {
    const rules = [...this.#rules.values()].map(({ rule }) => rule);
    this.#rules.clear();
    this.#entries.clear();
    this.#links.clear();
    this.#restore([], rules);
    const gone = [...this.#standing].map((set) => `destroy ${this.#sets?.[set]}`);
    this.#standing.clear();
    this.#ipset(gone);
  }

  /** What keeps group membership and router solicitations of a virtual link from the network. */
  #ofLink(name: string, family: FirewallFamily): (Rule | Entry)[] {
    const matches: [keyof IptablesSets, string[]][] =
      family === "ip"
        ? [["igmp", ["-p", "igmp"]]]
        : [
            ["mld", icmpv6(MLD2_REPORT)],
            ["discovery", icmpv6(ROUTER_SOLICIT)],
          ];
    return matches.flatMap(([set, words]): (Rule | Entry)[] => {
      const common = { family, chain: "output", first: false } as const;
      if (this.#sets === undefined) return [{ ...common, words: [...words, "-o", name, ...DROP] }];
      // A set takes no network of length 0: two halves are everything.
      const halves = family === "ip" ? ["0.0.0.0/1", "128.0.0.0/1"] : ["::/1", "8000::/1"];
      return [
        { ...common, words: [...words, ...this.#match(set, "dst,dst"), ...DROP] },
        ...halves.map((half) => ({ set, words: `${half},${name}` })),
      ];
    });
  }

  /** What keeps everybody from an address; its neighbours may still look for it. */
  #ofAddress({ address, interfaceName }: BlockedAddress): (Rule | Entry)[] {
    const family = firewallFamily(address);
    const local = isLinkLocal(address);
    const set = family === "ip" ? "addresses" : local ? "linkLocal6" : "addresses6";
    const sets = this.#sets !== undefined;
    const rules = (["input", "output"] as const).flatMap((chain): Rule[] => {
      const incoming = chain === "input";
      const direction = incoming ? "dst" : "src";
      const itself = [incoming ? "-d" : "-s", `${address}/${family === "ip" ? 32 : 128}`];
      const device = local ? [incoming ? "-i" : "-o", interfaceName] : [];
      const words = sets
        ? this.#match(set, local ? `${direction},${incoming ? "src" : "dst"}` : direction)
        : [...itself, ...device];
      const rule = (more: readonly string[]) => ({ family, chain, words: [...words, ...more], first: !sets });
      if (family === "ip") return [rule(DROP)];
      const discovery = [NEIGHBOUR_SOLICIT, NEIGHBOUR_ADVERT].map((type) =>
        rule([...icmpv6(type), "-j", "ACCEPT"]),
      );
      // Those that stand first are put there one before the other.
      return sets ? [...discovery, rule(DROP)] : [rule(DROP), ...discovery];
    });
    const entry = { set, words: local ? `${address},${interfaceName}` : address } as const;
    return sets ? [entry, ...rules] : rules;
  }

  #match(set: keyof IptablesSets, directions: string): string[] {
    return ["-m", "set", "--match-set", this.#sets?.[set] ?? "", directions];
  }

  /** Counts who wants what, and carries out what comes with the first or goes with the last. */
  #change(parts: readonly (Rule | Entry)[], step: 1 | -1): void {
    const [added, removed]: [Rule[], Rule[]] = [[], []];
    const lines: string[] = [];
    for (const part of parts) {
      if ("set" in part) lines.push(...this.#entry(part, step));
      else if (part.chain === "input" || this.#chains.output !== undefined) {
        const key = `${part.family} ${part.chain} ${part.words.join(" ")}`;
        const users = (this.#rules.get(key)?.users ?? 0) + step;
        if (users <= 0) this.#rules.delete(key);
        else this.#rules.set(key, { rule: part, users });
        if (step === 1 && users === 1) added.push(part);
        if (step === -1 && users === 0) removed.push(part);
      }
    }
    // A rule needs its sets.
    if (step === 1) this.#ipset(lines);
    this.#restore(added, removed);
    if (step === -1) this.#ipset(lines);
  }

  #entry({ set, words }: Entry, step: 1 | -1): string[] {
    const name = this.#sets?.[set];
    if (name === undefined) return [];
    const key = `${set} ${words}`;
    const before = this.#entries.get(key) ?? 0;
    const after = Math.max(0, before + step);
    if (after === 0) this.#entries.delete(key);
    else this.#entries.set(key, after);
    const lines: string[] = [];
    if (!this.#standing.has(set)) {
      this.#standing.add(set);
      // A daemon that was killed may have left it, with whatever was in it.
      lines.push(`create -exist ${name} ${SET_TYPES[set]}`, `flush ${name}`);
    }
    if (before === 0 && after > 0) lines.push(`add -exist ${name} ${words}`);
    if (before > 0 && after === 0) lines.push(`del -exist ${name} ${words}`);
    return lines;
  }

  #restore(added: readonly Rule[], removed: readonly Rule[]): void {
    for (const family of ["ip", "ip6"] as const) {
      const of = (rules: readonly Rule[]) => rules.filter((rule) => rule.family === family);
      const lines = [
        ...of(removed).map((rule) => this.#line("-D", rule)),
        ...of(added)
          .filter((rule) => !this.#stands(rule))
          .map((rule) => this.#line(rule.first ? "-I" : "-A", rule)),
      ];
      if (lines.length === 0) continue;
      const text = ["*filter", ...lines, "COMMIT", ""].join("\n");
      this.#run(`${this.#tool(family)}-restore`, ["--noflush", "--wait"], text);
    }
  }

  #line(command: string, { chain, words }: Rule): string {
    return [command, this.#chains[chain], ...words].join(" ");
  }

  /** Whether a daemon that was killed left it. */
  #stands({ family, chain, words }: Rule): boolean {
    const arguments_ = ["--wait", "-C", this.#chains[chain] ?? "", ...words];
    return spawnSync(this.#tool(family), arguments_, { stdio: "ignore", timeout: TIMEOUT_MS }).status === 0;
  }

  #tool(family: FirewallFamily): string {
    return family === "ip" ? this.#tools.iptables : this.#tools.ip6tables;
  }

  #ipset(lines: readonly string[]): void {
    if (lines.length === 0 || this.#tools.ipset === undefined) return;
    this.#run(this.#tools.ipset, ["restore"], `${lines.join("\n")}\n`);
  }

  #run(program: string, words: readonly string[], input: string): void {
    const { status, stderr, error } = spawnSync(program, words, {
      input,
      encoding: "utf8",
      timeout: TIMEOUT_MS,
    });
    if (status === 0) return;
    const why = error?.message ?? stderr.trim().split("\n").at(0) ?? "";
    this.#log.warn(`Cannot change the firewall with ${program}: ${why}`);
  }
}

function find(name: string): string | undefined {
  return FOLDERS.map((folder) => `${folder}/${name}`).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The names that are left out are made from those that are given. */
export function setNames(given: readonly string[]): IptablesSets {
  const [addresses = "keepalived"] = given;
  const [
    ,
    addresses6 = `${addresses}6`,
    linkLocal6 = `${addresses}_if6`,
    igmp = `${addresses}_igmp`,
    mld = `${addresses}_mld`,
    discovery = `${addresses}_vmac_nd`,
  ] = given;
  return { addresses, addresses6, linkLocal6, igmp, mld, discovery };
}

/** iptables as configured; undefined where it is not installed, or is nf_tables itself, which then serves as well. */
export function openIptables(global: GlobalDefs, log: Log): Firewall | undefined {
  const [iptables, ip6tables, ipset] = [find("iptables"), find("ip6tables"), find("ipset")];
  if (iptables === undefined || ip6tables === undefined) {
    log.warn("vrrp_iptables: iptables is not installed; using nftables");
    return undefined;
  }
  const version = spawnSync(iptables, ["--version"], { encoding: "utf8", timeout: TIMEOUT_MS }).stdout ?? "";
  if (version.includes("nf_tables")) {
    log.info("vrrp_iptables: iptables generates nftables configuration; using nftables");
    return undefined;
  }
  const [input, output] = global.vrrp_iptables ?? [];
  const chains =
    input === undefined ? { input: "INPUT", output: "OUTPUT" } : { input, ...(output && { output }) };
  const names = global.vrrp_ipsets;
  const sets = names === undefined || names.length > 0 ? setNames(names ?? []) : undefined;
  return new IptablesFirewall({ iptables, ip6tables, ...(ipset && { ipset }) }, chains, sets, log);
}
