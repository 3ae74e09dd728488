import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOLDFAST_BUNDLE } from "../lab/holdfast.ts";
import { eventually, LabProcess } from "../lab/process.ts";
import { listenOnLoopback, recordCounter, TLS_PEERS, tlsFile, tlsServer } from "../lab/tls-peers.ts";

// HTTP_GET and SSL_GET over real TCP, with the table in memory.

interface Request {
  /** Seconds since the first one. */
  readonly at: number;
  readonly text: string;
  readonly path: string;
}

let folder: string;
let servers: Server[];
let daemon: LabProcess;
let requests: Request[];
/** What every server answers. */
let answer: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-web-"));
  servers = [];
  requests = [];
  answer = "HTTP/1.0 200 OK\r\n\r\nhi";
});
afterEach(async () => {
  await daemon.stop();
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true, force: true });
});

let first = 0;
function serve(socket: Socket): void {
  socket.on("error", () => {});
  socket.once("data", (bytes) => {
    const text = String(bytes);
    if (requests.length === 0) first = performance.now();
    requests.push({ at: (performance.now() - first) / 1000, text, path: text.split(" ")[1] ?? "" });
    socket.end(answer);
  });
}

async function listen(server: Server): Promise<number> {
  servers.push(server);
  return listenOnLoopback(server);
}

const SERVER = {
  HTTP_GET: () => createServer(serve),
  SSL_GET: () => tlsServer({}, (socket: TLSSocket) => serve(socket)),
};

interface Place {
  readonly port: number;
  readonly address?: string;
  /** What the check, the service and the top level say besides. */
  readonly check: string;
  readonly service?: string;
  readonly top?: string;
}

function write(
  kind: keyof typeof SERVER,
  { port, address = "127.0.0.1", check, service = "", top = "" }: Place,
) {
  const text = `${top}
virtual_server 192.0.2.100 80 {
  lb_algo rr
  lb_kind NAT
  protocol TCP
  ${service}
  real_server ${address} ${port} {
    ${kind} {
      ${check}
    }
  }
}
`;
  writeFileSync(join(folder, "k.conf"), text);
}

function run(): void {
  daemon = new LabProcess([
    ...[process.execPath, HOLDFAST_BUNDLE, "run", "-n", "-l", "-D", "-C", "--kernel", "memory"],
    ...["-f", join(folder, "k.conf"), "-p", join(folder, "parent.pid"), "-c", join(folder, "c.pid")],
  ]);
}

async function start(kind: keyof typeof SERVER, place: Place): Promise<void> {
  write(kind, place);
  run();
  await daemon.waitFor("Startup complete");
}

async function reload(kind: keyof typeof SERVER, place: Place): Promise<number> {
  const mark = daemon.mark();
  write(kind, place);
  daemon.signal("SIGHUP");
  await daemon.waitFor("Reload complete", 20_000, mark);
  return mark;
}

const got = (count: number) => eventually(`${count} requests`, () => requests.length >= count, 15_000);
const SOON = "warmup 0\ndelay_loop 1";

