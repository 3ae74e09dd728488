/** Servers that do what no server should, each on a port of its own, in a host of the lab. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Host, Lab } from "./netns.ts";
import type { LabProcess } from "./process.ts";

/** How a connection ends when all is said: in good order, by a reset, or not at all. */
type End = "end" | "reset" | "keep";

/** What a port does with who comes. In texts one character is one byte. */
export type Hostility =
  /** Greets, and answers each request with the next reply. `cut`: bytes said at most; `drip`: milliseconds a byte. */
  | {
      readonly does: "dialogue";
      readonly greeting?: string;
      readonly replies?: readonly string[];
      readonly cut?: number;
      readonly drip?: number;
      readonly end?: End;
    }
  /** Answers the request with `head`, and then `again` and again. */
  | { readonly does: "endless"; readonly head?: string; readonly again: string }
  /** Resets when that many bytes have been heard. */
  | { readonly does: "reset-after-hearing"; readonly after: number }
  /** A TLS server that replies well, cut after that many bytes. PEM. */
  | {
      readonly does: "tls-cut";
      readonly key: string;
      readonly certificate: string;
      readonly cut: number;
      readonly end: End;
      readonly reply: string;
    }
  /** Answers a datagram as its name in the process says. */
  | { readonly does: "datagrams"; readonly answer: string };

const PROGRAM = fileURLToPath(new URL("./hostile-server-process.mjs", import.meta.url));

let started = 0;

/** Starts servers by port; resolves when all listen, on all addresses. `tables`: /proc/net/tcp of their clients. */
export async function startHostileServers(
  lab: Lab,
  host: Host,
  ways: ReadonlyMap<number, Hostility>,
  tables: readonly string[] = [],
): Promise<LabProcess> {
  started += 1;
  const file = lab.path(`hostile-${started}.json`);
  writeFileSync(file, JSON.stringify([...ways].map(([port, way]) => ({ port, ...way }))));
  const server = host.spawn([process.execPath, PROGRAM, file, ...tables]);
  await server.waitFor("ready", 20_000);
  return server;
}
