/** Servers for every kind of checker on one address, in this process. They note when they were asked. */
import { createSocket, type Socket } from "node:dgram";
import { readFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { execute } from "../lab/process.ts";

/** What a check of each kind says, `%` standing for options, and the port of its server. */
export const CHECKERS = {
  TCP_CHECK: [8001, "TCP_CHECK {\n %\n }"],
  HTTP_GET: [8002, "HTTP_GET {\n %\n url {\n path /\n }\n }"],
  SSL_GET: [8003, "SSL_GET {\n %\n url {\n path /\n }\n }"],
  SMTP_CHECK: [8004, "SMTP_CHECK {\n %\n }"],
  host: [8005, "SMTP_CHECK {\n host {\n %\n }\n }"],
  DNS_CHECK: [8006, "DNS_CHECK {\n %\n }"],
  UDP_CHECK: [8007, "UDP_CHECK {\n require_reply\n %\n }"],
  PING_CHECK: [8008, "PING_CHECK {\n %\n }"],
  MISC_CHECK: [8009, 'MISC_CHECK {\n misc_path "/bin/sh $FOLDER/misc.sh"\n %\n }'],
} as const;
export type CheckerName = keyof typeof CHECKERS;
/** Object.keys says string. */
export const CHECKER_NAMES = Object.keys(CHECKERS) as CheckerName[];

/** The servers; those of PING_CHECK are the kernel's, and those of MISC_CHECK a program. */
export class CheckedServers {
  readonly #servers: Server[] = [];
  readonly #sockets: Socket[] = [];
  /** When each was asked, milliseconds of `performance.now()`. */
  readonly asked = new Map<CheckerName, number[]>();

  /** `folder` is for the key. */
  static async start(folder: string): Promise<CheckedServers> {
    const servers = new CheckedServers();
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const parameters = [
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-subj",
      "/CN=lab",
    ];
    execute(["openssl", "req", "-x509", ...parameters, "-keyout", key, "-out", cert]);
    const identity = { key: readFileSync(key), cert: readFileSync(cert) };
    const answer = (name: CheckerName) => (_: unknown, response: { end(text: string): unknown }) => {
      servers.#note(name);
      response.end("well");
    };
    await servers.#listen(
      "TCP_CHECK",
      createServer((socket) => {
        servers.#note("TCP_CHECK");
        socket.on("error", () => {}).end();
      }),
    );
    await servers.#listen("HTTP_GET", createHttpServer(answer("HTTP_GET")));
    await servers.#listen("SSL_GET", createHttpsServer(identity, answer("SSL_GET")));
    for (const name of ["SMTP_CHECK", "host"] as const) await servers.#listen(name, servers.#smtp(name));
    // The question comes back, with the bit that makes an answer of it.
    await servers.#bind("DNS_CHECK", (data) => {
      data[2] = (data[2] ?? 0) | 0x80;
      return data;
    });
    await servers.#bind("UDP_CHECK", (data) => data);
    return servers;
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
    for (const server of this.#servers) server.unref().close();
  }

  #note(name: CheckerName): void {
    this.asked.set(name, [...(this.asked.get(name) ?? []), performance.now()]);
  }

  #smtp(name: CheckerName): Server {
    return createServer((socket) => {
      this.#note(name);
      socket.on("error", () => {}).write("220 lab\r\n");
      socket.on("data", (data) => {
        if (data.toString().startsWith("QUIT")) socket.end("221 bye\r\n");
        else socket.write("250 lab\r\n");
      });
    });
  }

  #listen(name: CheckerName, server: Server): Promise<void> {
    this.#servers.push(server);
    return new Promise((resolve) => server.listen(CHECKERS[name][0], () => resolve()));
  }

  #bind(name: CheckerName, answer: (data: Buffer) => Buffer): Promise<void> {
    const socket = createSocket("udp4", (data, { port, address }) => {
      this.#note(name);
      socket.send(answer(data), port, address);
    });
    this.#sockets.push(socket);
    return new Promise((resolve) => socket.bind(CHECKERS[name][0], () => resolve()));
  }
}