describe.each(["HTTP_GET", "SSL_GET"] as const)("%s", (kind) => {
  it("gets its URLs in turn, from the host that each is for, as its protocol has it", async () => {
    const port = await listen(SERVER[kind]());
    const urls = "url {\npath /one\nvirtualhost one.example\n}\nurl {\npath /two\n}";
    await start(kind, {
      port: 9,
      address: "192.0.2.1",
      check: `connect_ip 127.0.0.1\nconnect_port ${port}\nhttp_protocol 1.1\nvirtualhost www.example\n${urls}\n${SOON}`,
    });
    await got(3);
    expect(requests.map(({ text }) => text.replaceAll("\r\n", " ").trim()).slice(0, 3)).toEqual([
      "GET /one HTTP/1.1 User-Agent: KeepAliveClient Connection: close Host: one.example",
      "GET /two HTTP/1.1 User-Agent: KeepAliveClient Connection: close Host: www.example",
      "GET /one HTTP/1.1 User-Agent: KeepAliveClient Connection: close Host: one.example",
    ]);
  });

  it("judges by status_code and digest", async () => {
    const port = await listen(SERVER[kind]());
    answer = "HTTP/1.0 404 Gone\r\n\r\nhi";
    const digest = "49f68a5c8493ec2c0bf489821c21fc3b";
    const check = (code: string, sum: string) =>
      `${SOON}\nretry 1\ndelay_before_retry 0.2\nurl {\npath /\nstatus_code ${code}\ndigest ${sum}\n}`;
    await start(kind, { port, check: check("200 400-499", digest) });
    await daemon.waitFor("succeed on service");
    const mark = await reload(kind, { port, check: check("200-299", digest) });
    await daemon.waitFor("failed after 1 retries", 20_000, mark);
    await reload(kind, { port, check: check("404", digest) });
    await daemon.waitFor("Adding service", 8_000, mark);
    const later = await reload(kind, { port, check: check("404", digest.replace("4", "5")) });
    await daemon.waitFor("failed after 1 retries", 20_000, later);
  });

  it("looks for a regex, as its other keywords say", async () => {
    const port = await listen(SERVER[kind]());
    answer = "HTTP/1.0 200 OK\r\n\r\nHello World.";
    const check = (regex: string) => ({
      port,
      check: `${SOON}\nretry 1\ndelay_before_retry 0.2\nurl {\npath /\nregex ${regex}\n}`,
    });
    const judged = async (regex: string, up: boolean) => {
      const mark = await reload(kind, check(regex));
      await daemon.waitFor(up ? "Adding service" : "failed after 1 retries", 8_000, mark);
    };
    await start(kind, check("hello\nregex_options caseless"));
    await daemon.waitFor("succeed on service");
    await judged("hello", false);
    await judged("hello\nregex_no_match", true);
    await judged("World\nregex_min_offset 26", false);
    await judged("World\nregex_min_offset 25\nregex_max_offset 25", true);
    await judged("World\nregex_max_offset 24", false);
    answer = `HTTP/1.0 200 OK\r\n\r\n${"x".repeat(3_500)}end.`;
    const deep = '"^(.|x)*?end"\nregex_options dotall';
    await judged(`${deep}\nregex_stack 32768 64000000`, true);
    await judged(deep, false);
    await daemon.waitFor("did not see all: JIT stack limit reached");
  });

  it("keeps to delay_loop, and when it fails to retry and delay_before_retry, told by log_all_failures", async () => {
    const port = await listen(SERVER[kind]());
    const check =
      "warmup 0\ndelay_loop 3\nretry 2\ndelay_before_retry 0.6\nlog_all_failures\nurl {\npath /\n}";
    await start(kind, { port, check });
    await got(2);
    answer = "HTTP/1.0 500 No\r\n\r\n";
    const failed = await daemon.waitFor("failed after 2 retries", 15_000);
    const [first = 0, , third = 0, , fifth = 0] = requests.map(({ at }) => at);
    // Two intervals, and two retries, each with what a busy machine adds or has late.
    expect(Math.abs(third - first - 6)).toBeLessThan(2.5);
    expect(fifth - third).toBeGreaterThan(0.2);
    expect(fifth - third).toBeLessThan(3);
    const said = daemon.lines.slice(0, daemon.lines.indexOf(failed));
    expect(said.filter(({ text }) => text.includes("HTTP status code error"))).toHaveLength(3);
  });

  it("takes nb_get_retry for retry", async () => {
    const port = await listen(SERVER[kind]());
    const check = `${SOON}\nnb_get_retry 3\ndelay_before_retry 0.1\nurl {\npath /\n}`;
    await start(kind, { port, check });
    await got(1);
    answer = "HTTP/1.0 500 No\r\n\r\n";
    await daemon.waitFor("failed after 3 retries");
  });

  it("waits no longer than connect_timeout", async () => {
    const port = await listen(createServer(() => {}));
    await start(kind, { port, check: "warmup 0\ndelay_loop 60\nconnect_timeout 2\nurl {\npath /\n}" });
    const activated = await daemon.waitFor("Activating healthchecker");
    const failed = await daemon.waitFor("Removing service");
    expect(Math.abs(failed.at - activated.at - 2_000)).toBeLessThan(1_500);
  });

  it("begins within warmup, and with alpha takes the server in only then", async () => {
    const port = await listen(SERVER[kind]());
    const check = "alpha\nwarmup 0.5\ndelay_loop 60\nurl {\npath /\n}";
    await start(kind, { port, check });
    const activated = await daemon.waitFor("Activating healthchecker");
    const added = await daemon.waitFor("Adding service", 5_000);
    expect(added.at - activated.at).toBeLessThan(5_000);
    expect(requests).toHaveLength(1);
    await daemon.stop();
    await start(kind, { port, check: check.replace("warmup 0.5", "warmup 86400") });
    await new Promise((done) => setTimeout(done, 1_000));
    expect(requests).toHaveLength(1);
  });

  it("with fast_recovery asks for all URLs at once while the server is down", async () => {
    const port = await listen(SERVER[kind]());
    const urls = ["a", "b", "c"].map((name) => `url {\npath /${name}\n}`).join("\n");
    await start(kind, { port, check: `alpha\nfast_recovery\nwarmup 0\ndelay_loop 4\n${urls}` });
    await daemon.waitFor("Adding service");
    await got(4);
    expect(requests.map(({ path }) => path)).toEqual(["/a", "/b", "/c", "/a"]);
    expect(requests[3]?.at).toBeGreaterThan(2);
  });
});

