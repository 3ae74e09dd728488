import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
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
  readonly kind?: "HTTP_GET";
  /** It comes to no verdict; what is said of that is each program's own. */
  readonly unjudged?: true;
  /** What the machine needs for it; given the server's port. */
  readonly prepare?: (port: number) => void;
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
/** 200 for a client that `accepts`, otherwise 500. */
const choosy = (accepts: (socket: Socket) => boolean) => (socket: Socket) => {
  const status = accepts(socket) ? "200 OK" : "500 No";
  socket.on("error", () => {});
  socket.on("data", () => socket.end(`HTTP/1.0 ${status}\r\n\r\n`));
};
const rule = (verb: "add" | "del", preference: number, words: string) =>
  execute(["ip", "rule", verb, "pref", String(preference), ...words.split(" ")]);

/** Where a check comes from, for checks of either kind. */
const SOURCES: readonly Case[] = (["HTTP_GET", "SSL_GET"] as const).flatMap((kind, index) => {
  const server = (accepts: (socket: Socket) => boolean) => () =>
    kind === "SSL_GET" ? tlsServer({}, choosy(accepts)) : createServer(choosy(accepts));
  const more = kind === "HTTP_GET" ? { kind } : {};
  const anyone = server(() => true);
  const onlyMarked = (port: number) => {
    rule("add", 1, `ipproto tcp fwmark 7 dport ${port} lookup local`);
    rule("add", 2, `ipproto tcp dport ${port} prohibit`);
  };
  return [
    {
      title: `${kind} with bindto and bind_port`,
      peer: server((socket) => socket.remoteAddress === "127.0.0.9" && socket.remotePort === 4000 + index),
      verdict: "up",
      check: `bindto 127.0.0.9\nbind_port ${4000 + index}`,
      ...more,
    },
    {
      title: `${kind} with fwmark`,
      peer: anyone,
      verdict: "up",
      check: "fwmark 7",
      prepare: onlyMarked,
      ...more,
    },
    {
      title: `${kind} with bindto of an address that is elsewhere`,
      peer: anyone,
      verdict: "up",
      check: "bindto 192.0.2.99",
      unjudged: true,
      ...more,
    },
    { title: `${kind} with bind_if`, peer: anyone, verdict: "up", check: "bind_if lo", ...more },
    {
      title: `${kind} with bind_if that does not lead there`,
      peer: anyone,
      verdict: "down",
      check: "bind_if elsewhere",
      ...more,
    },
  ];
});
const ANONYMOUS: readonly Case[] = [
  ...Object.entries(PLAIN).map(([peer, verdict]) => ({
    title: peer,
    peer: TLS_PEERS[peer as keyof typeof TLS_PEERS], // the keys of PLAIN
    verdict,
  })),
  ...OPTIONS,
  ...SOURCES,
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
    execute(["ip", "link", "add", "elsewhere", "up", "type", "dummy"]);
    // Room for rules before that of local addresses.
    rule("add", 9, "lookup local");
    rule("del", 0, "lookup local");
    for (const { peer, prepare } of this.#cases) {
      const server = peer();
      this.#servers.push(server);
      const port = await listenOnLoopback(server);
      this.#ports.push(port);
      prepare?.(port);
    }
    writeFileSync(
      join(this.#folder, "k.conf"),
      LOGS + before + this.#cases.map((_, i) => this.#service(i)).join(""),
    );
    this.theirs = await this.#outcomes(KEEPALIVED);
    this.ours = await this.#outcomes(HOLDFAST, this.theirs);
  }

  #service(index: number): string {
    const { check = "", url = "", kind = "SSL_GET" } = this.#cases[index] ?? {};
    return `virtual_server 10.9.0.1 ${1000 + index} {
  delay_loop 60
  warmup 0
  connect_timeout 6
  retry 1
  lb_algo rr
  lb_kind NAT
  protocol TCP
  real_server 127.0.0.1 ${this.#ports[index]} {
    ${kind} {
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

  /** What a program has come to; when it is to be as something else, then once it is, or after a while. */
  async #outcomes(
    program: typeof KEEPALIVED,
    like?: ReadonlyMap<string, Outcome>,
  ): Promise<ReadonlyMap<string, Outcome>> {
    const file = (name: string) => join(this.#folder, name);
    const files = { config: file("k.conf"), pid: file("p"), vrrpPid: file("v"), checkersPid: file("c") };
    const running = new LabProcess(program.command(files, "checkers"));
    const logsOf = (index: number) =>
      running.lines
        .map(({ text }) => text)
        .filter((text) => text.includes(`:tcp:${this.#ports[index]}`))
        .map((text) => text.replace(/^.*?\d{4}: |^.*?\]?: /, "").replaceAll(`:tcp:${this.#ports[index]}`, ""))
        // keepalived 2.4.3 has a name for these checks of their own.
        .map((text) => text.replace("SSL_CHECK on", "HTTP_CHECK on"))
        // Which of the two keepalived says also depends on OpenSSL's errors of other connections.
        .map((text) => text.replace("SSL read error from", "Read, no data received from "));
    const isJudged = (index: number) =>
      this.#cases[index]?.unjudged === true ||
      logsOf(index).some((text) => /succeed on service|failed after|success to|failed\.$/.test(text));
    const outcomes = (): ReadonlyMap<string, Outcome> => {
      const table = execute(["ipvsadm", "-Sn"]);
      return new Map(
        this.#cases.map(({ title, unjudged }, index) => [
          title,
          {
            logs: unjudged ? [] : logsOf(index),
            isInTable: table.includes(`-r 127.0.0.1:${this.#ports[index]} `),
          },
        ]),
      );
    };
    const isRight = (found: ReadonlyMap<string, Outcome>) =>
      this.#cases.every(({ title, verdict }) => found.get(title)?.isInTable === (verdict === "up"));
    try {
      await eventually("every verdict", () => this.#cases.every((_, index) => isJudged(index)), 60_000);
      await eventually("the table", () => isRight(outcomes()), 20_000).catch(() => {});
      // Behind a verdict there may be more to say.
      await new Promise((done) => setTimeout(done, 1_000));
      if (like !== undefined)
        await eventually("the same", () => isDeepStrictEqual(outcomes(), like), 20_000).catch(() => {});
      return outcomes();
    } catch (error) {
      throw new Error(running.log, { cause: error });
    } finally {
      await running.stop();
    }
  }

  dispose(): void {
    for (const server of this.#servers) server.close();
    rule("add", 0, "lookup local");
    for (const line of execute(["ip", "rule"]).split("\n"))
      if (/^[129]:/.test(line)) execute(["ip", "rule", "del", "pref", line.charAt(0)]);
    execute(["ip", "link", "del", "elsewhere"]);
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
