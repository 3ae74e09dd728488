/** FRR's vrrpd as a router of a lab: a VRRPv3 implementation that shares no code with keepalived. */
import { chownSync, mkdirSync, writeFileSync } from "node:fs";
import type { Host, Lab } from "./netns.ts";
import { eventually, execute, type LabProcess } from "./process.ts";

/** Where Debian has the daemons; they are on nobody's PATH. */
export const VRRPD = "/usr/lib/frr/vrrpd";
const ZEBRA = "/usr/lib/frr/zebra";

export interface FrrVirtualRouter {
  readonly device: string;
  readonly vrid: number;
  readonly priority: number;
  /** Milliseconds. */
  readonly interval: number;
  readonly address: string;
}

let routers = 0;

/** zebra and vrrpd in a host of the lab. vrrpd needs the macvlan with the virtual MAC made for it. */
export class FrrRouter {
  readonly host: Host;
  readonly #directory: string;
  readonly #definition: FrrVirtualRouter;
  readonly #processes: LabProcess[] = [];

  constructor(lab: Lab, host: Host, definition: FrrVirtualRouter) {
    routers += 1;
    this.host = host;
    this.#definition = definition;
    // The daemons give up root for a user of their own, who writes sockets and pid files here.
    const owner = Number(execute(["id", "-u", "frr"]));
    this.#directory = lab.path(`frr-${routers}`);
    mkdirSync(this.#directory);
    chownSync(this.#directory, owner, -1);
    execute(["chmod", "a+x", lab.directory]);
    const { device, vrid, priority, interval, address } = definition;
    const lines = [
      "version 3",
      `priority ${priority}`,
      `advertisement-interval ${interval}`,
      `ip ${address}`,
    ].map((line) => ` vrrp ${vrid} ${line}`);
    writeFileSync(`${this.#directory}/vrrpd.conf`, `interface ${device}\n${lines.join("\n")}\n`);
    writeFileSync(`${this.#directory}/zebra.conf`, "\n");
    this.#addVirtualInterface();
  }

  async start(): Promise<void> {
    for (const [name, program] of [
      ["zebra", ZEBRA],
      ["vrrpd", VRRPD],
    ] as const) {
      const path = (file: string) => `${this.#directory}/${file}`;
      const process = this.host.spawn([
        // Before everybody else, as the other router: what is measured is the protocol.
        ...["nice", "-n", "-20", program],
        ...["-z", path("zserv.api"), "-i", path(`${name}.pid`), "-f", path(`${name}.conf`)],
        ...["--vty_socket", this.#directory, "-A", "127.0.0.1", "-P", "0", "-u", "frr", "-g", "frr"],
        ...["--log", "stdout"],
      ]);
      this.#processes.push(process);
      if (name === "zebra") await process.waitFor(/zebra .* starting/);
    }
  }

  /** "Master", "Backup" or "Initialize", as vtysh shows it; undefined while vrrpd does not answer. */
  state(): string | undefined {
    try {
      const shown = this.host.exec("vtysh", "--vty_socket", this.#directory, "-c", "show vrrp");
      return /Status \(v4\)\s+(\w+)/.exec(shown)?.[1];
    } catch {
      return undefined;
    }
  }

  async waitForState(state: "Master" | "Backup", timeout = 10_000): Promise<void> {
    await eventually(`${this.host.name}: FRR in state ${state}`, () => this.state() === state, timeout);
  }

  /** SIGKILL: no farewell. */
  async kill(): Promise<void> {
    for (const process of this.#processes.splice(0)) {
      process.killTree();
      await process.exited;
    }
  }

  #addVirtualInterface(): void {
    const { device, vrid, address } = this.#definition;
    const name = `vrrp4-${vrid}`;
    const mac = `00:00:5e:00:01:${vrid.toString(16).padStart(2, "0")}`;
    this.host.exec("ip", "link", "add", name, "link", device, "type", "macvlan", "mode", "bridge");
    this.host.exec("ip", "link", "set", name, "address", mac);
    this.host.exec("ip", "addr", "add", `${address}/24`, "dev", name);
    this.host.exec("ip", "link", "set", name, "up");
  }
}
