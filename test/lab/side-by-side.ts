/**
 * keepalived and Holdfast checking the same servers at the same time, each on a host and an IPVS of its own: what each
 * says of every server, and whether it is in its table. For the guest.
 */
import { HOLDFAST } from "./holdfast.ts";
import { KEEPALIVED } from "./keepalived.ts";
import { type Host, Lab } from "./netns.ts";
import { eventually } from "./process.ts";
import { Router } from "./router.ts";

/** Of both programs, or of keepalived and of Holdfast where they differ. */
export type Verdict = "up" | "down" | "up/down" | "down/up";

/** One server with its checkers. Every one has an address of its own, by which logs and tables are read. */
export interface CheckCase {
  readonly title: string;
  /** The checker blocks. `ADDRESS` stands for the server's address, `DIRECTORY` for the lab's. */
  readonly checks: string;
  readonly verdict: Verdict;
  /** 80 when absent. */
  readonly port?: number;
  /** Its checkers start in any order. */
  readonly unordered?: boolean;
  /** No peer has the server's address: nobody answers for it. */
  readonly absent?: boolean;
}

export interface Outcome {
  readonly keepalived: readonly string[];
  readonly holdfast: readonly string[];
}

/** Times that a guest on a busy machine can keep. */
const TIMING = `delay_loop 3
  connect_timeout 8
  retry 1
  delay_before_retry 0.3`;

/** The address of the n-th server, counted from 0. */
const addressOf = (family: 4 | 6, index: number): string =>
  family === 4 ? `10.8.1.${index + 1}` : `fd00:8::1:${(index + 1).toString(16)}`;

/** The address of each program's host: what servers see as their client. */
export const CLIENTS = { 4: ["10.8.0.2", "10.8.0.3"], 6: ["fd00:8::2", "fd00:8::3"] } as const;

/** A name that holds everything but what logs and tables must be asked for. */
export class SideBySide {
  readonly lab = new Lab();
  /** Where the peers run; it has every server's address. */
  readonly servers: Host;
  readonly #hosts: readonly [Host, Host];
  readonly #family: 4 | 6;
  #cases: readonly CheckCase[] = [];
  /** keepalived's and Holdfast's, once started. */
  readonly #routers: Router[] = [];

  constructor(family: 4 | 6) {
    const wire = this.lab.switch();
    const prefix = family === 4 ? 16 : 64;
    const make = (name: string, address: string): Host => {
      const host = this.lab.host(name, { ipv6: family === 6 });
      wire.connect(host, "eth0", [`${address}/${prefix}`]);
      return host;
    };
    this.#family = family;
    this.servers = make("servers", family === 4 ? "10.8.0.1" : "fd00:8::1");
    // Every datagram that nobody wants is answered so, not a few in a second.
    this.servers.sysctl(family === 4 ? "net/ipv4/icmp_ratelimit" : "net/ipv6/icmp/ratelimit", 0);
    this.#hosts = [make("keepalived", CLIENTS[family][0]), make("holdfast", CLIENTS[family][1])];
  }

  /** Gives the servers their addresses; peers are started between this and `start`. */
  prepare(cases: readonly CheckCase[]): void {
    this.#cases = cases;
    const prefix = this.#family === 4 ? "16" : "64 nodad";
    const lines = cases.flatMap(({ absent }, index) =>
      absent ? [] : [`addr add ${addressOf(this.#family, index)}/${prefix} dev eth0`],
    );
    this.servers.exec("sh", "-c", `printf '%s\\n' '${lines.join("' '")}' | ip -batch -`);
  }

  /** Paths of /proc/net/tcp of both programs' hosts: servers see there what has been read. */
  socketTables(): string[] {
    return this.#hosts.map((host) => `/proc/${host.spawn(["sleep", "infinity"]).pid}/net/tcp`);
  }