describe("SSL_GET", () => {
  const URL = "url {\npath /\n}";

  it("names with enable_sni the virtualhost, or the sni_name", async () => {
    const names: unknown[] = [];
    const port = await listen(
      tlsServer({}, (socket) => {
        names.push(socket.servername);
        serve(socket);
      }),
    );
    const check = `${SOON}\nvirtualhost www.example\n${URL}`;
    await start("SSL_GET", { port, check });
    await got(1);
    await reload("SSL_GET", { port, check: `enable_sni\n${check}` });
    await eventually("the virtual host", () => names.includes("www.example"));
    await reload("SSL_GET", { port, check: `enable_sni\nsni_name sni.example\n${check}` });
    await eventually("the name", () => names.includes("sni.example"));
    expect([...new Set(names)]).toEqual([false, "www.example", "sni.example"]);
    expect(requests.at(-1)?.text).toContain("Host: www.example");
  });

  it.each([
    ["nowhere", `${SOON}\n${URL}`, false],
    ["of the check", `tls_compliant\n${SOON}\n${URL}`, true],
    ["of the url", `${SOON}\nurl {\npath /\ntls_compliant\n}`, true],
  ])("closes with close_notify where it is to be tls_compliant: %s", async (_, check, notified) => {
    const inner = await listen(tlsServer({ maxVersion: "TLSv1.2" }, serve));
    const lasts: number[] = [];
    const port = await listen(recordCounter(inner, lasts));
    await start("SSL_GET", { port, check });
    await eventually("two connections", () => lasts.length >= 2);
    expect([...new Set(lasts)]).toEqual([notified ? 21 : 23]);
  });

  const SSL = (words: string) => `SSL {\n${words}\n}\n`;
  const OWN = `certificate ${tlsFile("client.pem")}\nca ${tlsFile("intermediate.pem")}`;
  const KEY = `key ${tlsFile("client.key")}`;

  it("shows what the SSL block says, after a reload what it says then, and what it cannot read never", async () => {
    const port = await listen(TLS_PEERS["demands a certificate"]());
    const check = `${SOON}\nretry 1\ndelay_before_retry 0.1\n${URL}`;
    const good = SSL(`${OWN}\n${KEY}\npassword test-password`);
    await start("SSL_GET", { port, check });
    await daemon.waitFor("Removing service");
    let mark = await reload("SSL_GET", { port, check, top: good });
    expect(daemon.log).toContain("SSL");
    await daemon.waitFor("Adding service", 20_000, mark);
    mark = await reload("SSL_GET", { port, check, top: good.replace("test-password", "wrong-secret") });
    await daemon.waitFor("bad decrypt; the certificates of before stay in use", 20_000, mark);
    await new Promise((done) => setTimeout(done, 2_500));
    expect(daemon.log.slice(daemon.log.indexOf("stay in use"))).not.toContain("Removing");
    mark = await reload("SSL_GET", { port, check, top: SSL(OWN) });
    await daemon.waitFor("Removing service", 20_000, mark);
    expect(daemon.log).not.toMatch(/test-password|wrong-secret/);
  });

  it.each([
    ["no such file", "certificate /nowhere.pem", "SSL certificate /nowhere.pem: ENOENT"],
    [
      "a wrong password",
      `${OWN}\n${KEY}\npassword wrong-secret`,
      `SSL key ${tlsFile("client.key")}: bad decrypt`,
    ],
    ["no certificate in it", `ca ${tlsFile("server.key")}`, `SSL ca ${tlsFile("server.key")}: no start line`],
  ])("does not start with an SSL block that cannot be used: %s", async (_, words, message) => {
    write("SSL_GET", { port: 9, check: URL, top: SSL(words) });
    run();
    expect(await daemon.exited).not.toBe(0);
    expect(daemon.log).toContain(message);
    expect(daemon.log).not.toContain("wrong-secret");
    write("HTTP_GET", { port: 9, check: URL, top: SSL(words) });
    run();
    await daemon.waitFor("Startup complete"); // nobody needs it
    expect(readFileSync(join(folder, "c.pid"), "utf8")).toMatch(/^\d+/);
  });
});
