import type { GlobalDefs, VirtualAddress, VrrpInstance } from "../../config/config.ts";
import type { BlockedAddress } from "../../core/vrrp/firewall-rules.ts";
import { type Kernel, KernelError } from "../../kernel/ports.ts";
import type { Change } from "../../plan/plan.ts";
import type { FirewallFamily, FirewallTable } from "../../wire/nftables-types.ts";
import type { Log } from "../log/log.ts";
import type { Interfaces } from "./interfaces.ts";
import { openIptables } from "./iptables-firewall.ts";
import { type Firewall, NftFirewall } from "./nft-firewall.ts";
import type { MadeLink } from "./vrrp-links.ts";

const DEFAULT_TABLE = "keepalived";
const DEFAULT_PRIORITY = -1;

/** What of an instance its rules depend on. */
interface Mode {
  readonly blocks: boolean;
  readonly byName: boolean;
}

const keyOf = ({ address, dev }: VirtualAddress): string => `${address} ${dev ?? ""}`;

/** Says what the firewall has to do as links come and go, and as instances take and release their addresses. */
export class VrrpFirewall {
  readonly #kernel: Kernel;
  readonly #interfaces: Interfaces;
  readonly #log: Log;
  #global: GlobalDefs | undefined;
  #firewall: Firewall | undefined;
  readonly #modes = new Map<string, Mode>();
  /** What each instance holds, and what of that is blocked as what. */
  readonly #held = new Map<string, Map<string, { address: VirtualAddress; blocked?: BlockedAddress }>>();

  constructor(kernel: Kernel, interfaces: Interfaces, log: Log) {
    this.#kernel = kernel;
    this.#interfaces = interfaces;
    this.#log = log;
  }

  /** Takes over what a plan says. Another kind of firewall, or another table, needs a restart, as in keepalived. */
  configure(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.object === "global_defs") this.#global = change.after;
      if (change.object !== "vrrp_instance") continue;
      if (change.after) this.#configureInstance(change.after);
      else this.#modes.delete(change.id);
    }
  }

  linkMade(link: MadeLink): void {
    const families = this.#familiesOf(link);
    if (families.length > 0) this.#open()?.addLink(link, families);
  }

  linkGone(link: MadeLink): void {
    this.#firewall?.removeLink(link);
  }

  /** An instance takes addresses: what is to be kept from them is in place before. */
  taking(instance: string, addresses: readonly VirtualAddress[]): void {
    const held = this.#held.get(instance) ?? new Map();
    this.#held.set(instance, held);
    for (const address of addresses) if (!held.has(keyOf(address))) held.set(keyOf(address), { address });
    if (this.#modes.get(instance)?.blocks) this.#block(instance);
  }

  /** An instance has released addresses. */
  released(instance: string, addresses: readonly VirtualAddress[]): void {
    const held = this.#held.get(instance);
    if (held === undefined) return;
    this.#unblock(instance, new Set(addresses.map(keyOf)));
    for (const address of addresses) held.delete(keyOf(address));
    if (held.size === 0) this.#held.delete(instance);
  }

  /** The tables of nf_tables that it has, or will have when an instance becomes master. */
  get tables(): string[] {
    const opened = this.#firewall instanceof NftFirewall;
    const blocks = [...this.#modes.values()].some((mode) => mode.blocks);
    return opened || (blocks && !this.#wantsIptables) ? [this.#table] : [];
  }

  /** Deletes those of these tables, of an earlier run, that still stand and are not used. */
  clear(tables: readonly string[]): void {
    for (const name of tables)
      for (const family of ["ip", "ip6"] as const) this.#clearTable({ family, name });
  }

  /** After a reload: what it does not need any more. */
  tidy(): void {
    this.#firewall?.tidy();
  }

  close(): void {
    this.#firewall?.close();
    this.#firewall = undefined;
  }

  #clearTable(table: FirewallTable): void {
    if (this.#firewall instanceof NftFirewall && this.#firewall.uses(table)) return;
    try {
      this.#kernel.firewall.apply([{ type: "delete-table", table }]);
      this.#log.info(`Removing firewall table ${table.family} ${table.name}, left by an earlier run`);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      if (error.code !== "ENOENT")
        this.#log.warn(`Cannot remove firewall table ${table.name}: ${error.code}`);
    }
  }

  #configureInstance({ name, no_accept, dont_track_primary }: VrrpInstance): void {
    const before = this.#modes.get(name);
    // A link-local address is known by its interface's index, which is another one when that comes back.
    const byName = dont_track_primary && !(this.#global?.nftables_ifindex ?? false);
    this.#modes.set(name, { blocks: no_accept, byName });
    if (before === undefined || before.blocks === no_accept || !this.#held.has(name)) return;
    if (no_accept) this.#block(name);
    else this.#unblock(name);
  }

  #block(instance: string): void {
    const { byName = false } = this.#modes.get(instance) ?? {};
    const fresh: BlockedAddress[] = [];
    for (const entry of this.#held.get(instance)?.values() ?? []) {
      if (entry.blocked !== undefined) continue;
      const { address, dev: interfaceName = "" } = entry.address;
      const ifindex = this.#interfaces.named(interfaceName)?.index ?? 0;
      entry.blocked = { address, interfaceName, ifindex, byName };
      fresh.push(entry.blocked);
    }
    if (fresh.length === 0) return;
    this.#log.info(`(${instance}) setting firewall drop rule`);
    this.#open()?.block(fresh);
  }

  #unblock(instance: string, only?: ReadonlySet<string>): void {
    const gone: BlockedAddress[] = [];
    for (const [key, entry] of this.#held.get(instance) ?? []) {
      if (entry.blocked === undefined || only?.has(key) === false) continue;
      gone.push(entry.blocked);
      delete entry.blocked;
    }
    if (gone.length === 0) return;
    this.#log.info(`(${instance}) removing firewall drop rule`);
    this.#firewall?.unblock(gone);
  }

  /** In which families a link could tell the network of groups it is in. */
  #familiesOf({ link }: MadeLink): FirewallFamily[] {
    if (link.mac === undefined) return [];
    const quiet = this.#global?.disable_local_igmp ?? false;
    const four: FirewallFamily[] = link.family === 4 && !quiet ? ["ip"] : [];
    return link.ipv6 ? [...four, "ip6"] : four;
  }

  get #table(): string {
    return this.#global?.nftables ?? DEFAULT_TABLE;
  }

  get #wantsIptables(): boolean {
    return this.#global?.nftables === undefined && this.#global?.vrrp_iptables !== undefined;
  }

  /** The firewall that is configured, opened when it is first needed: nf_tables unless only iptables is asked for. */
  #open(): Firewall | undefined {
    if (this.#firewall !== undefined) return this.#firewall;
    const global = this.#global;
    this.#firewall = global && this.#wantsIptables ? openIptables(global, this.#log) : undefined;
    this.#firewall ??= new NftFirewall(
      this.#kernel.firewall,
      {
        table: this.#table,
        priority: global?.nftables_priority ?? DEFAULT_PRIORITY,
        counters: global?.nftables_counters ?? false,
      },
      this.#log,
    );
    return this.#firewall;
  }
}
