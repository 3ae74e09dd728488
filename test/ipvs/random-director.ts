/** Configurations of directors that one seed decides, for the places of server-farm.ts. */
import { Random } from "../differential/random.ts";

const SERVERS = {
  4: ["10.9.0.2", "10.9.0.3", "10.9.0.4", "10.9.0.5"],
  6: ["2001:db8:9::2", "2001:db8:9::3", "2001:db8:9::4"],
} as const;
type Family = keyof typeof SERVERS;

/** Every server that a configuration may have. */
export const ALL_SERVERS: readonly string[] = [...SERVERS[4], ...SERVERS[6]];

const SCHEDULERS = ["rr", "wrr", "lc", "wlc", "lblc", "sed", "nq", "dh", "fo", "ovf"];
const WITH_FLAGS = {
  sh: ["sh-port", "sh-fallback", "flag-1"],
  mh: ["mh-port", "mh-fallback", "flag-2"],
} as const;
const METHODS = ["NAT", "DR", "TUN"] as const;

interface Service {
  readonly heading: string;
  readonly statements: readonly string[];
  readonly servers: readonly string[];
}

class Writer {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  services(): Service[] {
    return [1, 2, 3, 4].filter(() => this.#random.percent(75)).map((number) => this.#service(number));
  }

  #service(number: number): Service {
    const random = this.#random;
    const family: Family = random.percent(25) ? 6 : 4;
    const address = family === 6 ? `2001:db8:1::${number} 80` : `10.1.0.${number} 80`;
    // A mark says nothing of the family: the servers do.
    const heading = random.percent(15) ? `fwmark ${number}` : address;
    const sorry = family === 6 ? "2001:db8:9::9" : "10.9.0.9";
    const statements = [
      ...this.#scheduler(),
      `lb_kind ${random.pick(METHODS)}`,
      "protocol TCP",
      ...this.#maybe(25, () => `persistence_timeout ${random.pick([50, 300, 360])}`),
      ...this.#maybe(10, () => `persistence_granularity ${family === 6 ? 64 : "255.255.255.0"}`),
      ...this.#maybe(15, () => `weight ${random.between(0, 9)}`),
      ...this.#maybe(20, () => `quorum ${random.between(1, 6)}`),
      ...this.#maybe(15, () => `hysteresis ${random.between(0, 2)}`),
      ...this.#maybe(10, () => "alpha"),
      ...this.#maybe(10, () => "omega"),
      ...this.#maybe(10, () => "inhibit_on_failure"),
      ...this.#maybe(30, () => `sorry_server ${sorry} 80${random.pick(["", ` ${random.pick(METHODS)}`])}`),
      ...this.#maybe(15, () => "sorry_server_inhibit"),
    ];
    const chosen = SERVERS[family].filter(() => random.percent(65));
    const servers = chosen.length > 0 ? chosen : [SERVERS[family][0]];
    return { heading, statements, servers: servers.map((server) => this.#server(server)) };
  }

  #scheduler(): string[] {
    const random = this.#random;
    if (random.percent(70)) return [`lb_algo ${random.pick(SCHEDULERS)}`];
    const algorithm = random.pick(["sh", "mh"] as const);
    return [`lb_algo ${algorithm}`, ...random.some(WITH_FLAGS[algorithm], 2)];
  }

  #server(address: string): string {
    const random = this.#random;
    const check = random.pick([
      "TCP_CHECK {\n    }",
      "HTTP_GET {\n      url {\n        path /\n      }\n    }",
    ]);
    const lines = [
      ...this.#maybe(50, () => `weight ${random.pick([0, 1, 5, 100])}`),
      ...this.#maybe(15, () => `uthreshold ${random.between(10, 20)}`),
      ...this.#maybe(10, () => `lthreshold ${random.between(1, 9)}`),
      ...this.#maybe(15, () => "inhibit_on_failure"),
      ...this.#maybe(15, () => `lvs_method ${random.pick(METHODS)}`),
      ...this.#maybe(80, () => check),
    ];
    return `  real_server ${address} 80 {\n${lines.map((line) => `    ${line}\n`).join("")}  }\n`;
  }

  #maybe(chance: number, line: () => string): string[] {
    return this.#random.percent(chance) ? [line()] : [];
  }
}

const textOf = (services: readonly Service[]): string =>
  services
    .map(({ heading, statements, servers }) => {
      const lines = ["$FAST", ...statements].map((line) => `  ${line}\n`).join("");
      return `virtual_server ${heading} {\n${lines}${servers.join("")}}\n`;
    })
    .join("");

/** The configuration of a seed: up to four services. */
export function randomDirector(seed: number): string {
  return textOf(new Writer(seed).services());
}

/** What a reload makes of it: services that stay, go, come or become others; servers that go, come or become others. */
export function reloadedDirector(seed: number): string {
  const random = new Random(seed);
  const before = new Map(new Writer(seed).services().map((service) => [service.heading, service]));
  const after = new Map(new Writer(seed + 0x10_0000).services().map((service) => [service.heading, service]));
  const headings = [...new Set([...before.keys(), ...after.keys()])].filter(() => random.percent(85));
  return textOf(
    headings.flatMap((heading) => {
      const [old, other] = [before.get(heading), after.get(heading)];
      if (old === undefined || other === undefined) return old ?? other ?? [];
      const servers = [...old.servers, ...other.servers].filter(() => random.percent(60));
      const one = new Map(servers.map((server) => [server.split("{")[0], server]));
      return { ...random.pick([old, other]), servers: [...one.values()] };
    }),
  );
}
