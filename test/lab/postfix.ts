/** Postfix in a host of the lab, as far as a check goes: it greets, and takes HELO and QUIT. */
import { mkdirSync, writeFileSync } from "node:fs";
import { untilListening } from "./listening.ts";
import type { Host, Lab } from "./netns.ts";
import { execute, type LabProcess } from "./process.ts";

/** Where Debian has its daemons. */
const DAEMONS = "/usr/lib/postfix/sbin";

/** Directories that its own start script would make, in many seconds on a slow machine. */
const QUEUES = ["active", "defer", "deferred", "incoming", "maildrop", "pid", "private", "public"];

/** What smtpd asks, and nothing that would deliver a mail. */
const SERVICES = [
  "rewrite unix - - n - - trivial-rewrite",
  "anvil unix - - n - 1 anvil",
  "postlog unix-dgram n - n - 1 postlogd",
  "proxymap unix - - n - - proxymap",
];

let started = 0;

/** A running Postfix with configuration, queue and data of its own. */
export class Postfix {
  readonly process: LabProcess;

  private constructor(process: LabProcess) {
    this.process = process;
  }

  /**
   * Starts it on the ports of every address of both families; resolves when it listens on the first. A name in HELO
   * that is none is refused at once.
   */
  static async start(lab: Lab, host: Host, ports: readonly number[]): Promise<Postfix> {
    started += 1;
    const directory = lab.path(`postfix-${started}`);
    for (const below of ["", "/etc", "/data", "/queue", ...QUEUES.map((queue) => `/queue/${queue}`)]) {
      mkdirSync(directory + below);
    }
    // Its daemons give up root for a user of their own.
    const owned = ["data", "queue/private", "queue/public"];
    execute(["chown", "postfix", ...owned.map((below) => `${directory}/${below}`)]);
    execute(["chmod", "a+x", lab.directory]);
    const main = [
      "compatibility_level = 3.6",
      `queue_directory = ${directory}/queue`,
      `data_directory = ${directory}/data`,
      `daemon_directory = ${DAEMONS}`,
      "mail_owner = postfix",
      `maillog_file_prefixes = ${directory}`,
      `maillog_file = ${directory}/log`,
      "myhostname = mail.example.com",
      "mydestination =",
      "inet_protocols = all",
      "smtpd_peername_lookup = no",
      "smtpd_client_connection_count_limit = 0",
      "smtpd_delay_reject = no",
      "smtpd_helo_restrictions = reject_invalid_helo_hostname",
    ];
    const listeners = ports.map((port) => `${port} inet n - n - - smtpd`);
    writeFileSync(`${directory}/etc/main.cf`, `${main.join("\n")}\n`);
    writeFileSync(`${directory}/etc/master.cf`, `${[...listeners, ...SERVICES].join("\n")}\n`);
    // When it ends it signals the process group that it leads.
    const process = host.spawn(["setsid", `${DAEMONS}/master`, "-c", `${directory}/etc`, "-d"]);
    await untilListening(process, "tcp", ports[0] ?? 25);
    return new Postfix(process);
  }

  async stop(): Promise<void> {
    await this.process.stop();
  }
}