  /** The address of a case's server, for what a peer must know of it. */
  address(title: string): string {
    const index = this.#cases.findIndex((one) => one.title === title);
    if (index < 0) throw new Error(`no case "${title}"`);
    return addressOf(this.#family, index);
  }

  /**
   * Starts both programs on the same configuration; `before` stands at its beginning. One after the other, so that
   * neither has to wait for the guest's only processor while the other starts. Resolves when both run: a table that is not
   * there yet has every server down.
   */
  async start(before = ""): Promise<void> {
    const config = `global_defs {\n  router_id lab\n}\n${before}\n${this.#virtualServer()}`;
    for (const [index, program] of [KEEPALIVED, HOLDFAST].entries()) {
      const router = new Router(this.lab, this.#hosts[index] ?? this.servers, program, config, "checkers");
      router.start();
      this.#routers.push(router);
      await router.process.waitFor("Startup complete", 60_000);
    }
  }

  #virtualServer(): string {
    const servers = this.#cases.map(({ checks, port = 80 }, index) => {
      const text = checks.replaceAll("DIRECTORY", this.lab.directory);
      const address = addressOf(this.#family, index);
      return `  real_server ${address} ${port} {\n${text.replaceAll("ADDRESS", address)}\n  }`;
    });
    const address = this.#family === 4 ? "10.9.0.1" : "fd00:9::1";
    return `virtual_server ${address} 80 {
  ${TIMING}
  lb_algo rr
  lb_kind NAT
  protocol TCP
${servers.join("\n")}
}
`;
  }

  /** The tables of keepalived and of Holdfast as ipvsadm saves them, in an order of their own. */
  tables(): [keepalived: string, holdfast: string] {
    const [theirs, ours] = this.#hosts;
    const tableOf = (host: Host) => host.exec("ipvsadm", "-Sn").split("\n").sort().join("\n");
    return [tableOf(theirs), tableOf(ours)];
  }

  /** Which servers are in the tables: by case, `keepalived/holdfast` when they differ. */
  verdicts(): Record<string, string> {
    const tables = this.tables();
    return Object.fromEntries(
      this.#cases.map(({ title, port = 80 }, index) => {
        const address = addressOf(this.#family, index);
        const server = this.#family === 4 ? `-r ${address}:${port} ` : `-r [${address}]:${port} `;
        const [theirs = "", ours = ""] = tables.map((table) => (table.includes(server) ? "up" : "down"));
        return [title, theirs === ours ? ours : `${theirs}/${ours}`];
      }),
    );
  }

  /** Waits until both tables say what is expected and have said so for a while; the verdicts then, for the test to judge. */
  async settled(
    expected: Readonly<Record<string, string>>,
    timeout = 60_000,
  ): Promise<Record<string, string>> {
    const isThere = () => JSON.stringify(this.verdicts()) === JSON.stringify(expected);
    for (const limit of [timeout, 5_000]) {
      await eventually("verdicts", isThere, limit).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 3_000));
    }
    return this.verdicts();
  }

  /** What each program logged about each case's server, without time and program. */
  logs(): Record<string, Outcome> {
    const [theirs, ours] = this.#routers.map((router) => router.process.lines.map(({ text }) => text));
    return Object.fromEntries(
      this.#cases.map(({ title, unordered }, index) => {
        const address = addressOf(this.#family, index);
        const about = (all: readonly string[] = []) => {
          const lines = all
            .filter((line) => line.includes(`[${address}]`) || line.includes(`${address} `))
            // How much of a page had come when its server was stopped is a matter of luck.
            .filter((line) => !line.includes("does not match received bytes"))
            .map((line) => line.replace(/^.*?\]?: /, ""))
            // keepalived 2.2.7 calls both HTTP checks; later ones say which it was, as we do.
            .map((line) => line.replace(/^SSL_CHECK/, "HTTP_CHECK"));
          return unordered ? lines.sort() : lines;
        };
        return [title, { keepalived: about(theirs), holdfast: about(ours) }];
      }),
    );
  }

  /**
   * The cases of which the programs do not say the same, but for those of `known` titles. Both speak in their own time:
   * one that has yet to say its last is waited for.
   */
  async differences(known: readonly string[] = []): Promise<Record<string, Outcome>> {
    const isDifferent = ({ keepalived, holdfast }: Outcome) => keepalived.join("\n") !== holdfast.join("\n");
    const found = () =>
      Object.entries(this.logs()).filter(
        ([title, outcome]) => !known.includes(title) && isDifferent(outcome),
      );
    await eventually("the same words", () => found().length === 0, 20_000).catch(() => {});
    return Object.fromEntries(found());
  }

  /** All that both programs said, for a failure's message. */
  get log(): string {
    return this.#routers.map(({ process }) => process.log).join("\n\n");
  }

  async dispose(): Promise<void> {
    for (const router of this.#routers) await router.stop();
    await this.lab.dispose();
  }
}
