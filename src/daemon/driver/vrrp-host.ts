import type { GlobalDefs, VirtualAddress } from "../../config/config.ts";
import type { InterfaceFacts } from "../../core/vrrp/contract.ts";
import type { VirtualLink } from "../../core/vrrp/virtual-link.ts";
import type { Kernel, Link } from "../../kernel/ports.ts";
import type { Change } from "../../plan/plan.ts";
import { IprouteNames } from "../iproute-names.ts";
import type { Log } from "../log/log.ts";
import type { VrrpBelongings } from "./belongings.ts";
import type { Interfaces } from "./interfaces.ts";
import { Parameters } from "./parameters.ts";
import { VrrpFirewall } from "./vrrp-firewall.ts";
import { type MadeLink, VrrpLinks } from "./vrrp-links.ts";

const LOCAL_IGMP = "net/ipv4/igmp_link_local_mcast_reports";
const promoting = (name: string): string => `net/ipv4/conf/${name}/promote_secondaries`;

/**
 * What VRRP changes of the host besides addresses: links of its own, kernel parameters, the firewall. Everything is as
 * it was when this is closed.
 */
export class VrrpHost {
  readonly #parameters: Parameters;
  readonly #links: VrrpLinks;
  readonly #firewall: VrrpFirewall;
  readonly #interfaces: Interfaces;
  readonly #log: Log;
  #started = false;
  #earlier: VrrpBelongings | undefined;
  readonly #feed: (facts: InterfaceFacts) => void;
  /** Interfaces that keep further addresses of a network, by instance. */
  readonly #promoting = new Map<string, string>();
  readonly #standing = new Map<string, MadeLink>();
  #names = new IprouteNames({});

  /** `feed` takes what becomes known of links that we make. */
  constructor(kernel: Kernel, interfaces: Interfaces, log: Log, feed: (facts: InterfaceFacts) => void) {
    this.#interfaces = interfaces;
    this.#log = log;
    this.#feed = feed;
    this.#parameters = new Parameters(kernel.sysctl, log);
    this.#firewall = new VrrpFirewall(kernel, interfaces, log);
    this.#links = new VrrpLinks(kernel, this.#parameters, log, {
      group: (text) => this.#names.number("group", text),
      changed: (name, made) => this.#changed(name, made),
    });
  }

  /** Takes over what a plan says, before the machine does. */
  configure(changes: readonly Change[]): void {
    this.#firewall.configure(changes);
    for (const change of changes) {
      if (change.object === "global_defs") this.#configureGlobal(change.after);
      if (change.object === "vrrp_instance") {
        const { interface: name, promote_secondaries: promotes = false } = change.after ?? {};
        this.#promote(change.id, promotes ? name : undefined);
      }
    }
  }

  /** Before the first plan: what an earlier run may have left. */
  inherit(earlier: VrrpBelongings): void {
    this.#earlier = earlier;
    this.#parameters.inherit(earlier.parameters);
  }

  /**
   * After the machine had it: the firewall has what is needed, and no more. The first time what an earlier run left goes,
   * and it is said which interfaces of virtual routers nobody here wants.
   */
  configured(): void {
    if (this.#started) {
      this.#firewall.tidy();
      return;
    }
    this.#started = true;
    if (this.#earlier !== undefined) {
      this.#links.clear(this.#earlier.links);
      this.#firewall.clear(this.#earlier.tables);
      this.#parameters.settle();
      this.#earlier = undefined;
    }
    for (const name of this.#links.notOurs())
      this.#log.warn(
        `Interface ${name} has a VRRP MAC address and is not in this configuration: left as it is`,
      );
  }

  /** What it has of the host. */
  get belongings(): Pick<VrrpBelongings, "links" | "tables" | "parameters"> {
    return {
      links: this.#links.wanted,
      tables: this.#firewall.tables,
      parameters: this.#parameters.originals,
    };
  }

  /** The links that the machine wants from now on. */
  want(links: readonly VirtualLink[]): void {
    this.#links.want(links);
  }

  taking(instance: string, addresses: readonly VirtualAddress[]): void {
    this.#firewall.taking(instance, addresses);
  }

  released(instance: string, addresses: readonly VirtualAddress[]): void {
    this.#firewall.released(instance, addresses);
  }

  linkSeen(link: Link): void {
    for (const [instance, name] of this.#promoting) if (name === link.name) this.#promote(instance, name);
    this.#links.linkSeen(link);
  }

  linkGone(index: number, name: string): void {
    this.#parameters.forget(promoting(name));
    this.#links.linkGone(index, name);
  }

  /** After the machine has released everything. */
  close(): void {
    this.#firewall.close();
    this.#links.want([]);
    for (const instance of [...this.#promoting.keys()]) this.#promote(instance, undefined);
    this.#parameters.restore(LOCAL_IGMP);
  }

  #changed(name: string, made: MadeLink | undefined): void {
    const before = this.#standing.get(name);
    if (before !== undefined && before.ifindex !== made?.ifindex) this.#firewall.linkGone(before);
    if (made === undefined) this.#standing.delete(name);
    else this.#standing.set(name, made);
    if (made !== undefined && made.ifindex !== before?.ifindex) this.#firewall.linkMade(made);
    this.#feed(this.#interfaces.refresh(name));
  }

  #configureGlobal(global: GlobalDefs | undefined): void {
    const { iproute_usr_dir: usr, iproute_etc_dir: etc } = global ?? {};
    this.#names = new IprouteNames({ ...(usr !== undefined && { usr }), ...(etc !== undefined && { etc }) });
    if (global?.disable_local_igmp) this.#parameters.set(LOCAL_IGMP, "0");
    else this.#parameters.restore(LOCAL_IGMP);
  }

  #promote(instance: string, name: string | undefined): void {
    const before = this.#promoting.get(instance);
    if (name === undefined) this.#promoting.delete(instance);
    else this.#promoting.set(instance, name);
    if (name !== undefined) this.#parameters.set(promoting(name), "1");
    const stays = [...this.#promoting.values()].includes(before ?? "");
    if (before !== undefined && !stays) this.#parameters.restore(promoting(before));
  }
}
