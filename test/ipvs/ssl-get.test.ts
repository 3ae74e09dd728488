import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HOLDFAST } from "../lab/holdfast.ts";
import { KEEPALIVED } from "../lab/keepalived.ts";
import { eventually, execute, LabProcess } from "../lab/process.ts";
import { listenOnLoopback, SERVER_NAME, TLS_PEERS, tlsFile, tlsServer } from "../lab/tls-peers.ts";

// The same servers of TLS checked by keepalived 2.2.7 and by Holdfast, one after the other.

interface Case {
  readonly title: string;
  readonly peer: () => Server;
  readonly verdict: "up" | "down";
  /** What the SSL_GET says besides its URL, and what that says besides its path. */
  readonly check?: string;
  readonly url?: string;
}

const good = () => TLS_PEERS.good();
const HI = "49f68a5c8493ec2c0bf489821c21fc3b";
/** Peers that need no word in the check. */
const PLAIN: Readonly<Partial<Record<keyof typeof TLS_PEERS, "up" | "down">>> = {
  good: "up",
  "TLS 1.2": "up",
  "TLS 1.1": "down",
  "not TLS": "down",
  garbage: "down",
  silent: "down",
  closes: "down",
  resets: "down",
  "close_notify before the answer": "down",
  "close_notify in the head": "down",
  "end before the answer": "down",
  "reset before the answer": "down",
  "end without close_notify": "up",
  "reset after the answer": "up",
  "a broken record": "down",
  "no answer": "down",
  "stays open": "down",
  "status 500": "down",
};
const OPTIONS: readonly Case[] = [
  { title: "a name that is not asked for", peer: TLS_PEERS.named, verdict: "down" },
  {
    title: "virtualhost without enable_sni",
    peer: TLS_PEERS.named,
    verdict: "down",
    check: `virtualhost ${SERVER_NAME}`,
  },
  {
    title: "enable_sni",
    peer: TLS_PEERS.named,
    verdict: "up",
    check: `enable_sni\nvirtualhost ${SERVER_NAME}`,
  },
  {
    title: "enable_sni with the virtualhost of the url",
    peer: TLS_PEERS.named,
    verdict: "up",
    check: "enable_sni\nvirtualhost other.example",
    url: `virtualhost ${SERVER_NAME}`,
  },
  {
    title: "enable_sni with another name",
    peer: TLS_PEERS.named,
    verdict: "down",
    check: "enable_sni\nvirtualhost other.example",
  },
  { title: "enable_sni without a name", peer: TLS_PEERS.named, verdict: "down", check: "enable_sni" },
  { title: "a digest", peer: good, verdict: "up", url: `digest ${HI}` },
  { title: "another digest", peer: good, verdict: "down", url: `digest ${HI.replace("4", "5")}` },
  {
    title: "the digest of what Content-Length says",
    peer: () =>
      tlsServer({}, (socket) =>
        socket.on("data", () => socket.end("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi!!")),
      ),
    verdict: "up",
    url: `digest ${HI}`,
  },
  { title: "status_code", peer: TLS_PEERS["status 500"], verdict: "up", url: "status_code 500" },
  {
    title: "fast_recovery under alpha",
    peer: good,
    verdict: "up",
    check: "alpha\nfast_recovery\nurl {\npath /2\n}\nurl {\npath /3\n}",
  },
  {
    title: "alpha without fast_recovery",
    peer: good,
    verdict: "down",
    check: "alpha\nurl {\npath /2\n}\nurl {\npath /3\n}",
  },
  { title: "http_protocol 1.1", peer: good, verdict: "up", check: "http_protocol 1.1" },
];
const ANONYMOUS: readonly Case[] = [
  ...Object.entries(PLAIN).map(([peer, verdict]) => ({
    title: peer,
    peer: TLS_PEERS[peer as keyof typeof TLS_PEERS], // the keys of PLAIN
    verdict,
  })),
  ...OPTIONS,
  ...(["demands a certificate", "demands a certificate, TLS 1.2"] as const).map((peer) => ({
    title: peer,
    peer: TLS_PEERS[peer],
    verdict: "down" as const,
  })),
];
const IDENTIFIED: readonly Case[] = (
  ["good", "demands a certificate", "demands a certificate, TLS 1.2"] as const
).map((peer) => ({ title: peer, peer: TLS_PEERS[peer], verdict: "up" }));
const SSL = `SSL {
  certificate ${tlsFile("client.pem")}
  key ${tlsFile("client.key")}
  password test-password
  ca ${tlsFile("intermediate.pem")}
}
`;

