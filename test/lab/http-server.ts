/** A real web server in a host of the lab, which can be told to answer badly, not at all, or to be gone. */
import { fileURLToPath } from "node:url";
import type { Host } from "./netns.ts";
import type { LabProcess } from "./process.ts";

/**
 * `answer`: the status and body of every path. `hang`: connections are accepted and never answered.
 * `refuse`: nothing listens on the port, so connections are refused.
 */
export type HttpBehaviour =
  | { readonly mode: "answer"; readonly status: number; readonly body: string }
  | { readonly mode: "hang" }
  | { readonly mode: "refuse" };

const PROGRAM = fileURLToPath(new URL("./http-server-process.mjs", import.meta.url));

/** Controls a server process listening on one address and port of a host. */
export class HttpServer {
  readonly process: LabProcess;
  #changes = 0;

  private constructor(process: LabProcess) {
    this.process = process;
  }

  /** Starts it answering 200 with `body`; resolves when it listens. */
  static async start(host: Host, address: string, port: number, body = "ok"): Promise<HttpServer> {
    const command = [process.execPath, PROGRAM, address, String(port)];
    const server = new HttpServer(host.spawn(command, { ipc: true }));
    await server.behave({ mode: "answer", status: 200, body });
    return server;
  }

  /** Changes the behaviour; resolves when it is in force. */
  async behave(behaviour: HttpBehaviour): Promise<void> {
    this.#changes += 1;
    this.process.send({ ...behaviour, change: this.#changes });
    await this.process.waitFor(`behaviour ${this.#changes} in force`, 20_000);
  }

  /** How many requests it has received so far. */
  get requests(): number {
    return this.process.lines.filter(({ text }) => text.startsWith("request ")).length;
  }

  async stop(): Promise<void> {
    await this.process.stop();
  }
}
