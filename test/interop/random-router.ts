/** Configurations of routers that one seed decides, for the hosts of kernel-state.ts. */
import { Random } from "../differential/random.ts";

/** Interfaces of the host, and an address of each family beside its own. */
const NETWORKS = {
  eth0: { four: "192.0.2", six: "2001:db8:1" },
  eth1: { four: "198.51.100", six: "2001:db8:2" },
} as const;
type Device = keyof typeof NETWORKS;
const DEVICES = ["eth0", "eth1"] as const;
/** Networks that no interface is in. */
const ELSEWHERE = { four: ["10.3.0", "10.4.1"], six: ["2001:db8:7"] } as const;

/** What `ip` takes without a fault, by how often out of a hundred. */
type Options = readonly (readonly [chance: number, choices: readonly string[]])[];

const OF_FOUR: Options = [
  [20, ["scope link", "scope site", "scope host"]],
  [15, ["preferred_lft 0", "preferred_lft 1000", "preferred_lft forever"]],
  [10, ["noprefixroute"]],
  [10, ["no_track"]],
];
const OF_SIX: Options = [
  [30, ["-nodad"]],
  [15, ["home"]],
  [15, ["mngtmpaddr"]],
  // Any other time would go on while the two hosts are looked at.
  [15, ["preferred_lft 0", "preferred_lft forever"]],
  [10, ["noprefixroute"]],
];
const METRICS: Options = [
  [15, ["mtu 1300", "mtu lock 1400"]],
  [10, ["advmss 1000"]],
  [10, ["initcwnd 20"]],
  [10, ["quickack 1"]],
  [10, ["window 30000"]],
  [10, ["rto_min 1s"]],
  [10, ["features ecn"]],
  [20, ["metric 7", "metric 20"]],
];

/** A block of addresses, routes or rules. */
interface List {
  readonly name: string;
  readonly items: readonly string[];
}

interface Instance {
  readonly name: string;
  readonly statements: readonly string[];
  readonly lists: readonly List[];
}

interface Router {
  readonly lists: readonly List[];
  readonly instances: readonly Instance[];
}

class Writer {
  readonly #random: Random;
  /** No two objects have the same. */
  #number: number;

  constructor(seed: number, firstNumber: number) {
    this.#random = new Random(seed);
    this.#number = firstNumber;
  }

  router(): Router {
    const random = this.#random;
    const instances = Array.from({ length: random.between(1, 3) }, (_, index) => this.#instance(index));
    const lists = [
      this.#list("static_ipaddress", random.below(3), () => this.#anyAddress(true)),
      this.#list("static_routes", random.below(4), () => this.#route()),
      this.#list("static_rules", random.below(3), () => this.#rule()),
    ];
    return { lists, instances };
  }

  #instance(index: number): Instance {
    const random = this.#random;
    const device = random.pick(DEVICES);
    const isSix = random.percent(30);
    const hasMac = random.percent(30);
    const version = isSix || random.percent(70) ? 3 : 2;
    const own = () => (isSix ? this.#six(device) : this.#four(device));
    const addresses = Array.from({ length: random.between(1, 4) }, own);
    if (isSix) addresses.unshift(`fe80::${(80 + this.#next()).toString(16)}`);
    const options = [
      hasMac && random.pick(["use_vmac", `use_vmac vm${index}`, "use_vmac\n  vmac_xmit_base"]),
      random.percent(20) && random.pick(["accept", "no_accept"]),
      random.percent(20) && "promote_secondaries",
      random.percent(15) && "dont_track_primary",
    ].filter((line) => line !== false);
    return {
      name: `VI_${index}`,
      statements: [
        `interface ${device}`,
        `virtual_router_id ${51 + index}`,
        "priority 200",
        `version ${version}`,
        // Time to look at a backup before it is master.
        "advert_int 1",
        "garp_master_delay 1",
        ...options,
      ],
      lists: [
        { name: "virtual_ipaddress", items: addresses },
        this.#list("virtual_ipaddress_excluded", hasMac ? 0 : random.below(3), () => this.#anyAddress(false)),
        this.#list("virtual_routes", random.below(3), () => this.#route()),
        this.#list("virtual_rules", random.below(3), () => this.#rule()),
      ],
    };
  }

  #list(name: string, count: number, item: () => string): List {
    return { name, items: Array.from({ length: count }, item) };
  }

