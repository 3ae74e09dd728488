import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOLDFAST_BUNDLE } from "../lab/holdfast.ts";
import { execute, LabProcess } from "../lab/process.ts";
import { listenOnLoopback } from "../lab/tls-peers.ts";

/** Directories that the loader may find libpcre2-8.so.0 in. */
const FOLDERS = ["/lib", "/usr/lib", "/usr/local/lib", "/lib64", "/usr/lib64"];

/** Every file that could be taken for the library. */
function libraries(): string[] {
  const within = (folder: string, depth: number): string[] => {
    try {
      return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory() && depth > 0) return within(path, depth - 1);
        return /^libpcre2-8\.so\.0/.test(entry.name) && entry.isFile() ? [path] : [];
      });
    } catch {
      return [];
    }
  };
  return [...new Set(FOLDERS.flatMap((folder) => within(folder, 1)).map((path) => realpathSync(path)))];
}

/** A command in a mount namespace where no file is the library; mount itself may need it until it is gone. */
function without(command: readonly string[]): string[] {
  const hidden = libraries();
  expect(hidden).toHaveLength(1);
  return ["unshare", "-m", "sh", "-c", `mount --bind /dev/null ${hidden[0]} && exec "$@"`, "sh", ...command];
}

let folder: string;
let server: Server;
let port: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-patterns-"));
  server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end("HTTP/1.0 200 OK\r\n\r\nhi"));
  });
  port = await listenOnLoopback(server);
  const text = `virtual_server 192.0.2.100 80 {
  delay_loop 1
  lb_algo rr
  lb_kind NAT
  protocol TCP
  real_server 127.0.0.1 ${port} {
    HTTP_GET {
      warmup 0
      url {
        path /
        regex absent
      }
    }
  }
}
`;
  writeFileSync(join(folder, "k.conf"), text);
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("where there is no libpcre2-8", () => {
  const holdfast = (...words: string[]) => [process.execPath, HOLDFAST_BUNDLE, ...words];

  it("validate says which regular expressions cannot be run, and facts that there is no library", () => {
    const config = join(folder, "k.conf");
    const said = execute(without(holdfast("validate", "--host", "this", config)));
    expect(said).toMatch(/warning\[no-pcre2\][\s\S]*k\.conf:11:9/);
    const facts = JSON.parse(execute(without(holdfast("facts", config))));
    expect(facts.pcre2).toEqual({ version: null, refused: {} });
    expect(JSON.parse(execute(holdfast("facts", config))).pcre2.version).toMatch(/^\d+\.\d+/);
  });

  it("a check goes without its regular expression, which is logged", async () => {
    const files = ["-f", join(folder, "k.conf"), "-p", join(folder, "p.pid"), "-c", join(folder, "c.pid")];
    const options = ["run", "-n", "-l", "-D", "-C", "--kernel", "memory"];
    const daemon = new LabProcess(without(holdfast(...options, ...files)));
    try {
      await daemon.waitFor("Regular expressions are not looked for, there is no PCRE2: ", 20_000);
      await daemon.waitFor(`Remote Web server [127.0.0.1]:tcp:${port} succeed on service.`, 20_000);
    } finally {
      await daemon.stop();
    }
  });
});
