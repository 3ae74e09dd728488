/** unbound in a host of the lab: a name server that knows a few names by heart and asks nobody. */
import { mkdirSync, writeFileSync } from "node:fs";
import type { Host, Lab } from "./netns.ts";
import type { LabProcess } from "./process.ts";

let started = 0;

/** A running unbound with a configuration of its own. */
export class Unbound {
  readonly process: LabProcess;

  private constructor(process: LabProcess) {
    this.process = process;
  }

  /** Starts it on every address, with more lines for its `server` clause; resolves when it listens. */
  static async start(lab: Lab, host: Host, server: readonly string[], port = 53): Promise<Unbound> {
    started += 1;
    const directory = lab.path(`unbound-${started}`);
    mkdirSync(directory);
    const text = [
      "server:",
      `  directory: "${directory}"`,
      '  username: ""',
      '  chroot: ""',
      '  pidfile: ""',
      "  use-syslog: no",
      "  do-daemonize: no",
      "  num-threads: 1",
      "  log-queries: yes",
      '  module-config: "iterator"',
      "  interface: 0.0.0.0",
      "  interface: ::0",
      "  interface-automatic: yes",
      `  port: ${port}`,
      "  access-control: 0.0.0.0/0 allow",
      "  access-control: ::0/0 allow",
      ...server.map((line) => `  ${line}`),
      "remote-control:",
      "  control-enable: no",
    ];
    writeFileSync(`${directory}/unbound.conf`, `${text.join("\n")}\n`);
    const process = host.spawn(["unbound", "-d", "-c", `${directory}/unbound.conf`]);
    await process.waitFor("start of service", 30_000);
    return new Unbound(process);
  }

  /** What a client has asked so far: "www.example.com. A IN". */
  queries(client: string): string[] {
    const asked = this.process.lines.map(({ text }) => / info: (\S+) (\S+ \S+ IN)$/.exec(text));
    return asked.filter((match) => match?.[1] === client).map((match) => match?.[2] ?? "");
  }

  async stop(): Promise<void> {
    await this.process.stop();
  }
}
