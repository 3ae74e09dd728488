import { ERRNO } from "../../wire/errno.ts";
import { kernelError } from "../errors.ts";
import type { SysctlPort } from "../ports.ts";
import type { MemoryLinks } from "./links.ts";

/** Parameters of each interface that a router touches, with what Linux starts from. */
const INTERFACE_DEFAULTS: Readonly<Record<"ipv4" | "ipv6", Readonly<Record<string, string>>>> = {
  ipv4: {
    accept_local: "0",
    arp_filter: "0",
    arp_ignore: "0",
    promote_secondaries: "0",
    rp_filter: "0",
  },
  ipv6: {
    accept_ra: "1",
    addr_gen_mode: "0",
    autoconf: "1",
    disable_ipv6: "0",
    forwarding: "0",
    router_solicitations: "-1",
  },
};

const OTHERS: Readonly<Record<string, string>> = { "net/ipv4/igmp_link_local_mcast_reports": "1" };

/** Parameters of links that exist; a link starts from what `default` has. */
export class MemorySysctl implements SysctlPort {
  readonly #links: MemoryLinks;
  /** What was written, by path. Of a link by index: another link of its name starts anew. */
  readonly #written = new Map<string, string>();

  constructor(links: MemoryLinks) {
    this.#links = links;
  }

  read(path: string): string | undefined {
    const place = this.#place(path);
    if (place === undefined) return undefined;
    return this.#written.get(place.key) ?? place.initial;
  }

  write(path: string, value: string): void {
    const place = this.#place(path);
    if (place === undefined) throw kernelError(`write ${path}`, ERRNO.ENOENT);
    this.#written.set(place.key, value);
  }

  #place(path: string): { readonly key: string; readonly initial: string } | undefined {
    const other = OTHERS[path];
    if (other !== undefined) return { key: path, initial: other };
    const [, family, name = "", parameter = ""] =
      /^net\/(ipv4|ipv6)\/conf\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
    if (family !== "ipv4" && family !== "ipv6") return undefined;
    const first = INTERFACE_DEFAULTS[family][parameter];
    if (first === undefined) return undefined;
    if (name === "all" || name === "default") return { key: path, initial: first };
    const link = this.#links.get(name);
    if (link === undefined) return undefined;
    const key = `${family} ${link.index} ${parameter}`;
    return { key, initial: this.#written.get(`net/${family}/conf/default/${parameter}`) ?? first };
  }
}
