/**
 * Networks of namespaces: hosts joined by switches, built and taken away by a test.
 *
 * Under `npm test` this happens inside a network namespace of its own; run directly as root it happens
 * in the machine's, with names that no other run has.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, execute, LabProcess, signalProcess } from "./process.ts";

let labs = 0;

/** A network namespace with a loopback interface that is up. */
export class Host {
  readonly name: string;
  /** Name of the namespace as `ip netns` knows it. */
  readonly namespace: string;

  constructor(name: string, namespace: string, ipv6: boolean) {
    this.name = name;
    this.namespace = namespace;
    execute(["ip", "netns", "add", namespace]);
    this.exec("ip", "link", "set", "lo", "up");
    if (!ipv6) this.sysctl("net/ipv6/conf/default/disable_ipv6", 1);
  }

  /** Runs a command in the namespace to its end and returns its output; throws when it fails. */
  exec(...command: string[]): string {
    return execute(this.#here(command));
  }

  /** Starts a process in the namespace; the lab ends it at the latest. Its `pid` is the command's own. */
  spawn(command: readonly string[], options: { ipc?: boolean; env?: NodeJS.ProcessEnv } = {}): LabProcess {
    return new LabProcess(this.#here(command), options);
  }

  /** Writes a kernel parameter, path as below /proc/sys. */
  sysctl(path: string, value: number): void {
    this.exec("sh", "-c", `echo ${value} >/proc/sys/${path}`);
  }

  /** The addresses of an interface as the kernel lists them, `address/prefix length`, primary first. */
  addresses(device: string): string[] {
    const listed: unknown = JSON.parse(this.exec("ip", "-j", "addr", "show", "dev", device));
    const [{ addr_info: infos }] = listed as [{ addr_info: { local: string; prefixlen: number }[] }];
    return infos.map(({ local, prefixlen }) => `${local}/${prefixlen}`);
  }

  /** Whether an interface carries the address, whatever the prefix length. */
  holds(device: string, address: string): boolean {
    return this.addresses(device).some((each) => each.split("/")[0] === address);
  }

  /** Waits until the interface carries the address, or with `present` false no longer does. */
  async waitForAddress(device: string, address: string, present = true, timeout = 20_000): Promise<void> {
    const what = `${this.name}: ${address} ${present ? "on" : "gone from"} ${device}`;
    await eventually(what, () => this.holds(device, address) === present, timeout);
  }

  /** Ends every process in the namespace and deletes it. */
  remove(): void {
    try {
      const pids = execute(["ip", "netns", "pids", this.namespace]).split("\n").filter(Boolean).map(Number);
      for (const pid of pids) if (pid !== process.pid) signalProcess(pid, "SIGKILL");
      execute(["ip", "netns", "delete", this.namespace]);
    } catch {
      // Already gone, or never made.
    }
  }

  #here(command: readonly string[]): string[] {
    return ["ip", "netns", "exec", this.namespace, ...command];
  }
}

/** A cable from a host to a switch. */
export class Link {
  readonly #host: Host;
  readonly #device: string;
  readonly #switch: Switch;
  readonly #port: string;

  constructor(host: Host, device: string, at: Switch, port: string) {
    this.#host = host;
    this.#device = device;
    this.#switch = at;
    this.#port = port;
    execute([
      ...["ip", "link", "add", device, "netns", host.namespace, "type", "veth"],
      ...["peer", "name", port, "netns", at.namespace],
    ]);
    at.exec("ip", "link", "set", port, "master", at.bridge, "up");
    host.exec("ip", "link", "set", device, "up");
  }

  /** Pulls the cable: the host sees its interface lose the carrier. */
  cut(): void {
    this.#switch.exec("ip", "link", "set", this.#port, "down");
  }

  /** Breaks the path behind the port: the interface stays up, and no packet arrives either way. */
  sever(): void {
    this.#switch.exec("ip", "link", "set", this.#port, "nomaster");
  }

  /** Undoes `cut` and `sever`; returns when packets pass again. */
  async restore(): Promise<void> {
    this.#switch.exec("ip", "link", "set", this.#port, "master", this.#switch.bridge, "up");
    await this.passes();
  }

  /** Waits until packets pass: both ends drop them until the kernel, in its own time, has seen the carrier. */
  async passes(): Promise<void> {
    const says = (host: Host, path: string) => host.exec("cat", `/sys/class/net/${path}`).trim();
    const FORWARDING = "3";
    await eventually(
      `${this.#host.name}: packets pass on ${this.#device}`,
      () =>
        says(this.#host, `${this.#device}/operstate`) === "up" &&
        says(this.#switch, `${this.#port}/operstate`) === "up" &&
        says(this.#switch, `${this.#port}/brport/state`) === FORWARDING,
    );
  }
}

/** A namespace whose bridge joins the hosts; what passes can be captured on it. */
export class Switch extends Host {
  readonly bridge = "br0";
  #ports = 0;

  constructor(name: string, namespace: string) {
    super(name, namespace, false);
    // Without snooping and spanning tree: frames flow from the first moment, to every port.
    this.exec(
      ...["ip", "link", "add", this.bridge, "type", "bridge"],
      ...["mcast_snooping", "0", "stp_state", "0", "forward_delay", "0"],
    );
    this.exec("ip", "link", "set", this.bridge, "up");
  }

  /** Connects a host's new interface, with addresses such as `192.0.2.1/24`. */
  connect(host: Host, device: string, addresses: readonly string[] = []): Link {
    this.#ports += 1;
    const link = new Link(host, device, this, `port${this.#ports}`);
    for (const address of addresses) {
      host.exec("ip", "addr", "add", address, "dev", device, ...(address.includes(":") ? ["nodad"] : []));
    }
    return link;
  }
}

/** Everything a test builds; `dispose` in `afterEach` or `await using` takes it away. */
export class Lab implements AsyncDisposable {
  /** For configurations, pid files and captures; removed with the lab. */
  readonly directory: string;
  readonly #prefix: string;
  readonly #hosts: Host[] = [];
  readonly #atExit = () => this.#remove();

  constructor() {
    labs += 1;
    this.#prefix = `holdfast-${process.pid}-${labs}`;
    this.directory = mkdtempSync(join(tmpdir(), `${this.#prefix}-`));
    process.once("exit", this.#atExit);
  }

  /** A host without interfaces; IPv6 is off unless asked for, to keep captures quiet. */
  host(name: string, options: { ipv6?: boolean } = {}): Host {
    const host = new Host(name, `${this.#prefix}-${name}`, options.ipv6 ?? false);
    this.#hosts.push(host);
    return host;
  }

  /** A host, `left`, alone on a switch: its eth0 has 192.0.2.1/24. */
  hostOnSwitch(): Host {
    const host = this.host("left");
    this.switch().connect(host, "eth0", ["192.0.2.1/24"]);
    return host;
  }

  switch(name = "switch"): Switch {
    const made = new Switch(name, `${this.#prefix}-${name}`);
    this.#hosts.push(made);
    return made;
  }

  /** A path in the lab's directory. */
  path(name: string): string {
    return join(this.directory, name);
  }

  /** Ends every process and deletes every namespace and file. Safe to repeat; throws nothing. */
  async dispose(): Promise<void> {
    process.removeListener("exit", this.#atExit);
    this.#remove();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  #remove(): void {
    for (const host of this.#hosts.splice(0)) host.remove();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