const LOGS = "global_defs {\n  checker_log_all_failures\n}\n";

interface Outcome {
  readonly logs: readonly string[];
  readonly isInTable: boolean;
}

class Comparison {
  readonly #folder = mkdtempSync(join(tmpdir(), "holdfast-ssl-"));
  readonly #servers: Server[] = [];
  readonly #ports: number[] = [];
  readonly #cases: readonly Case[];
  theirs: ReadonlyMap<string, Outcome> = new Map();
  ours: ReadonlyMap<string, Outcome> = new Map();

  constructor(cases: readonly Case[]) {
    this.#cases = cases;
  }

  async run(before: string): Promise<void> {
    execute(["ip", "link", "set", "lo", "up"]);
    for (const { peer } of this.#cases) {
      const server = peer();
      this.#servers.push(server);
      this.#ports.push(await listenOnLoopback(server));
    }
    writeFileSync(
      join(this.#folder, "k.conf"),
      LOGS + before + this.#cases.map((_, i) => this.#service(i)).join(""),
    );
    this.theirs = await this.#outcomes(KEEPALIVED);
    this.ours = await this.#outcomes(HOLDFAST);
  }

  #service(index: number): string {
    const { check = "", url = "" } = this.#cases[index] ?? {};
    return `virtual_server 10.9.0.1 ${1000 + index} {
  delay_loop 60
  warmup 0
  connect_timeout 6
  retry 0
  lb_algo rr
  lb_kind NAT
  protocol TCP
  real_server 127.0.0.1 ${this.#ports[index]} {
    SSL_GET {
      url {
        path /
        ${url}
      }
      ${check}
    }
  }
}
`;
  }

  async #outcomes(program: typeof KEEPALIVED): Promise<Map<string, Outcome>> {
    const file = (name: string) => join(this.#folder, name);
    const files = { config: file("k.conf"), pid: file("p"), vrrpPid: file("v"), checkersPid: file("c") };
    const running = new LabProcess(program.command(files, "checkers"));
    const logsOf = (index: number) =>
      running.lines
        .map(({ text }) => text)
        .filter((text) => text.includes(`:tcp:${this.#ports[index]}`))
        .map((text) => text.replace(/^.*?\d{4}: |^.*?\]?: /, "").replaceAll(`:tcp:${this.#ports[index]}`, ""))
        // keepalived 2.4.3 has a name for these checks of their own.
        .map((text) => text.replace("HTTP_CHECK on", "SSL_CHECK on"));
    const isJudged = (index: number) =>
      logsOf(index).some((text) => /succeed on service|failed after|success to|failed\.$/.test(text));
    try {
      await eventually("every verdict", () => this.#cases.every((_, index) => isJudged(index)), 60_000);
      await new Promise((done) => setTimeout(done, 1_000));
      const table = execute(["ipvsadm", "-Sn"]);
      return new Map(
        this.#cases.map(({ title }, index) => [
          title,
          { logs: logsOf(index), isInTable: table.includes(`-r 127.0.0.1:${this.#ports[index]} `) },
        ]),
      );
    } catch (error) {
      throw new Error(running.log, { cause: error });
    } finally {
      await running.stop();
    }
  }

  dispose(): void {
    for (const server of this.#servers) server.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

describe.each([
  ["without an SSL block", "", ANONYMOUS],
  ["with an SSL block", SSL, IDENTIFIED],
])("SSL_GET %s", (_, before, cases) => {
  const comparison = new Comparison(cases);
  beforeAll(() => comparison.run(before), 150_000);
  afterAll(() => comparison.dispose());

  it.each(cases)("judges as keepalived does: $title", ({ title, verdict }) => {
    expect(comparison.ours.get(title)).toEqual(comparison.theirs.get(title));
    expect(comparison.ours.get(title)?.isInTable).toBe(verdict === "up");
  });
});