  #anyAddress(needsDevice: boolean): string {
    const device = this.#random.pick(DEVICES);
    const text = this.#random.percent(35) ? this.#six(device) : this.#four(device);
    return needsDevice && !text.includes(" dev ") ? `${text} dev ${device}` : text;
  }

  #four(device: Device): string {
    const random = this.#random;
    const network = random.pick([...DEVICES.map((name) => NETWORKS[name].four), ...ELSEWHERE.four]);
    const length = random.pick(["", "/16", "/24", "/25", "/32"]);
    const derived = length === "" || length === "/32" ? [] : ["brd +", "brd -"];
    const broadcast = this.#some([[20, ["brd 10.3.0.255", ...derived]]]);
    const label = random.percent(15) ? ` label ${device}:${random.below(9)}` : "";
    return `${network}.${this.#next()}${length}${this.#on(device)}${label}${broadcast}${this.#some(OF_FOUR)}`;
  }

  #six(device: Device): string {
    const random = this.#random;
    const network = random.pick([...DEVICES.map((name) => NETWORKS[name].six), ...ELSEWHERE.six]);
    const length = random.pick(["", "/48", "/64", "/128"]);
    return `${network}::${this.#next().toString(16)}${length}${this.#on(device)}${this.#some(OF_SIX)}`;
  }

  #route(): string {
    const random = this.#random;
    const device = random.pick(DEVICES);
    const { four, six } = NETWORKS[device];
    const to4 = `10.${60 + this.#next()}.0.0/${random.pick([16, 24])}`;
    const to6 = `2001:db8:${(256 + this.#next()).toString(16)}::/48`;
    const table = this.#some([[20, ["table 100", "table default"]]]);
    return random.pick([
      () => `${to4} via ${four}.200${this.#on(device)}${this.#some(METRICS)}${table}`,
      () => `${to4} dev ${device}${this.#some([[40, ["scope link", "scope site"]]])}${this.#some(METRICS)}`,
      () => `${random.pick(["blackhole", "unreachable", "prohibit", "throw"])} ${to4}${table}`,
      () => `${to4} nexthop via 192.0.2.200 weight ${random.between(1, 9)} nexthop via 198.51.100.200`,
      () => `src 192.0.2.1 ${to4} via 192.0.2.201 dev eth0`,
      () => `${to4} via ${four}.202 tos ${random.pick(["8", "0x10", "CS1"])}`,
      () => `${to6} via ${six}::200${this.#on(device)}${table}`,
      () => `${to6} dev ${device}${this.#some([[30, ["pref low", "pref high", "metric 7"]]])}`,
      () => `${random.pick(["blackhole", "unreachable", "prohibit"])} ${to6}`,
    ])();
  }

  #rule(): string {
    const random = this.#random;
    const preference = `priority ${1_000 + this.#next()}`;
    const from = `from 10.1.${this.#next()}.0/24`;
    return random.pick([
      `${from} table ${random.pick(["100", "main"])} ${preference}`,
      `${from} iif ${random.pick(DEVICES)} table 100 ${preference}`,
      `to 10.2.${this.#next()}.0/24 tos 0x10 table 100 ${preference}`,
      `fwmark ${random.between(1, 99)}${random.pick(["", "/0xff"])} table 100 ${preference}`,
      `from 2001:db8:${this.#next()}::/48 table 100 ${preference}`,
      `${random.pick(["unreachable", "prohibit", "blackhole"])} ${from} ${preference}`,
      `not ${from} table 100 ${preference} suppress_prefixlength ${random.below(30)}`,
    ]);
  }

  #on(device: Device): string {
    return this.#random.percent(50) ? ` dev ${device}` : "";
  }

  #some(options: Options): string {
    return options
      .filter(([chance]) => this.#random.percent(chance))
      .map(([, choices]) => ` ${this.#random.pick(choices)}`)
      .join("");
  }

  #next(): number {
    return this.#number++;
  }
}

function block(heading: string, lines: readonly string[]): string[] {
  return [`${heading} {`, ...lines.map((line) => `  ${line}`), "}"];
}

const blocksOf = (lists: readonly List[]): string[] =>
  lists.flatMap(({ name, items }) => (items.length === 0 ? [] : block(name, items)));

function textOf({ lists, instances }: Router): string {
  const lines = instances.flatMap((one) =>
    block(`vrrp_instance ${one.name}`, [...one.statements, ...blocksOf(one.lists)]),
  );
  return `${[...blocksOf(lists), ...lines].join("\n")}\n`;
}

/** The configuration of a seed: static objects, and one to three instances, each of which becomes master. */
export function randomRouter(seed: number): string {
  return textOf(new Writer(seed, 10).router());
}

/** What a reload makes of it: blocks that stay, go, come or become others, and lists with fewer items or with more. */
export function reloadedRouter(seed: number): string {
  const random = new Random(seed);
  const [before, other] = [new Writer(seed, 10).router(), new Writer(seed + 0x10_0000, 130).router()];
  const mixed = ({ name, items }: List, index: number, others: readonly List[]): List => {
    // An instance without any address is none, and the first of IPv6 is link-local.
    const kept = items.filter(
      (_, item) => (name === "virtual_ipaddress" && item === 0) || random.percent(75),
    );
    const added = random.percent(30) ? (others[index]?.items ?? []) : [];
    return { name, items: [...kept, ...added] };
  };
  const lists = before.lists.map((list, index) => mixed(list, index, other.lists));
  const instances = before.instances.flatMap((instance, index) => {
    const another = other.instances[index];
    if (random.percent(15)) return [];
    if (random.percent(25) && another !== undefined) return [another];
    return { ...instance, lists: instance.lists.map((list) => mixed(list, 0, [])) };
  });
  const more = other.instances.slice(before.instances.length);
  return textOf({ lists, instances: [...instances, ...more] });
}
