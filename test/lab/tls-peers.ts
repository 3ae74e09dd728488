/** Servers of TLS, and of what is not quite TLS, for clients to be judged by. */
import { readFileSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import {
  createSecureContext,
  createServer as createTlsServer,
  type TLSSocket,
  type TlsOptions,
} from "node:tls";

/** The path of a file of fixtures/tls. */
export const tlsFile = (name: string): string =>
  new URL(`../../fixtures/tls/${name}`, import.meta.url).pathname;

const own = { key: readFileSync(tlsFile("server.key")), cert: readFileSync(tlsFile("server.pem")) };
/** The name that the peer `named` insists on. */
export const SERVER_NAME = "www.example";
const ANSWER = "HTTP/1.0 200 OK\r\n\r\nhi";
const APPLICATION_DATA = 23;

/** A server that speaks TLS as `options` say, and does with each connection what `serve` says. */
export function tlsServer(options: TlsOptions, serve: (socket: TLSSocket) => void): Server {
  const server = createTlsServer({ ...own, ...options }, (socket) => {
    socket.on("error", () => {}); // the client may be gone
    serve(socket);
  });
  return server.on("tlsClientError", () => {});
}

function tcpServer(serve: (socket: Socket) => void): Server {
  return createServer((socket) => {
    socket.on("error", () => {});
    serve(socket);
  });
}

/** Answers the first request with `text`, and ends the connection in good order unless told to leave it open. */
const answering =
  (text: string, stays = false) =>
  (socket: TLSSocket): void => {
    socket.on("data", () => {
      if (stays) socket.write(text);
      else socket.end(text);
    });
  };

/** A relay to a server of TLS 1.2 below which records are seen; `spoil` may do something else than pass one on. */
function relay(
  spoil: (record: Buffer, from: "client" | "server", client: Socket) => Buffer | undefined,
): Server {
  const inner = tlsServer({ maxVersion: "TLSv1.2" }, answering(ANSWER, true));
  const port = new Promise<number>((done) =>
    inner.listen(0, "127.0.0.1", () => {
      const address = inner.address();
      done(address !== null && typeof address === "object" ? address.port : 0);
    }),
  );
  const outer = tcpServer((client) => {
    client.pause();
    void port.then((number) => {
      const server = connect(number, "127.0.0.1");
      server.on("error", () => {});
      const pass = (from: "client" | "server", to: Socket) => (bytes: Buffer) => {
        const passed = bytes[0] === APPLICATION_DATA ? spoil(bytes, from, client) : bytes;
        if (passed) to.write(passed);
      };
      client.on("data", pass("client", server));
      server.on("data", pass("server", client));
      client.on("close", () => server.destroy());
      client.resume();
    });
  });
  return outer.on("close", () => inner.close());
}

/** After 30 ms, and after a client of this process has read what came before, however late it is. */
const later = (run: () => void) => void setTimeout(() => setImmediate(run), 30);
const demanding: TlsOptions = {
  requestCert: true,
  rejectUnauthorized: true,
  ca: readFileSync(tlsFile("root.pem")),
};

/** Peers by what is particular about them; each call makes a server that does not listen yet. */
export const TLS_PEERS = {
  good: () => tlsServer({}, answering(ANSWER)),
  "TLS 1.2": () => tlsServer({ maxVersion: "TLSv1.2" }, answering(ANSWER)),
  "TLS 1.1": () =>
    tlsServer(
      { maxVersion: "TLSv1.1", minVersion: "TLSv1", ciphers: "DEFAULT@SECLEVEL=0" },
      answering(ANSWER),
    ),
  named: () =>
    tlsServer(
      {
        SNICallback: (name, done) =>
          name === SERVER_NAME ? done(null, createSecureContext(own)) : done(new Error("not mine")),
      },
      (socket) => answering(socket.servername === SERVER_NAME ? ANSWER : "HTTP/1.0 421 No\r\n\r\n")(socket),
    ),
  "demands a certificate": () => tlsServer(demanding, answering(ANSWER)),
  "demands a certificate, TLS 1.2": () =>
    tlsServer({ ...demanding, maxVersion: "TLSv1.2" }, answering(ANSWER)),
  "not TLS": () => tcpServer((socket) => socket.on("data", () => socket.end("HTTP/1.0 400 Bad\r\n\r\n"))),
  garbage: () => tcpServer((socket) => socket.write("220 mail.example ESMTP\r\n")),
  silent: () => tcpServer(() => {}),
  closes: () => tcpServer((socket) => socket.end()),
  resets: () => tcpServer((socket) => socket.on("data", () => socket.resetAndDestroy())),
  "close_notify before the answer": () => tlsServer({}, (socket) => socket.on("data", () => socket.end())),
  "close_notify in the head": () => tlsServer({}, answering("HTTP/1.0 200 OK\r\n")),
  "end before the answer": () =>
    relay((bytes, from, client) => {
      if (from === "client") client.end();
      return from === "client" ? undefined : bytes;
    }),
  "reset before the answer": () =>
    relay((bytes, from, client) => {
      if (from === "client") client.resetAndDestroy();
      return from === "client" ? undefined : bytes;
    }),
  "end without close_notify": () =>
    relay((bytes, from, client) => {
      if (from === "server") later(() => client.end());
      return bytes;
    }),
  "reset after the answer": () =>
    relay((bytes, from, client) => {
      if (from === "server") later(() => client.resetAndDestroy());
      return bytes;
    }),
  "a broken record": () =>
    relay((bytes, from) => {
      if (from === "client") return bytes;
      const broken = Buffer.from(bytes);
      broken.writeUInt8(broken.readUInt8(20) ^ 1, 20);
      return broken;
    }),
  "no answer": () => tlsServer({}, (socket) => socket.resume()),
  "stays open": () => tlsServer({}, answering(ANSWER, true)),
  "status 500": () => tlsServer({}, answering("HTTP/1.0 500 Oops\r\n\r\n")),
} as const satisfies Record<string, () => Server>;

/**
 * A relay to the server of TLS 1.2 on a port of this machine. `lasts` gets the type of the last record of each client
 * (RFC 5246 §6.2.1): 21 for an alert.
 */
export function recordCounter(inner: number, lasts: number[]): Server {
  return tcpServer((client) => {
    let last = 0;
    const server = connect(inner, "127.0.0.1");
    server.on("error", () => {});
    client.on("data", (bytes) => {
      for (let at = 0; at + 5 <= bytes.length; at += 5 + bytes.readUInt16BE(at + 3))
        last = bytes.readUInt8(at);
      server.write(bytes);
    });
    server.on("data", (bytes) => client.write(bytes));
    server.on("end", () => client.end());
    client.on("close", () => {
      lasts.push(last);
      server.destroy();
    });
  });
}

/** Starts a server on a port of its own. */
export async function listenOnLoopback(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
