import { execFile } from "node:child_process";
import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HOLDFAST_BUNDLE } from "../lab/holdfast.ts";
import { execute } from "../lab/process.ts";
import { listenOnLoopback, SERVER_NAME, TLS_PEERS, tlsServer } from "../lab/tls-peers.ts";

// keepalived's genhash is keepalived under another name.

const ANSWER = "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 11\r\n\r\nhello\0 w\nld";
const LONG = `HTTP/1.0 200 OK\r\n\r\n${"0123456789".repeat(900)}`;
const requests: string[] = [];

/** Writes down the request (not a handshake) and sends the pieces, one after the other, then ends. */
function answering(...pieces: readonly string[]): Server {
  return createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", async (request) => {
      if (request.includes("GET")) requests.push(String(request));
      for (const piece of pieces) {
        socket.write(piece);
        await new Promise((done) => setTimeout(done, 60));
      }
      socket.end();
    });
  });
}

const SERVERS = {
  page: () => answering(ANSWER),
  longer: () => answering(`${ANSWER} than it says`),
  pieces: () => answering("HTTP/1.0 500 No\r\nX: ", "y\r\n\r\n", "what follows is more than one row", "!"),
  empty: () => answering("HTTP/1.0 200 OK\r\n\r\n"),
  long: () => answering(LONG),
  nothing: () => answering(),
  "no head": () => answering("nonsense\r\n"),
  silent: () => createServer(() => {}),
  tls: () =>
    tlsServer({}, (socket) => {
      socket.once("data", (request) => {
        requests.push(`${socket.servername || "nobody"} ${request}`);
        socket.end(ANSWER);
      });
    }),
  named: TLS_PEERS.named,
  "TLS reset": TLS_PEERS["reset before the answer"],
  "TLS end": TLS_PEERS["close_notify before the answer"],
};
const servers = new Map<string, Server>();
const ports: Record<string, number> = {};

beforeAll(async () => {
  execute(["ip", "link", "set", "lo", "up"]);
  for (const [name, make] of Object.entries(SERVERS)) {
    const server = make();
    servers.set(name, server);
    ports[name] = await listenOnLoopback(server);
  }
});
afterAll(() => {
  for (const server of servers.values()) server.close();
});

interface Outcome {
  readonly status: number | string | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly requests: readonly string[];
}

function run(command: readonly string[]): Promise<Outcome> {
  requests.length = 0;
  const [program = "", ...args] = command;
  return new Promise((done) => {
    execFile(program, args, { encoding: "utf8" }, (error, stdout, stderr) => {
      const shown = stdout.replace(/= \d+ usecs/, "= N usecs");
      done({ status: error ? error.code : 0, stdout: shown, stderr, requests: [...requests] });
    });
  });
}

const both = async (server: string, options: readonly string[]) => {
  const where = ["-s", "127.0.0.1", "-p", String(ports[server] ?? 1), "-u", "/page"];
  return {
    theirs: await run(["keepalived", "--genhash", ...where, ...options]),
    ours: await run([process.execPath, HOLDFAST_BUNDLE, "genhash", ...where, ...options]),
  };
};

describe("genhash", () => {
  it.each<[string, readonly string[], string | RegExp]>([
    ["page", [], "5d4ce0ca22d9c92ba8e910038446d307\n"],
    ["page", ["-v"], /HTML hash resulting/],
    ["page", ["-P", "1.1"], /^\w{32}\n$/],
    ["page", ["-P", "1.0c", "-V", "www.example"], /^\w{32}\n$/],
    ["page", ["-m", "7"], /^\w{32}\n$/],
    ["longer", ["-v"], "5d4ce0ca22d9c92ba8e910038446d307\n"],
    ["pieces", ["-v"], "0032  "],
    ["empty", ["-v"], "d41d8cd98f00b204e9800998ecf8427e\n"],
    ["long", ["-v"], "4064  "],
    ["nothing", ["-v"], "HTML hash resulting"],
    ["no head", [], ""],
    ["silent", ["-t", "1", "-v"], "Timeout WEB read\n"],
    ["nobody", [], "Connection failed\n"],
    ["tls", ["-S"], "5d4ce0ca22d9c92ba8e910038446d307\n"],
    ["tls", ["-S", "-I", "-V", SERVER_NAME, "-v"], "5d4ce0ca22d9c92ba8e910038446d307\n"],
    ["named", ["-S", "-V", SERVER_NAME], /^\w{32}\n$/],
    ["page", ["-S"], "SSL handshake/communication error connecting to\n"],
    ["silent", ["-S", "-t", "1"], "Timeout connecting\n"],
    ["TLS reset", ["-S"], ""],
    ["TLS end", ["-S"], "SSL read error from\n"],
  ])("says of %s with %j what keepalived's says", async (server, options, part) => {
    const { theirs, ours } = await both(server, options);
    expect(ours).toEqual(theirs);
    if (typeof part === "string") expect(ours.stdout).toContain(part);
    else expect(ours.stdout).toMatch(part);
  });

  it.each([
    [["-s", "localhost"]],
    [["-p", "70000"]],
    [["-P", "2"]],
    [["-m", "x"]],
    [["-t", "x"]],
    [["more"]],
    [["-x"]],
  ])("refuses %j as keepalived's does", async (options) => {
    const { theirs, ours } = await both("page", options);
    expect([theirs.status, ours.status]).toEqual([1, 1]);
    expect([theirs.stdout, ours.stdout, ours.requests]).toEqual(["", "", []]);
  });
});
