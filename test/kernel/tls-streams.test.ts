import { readFileSync } from "node:fs";
import type { Server } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLinuxKernel } from "../../src/kernel/linux/kernel.ts";
import {
  type Kernel,
  KernelError,
  type StreamConnection,
  type TlsCredentials,
  type TlsTarget,
} from "../../src/kernel/ports.ts";
import { eventually, execute } from "../lab/process.ts";
import {
  listenOnLoopback,
  recordCounter,
  SERVER_NAME,
  TLS_PEERS,
  tlsFile,
  tlsServer,
} from "../lab/tls-peers.ts";

let kernel: Kernel;
let servers: Server[];
beforeEach(() => {
  execute(["ip", "link", "set", "lo", "up"]);
  kernel = createLinuxKernel();
  servers = [];
});
afterEach(() => {
  kernel.close();
  for (const server of servers) server.close();
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  return listenOnLoopback(server);
}

interface Talk {
  readonly log: string[];
  readonly connection: StreamConnection;
}

/** Connects, sends a request once the handshake is done, and writes down what comes. */
function talk(port: number, target: Partial<TlsTarget> = {}, credentials: TlsCredentials = {}): Talk {
  const log: string[] = [];
  const to = { address: "127.0.0.1", port, ...target };
  const connection = kernel.tls.client(credentials).connect(to, (event) => {
    if (event.type === "connected") connection.send(Buffer.from("GET / HTTP/1.0\r\n\r\n"));
    if (event.type === "data") log.push(Buffer.from(event.bytes).toString());
    else log.push(event.type === "failed" ? `failed ${event.error.code}` : event.type);
  });
  return { log, connection };
}

const isOver = (log: readonly string[]) => log.some((line) => line === "ended" || line.startsWith("failed"));

async function course(
  peer: keyof typeof TLS_PEERS,
  target?: Partial<TlsTarget>,
  credentials?: TlsCredentials,
) {
  const { log, connection } = talk(await listen(TLS_PEERS[peer]()), target, credentials);
  await eventually("the end", () => isOver(log));
  connection.close();
  return log;
}

const OK = "HTTP/1.0 200 OK\r\n\r\nhi";
const CLIENT = { certificate: tlsFile("client.pem"), key: tlsFile("client.key"), password: "test-password" };

describe("streams below TLS", () => {
  it.each([
    ["good", ["connected", OK, "ended"]],
    ["TLS 1.2", ["connected", OK, "ended"]],
    ["TLS 1.1", ["failed EPROTO"]],
    ["demands a certificate", ["connected", "failed EPROTO"]],
    ["demands a certificate, TLS 1.2", ["failed EPROTO"]],
    ["not TLS", ["failed EPROTO"]],
    ["garbage", ["failed EPROTO"]],
    ["closes", ["failed EPROTO"]],
    ["resets", ["failed ECONNRESET"]],
    ["close_notify before the answer", ["connected", "ended"]],
    ["end before the answer", ["connected", "failed EPROTO"]],
    ["reset before the answer", ["connected", "failed ECONNRESET"]],
    ["end without close_notify", ["connected", OK, "failed EPROTO"]],
    ["reset after the answer", ["connected", OK, "failed ECONNRESET"]],
    ["a broken record", ["connected", "failed EPROTO"]],
  ] as const)("with a peer: %s", async (peer, expected) => {
    expect(await course(peer)).toEqual(expected);
  });

  it("tell a refusal as any stream does", async () => {
    const port = await listen(TLS_PEERS.good());
    servers[0]?.close();
    const { log } = talk(port);
    await eventually("the refusal", () => log.length > 0);
    expect(log).toEqual(["failed ECONNREFUSED"]);
  });

  it("leave from the address, interface and mark they are told", async () => {
    const remotes: (string | undefined)[] = [];
    const port = await listen(tlsServer({}, (socket) => remotes.push(socket.remoteAddress)));
    const { log, connection } = talk(port, { bindAddress: "127.0.0.9", bindInterface: "lo", fwmark: 7 });
    await eventually("the connection", () => log.length > 0 && remotes.length > 0);
    expect([log, remotes]).toEqual([["connected"], ["127.0.0.9"]]);
    connection.close();
  });

  it("name the server, but no address, as they are told", async () => {
    expect(await course("named")).toEqual(["connected", "HTTP/1.0 421 No\r\n\r\n", "ended"]);
    expect(await course("named", { serverName: "other.example" })).toEqual(["failed EPROTO"]);
    expect(await course("named", { serverName: SERVER_NAME })).toEqual(["connected", OK, "ended"]);
    expect(await course("named", { serverName: "192.0.2.1" })).toEqual(
      expect.arrayContaining(["HTTP/1.0 421 No\r\n\r\n"]),
    );
  });

  it("show the certificate, its chain completed by the authorities, with the key that the password opens", async () => {
    const ca = tlsFile("intermediate.pem");
    for (const peer of ["demands a certificate", "demands a certificate, TLS 1.2"] as const) {
      expect(await course(peer, {}, { ...CLIENT, ca })).toEqual(["connected", OK, "ended"]);
      expect(await course(peer, {}, CLIENT)).not.toContain(OK);
    }
  });

  it.each<[string, TlsCredentials, string]>([
    ["a missing file", { certificate: "/nowhere.pem" }, "SSL certificate /nowhere.pem: ENOENT"],
    ["a certificate that is none", { certificate: tlsFile("server.key") }, "no start line"],
    ["a key of another certificate", { ...CLIENT, key: tlsFile("server.key") }, "key values mismatch"],
    ["a wrong password", { ...CLIENT, password: "wrong-password" }, "SSL key "],
    ["no password", { certificate: CLIENT.certificate, key: CLIENT.key }, "SSL key "],
    ["authorities that are none", { ca: tlsFile("server.key") }, "SSL ca "],
  ])("name the file with %s, and no password", (_, credentials, message) => {
    const refused = () => kernel.tls.client(credentials);
    expect(refused).toThrow(KernelError);
    expect(refused).toThrow(message);
    expect(refused).not.toThrow(/password/);
  });

  it("send close_notify only when told to", async () => {
    const inner = await listen(tlsServer({ maxVersion: "TLSv1.2" }, (socket) => socket.resume()));
    const lasts: number[] = [];
    const port = await listen(recordCounter(inner, lasts));
    for (const closeNotify of [false, true]) {
      const { log, connection } = talk(port, { closeNotify });
      await eventually("the connection", () => log.length > 0);
      connection.close();
      await eventually("its end", () => lasts.length > (closeNotify ? 1 : 0));
    }
    const [alert, data] = [21, 23];
    expect(lasts).toEqual([data, alert]);
  });

  it("say nothing after close, at whatever time", async () => {
    const port = await listen(TLS_PEERS.good());
    const early = talk(port);
    early.connection.close();
    early.connection.close();
    const during: string[] = [];
    const connection = kernel.tls.client({}).connect({ address: "127.0.0.1", port }, (event) => {
      during.push(event.type);
      connection.close();
    });
    await eventually("the handshake", () => during.length > 0);
    await new Promise((done) => setTimeout(done, 60));
    expect([early.log, during]).toEqual([[], ["connected"]]);
  });

  it("pass a body of 100 MB through without keeping it, and leave no descriptor behind", async () => {
    const piece = Buffer.alloc(1 << 20, 65);
    const port = await listen(
      tlsServer({}, (socket) => {
        let left = 100;
        const more = () => {
          while (left-- > 0) if (!socket.write(piece)) return void socket.once("drain", more);
          socket.end();
        };
        socket.once("data", more);
      }),
    );
    let [received, ended] = [0, false];
    const peak = () => process.memoryUsage().arrayBuffers;
    const before = peak();
    let most = 0;
    const connection = kernel.tls.client({}).connect({ address: "127.0.0.1", port }, (event) => {
      if (event.type === "connected") connection.send(Buffer.from("x"));
      if (event.type === "data") received += event.bytes.length;
      if (received % (8 << 20) < 1 << 16) most = Math.max(most, peak() - before);
      if (event.type === "ended") ended = true;
    });
    await eventually("the whole body", () => ended, 30_000);
    connection.close();
    expect(received).toBe(100 << 20);
    // The server of this process holds some of it, too.
    expect(most).toBeLessThan(96 << 20);
    const sockets = () =>
      readFileSync("/proc/self/net/tcp", "utf8")
        .split("\n")
        .filter((line) => / 01 /.test(line)).length;
    await eventually("the sockets are closed", () => sockets() === 0);
  });
});
