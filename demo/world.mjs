/** Hosts on switches, inside the demo's own namespaces, and the processes that run on them. */
import { execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";

const processes = new Set();

/** Runs a command to its end; throws with its errors when it fails. */
export function command(program, ...args) {
  return execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** A process whose lines are kept. */
export class Running {
  lines = [];

  constructor(program, args) {
    this.child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    processes.add(this);
    for (const stream of [this.child.stdout, this.child.stderr])
      createInterface({ input: stream }).on("line", (text) => {
        this.lines.push(text);
        this.onLine?.(text);
      });
    this.ended = new Promise((resolve) => {
      this.child.once("exit", (status, signal) => {
        processes.delete(this);
        resolve(signal ?? status);
      });
    });
  }

  /** The first line from `since` on that matches; throws after `timeout` milliseconds. */
  async line(pattern, { since = 0, timeout = 15_000 } = {}) {
    return until(
      `a line with ${pattern}`,
      () => this.lines.slice(since).find((text) => pattern.test(text)),
      timeout,
    ).catch((error) => {
      throw new Error(`${error.message}; its last lines:\n${this.lines.slice(-15).join("\n")}`);
    });
  }

  kill(signal) {
    this.child.kill(signal);
    return this.ended;
  }
}

/** Polls until `check` returns something. */
export async function until(what, check, timeout = 15_000) {
  const limit = performance.now() + timeout;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (performance.now() > limit) throw new Error(`waited ${timeout / 1000} s in vain for ${what}`);
    await pause(10);
  }
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Ends every process that is still running. */
export function endAll() {
  for (const one of processes) one.child.kill("SIGKILL");
}

/** A network namespace with a name. */
export class Host {
  constructor(name) {
    this.name = name;
    command("ip", "netns", "add", name);
    this.run("ip", "link", "set", "lo", "up");
  }

  inside(args) {
    return [`--net=/run/netns/${this.name}`, "--", ...args];
  }

  run(...args) {
    return command("nsenter", ...this.inside(args));
  }

  start(...args) {
    return new Running("nsenter", this.inside(args));
  }

  /** Whether an interface of the host has the address. */
  holds(address) {
    return this.run("ip", "-o", "-4", "address", "show").includes(` ${address}/`);
  }
}

/** A bridge; in the namespace that the demo runs in. */
export class Switch {
  constructor(name) {
    this.name = name;
    command(
      "ip",
      "link",
      "add",
      name,
      "type",
      "bridge",
      "mcast_snooping",
      "0",
      "stp_state",
      "0",
      "forward_delay",
      "0",
    );
    command("ip", "link", "set", name, "up");
  }

  /** Cables a host's new interface to the switch. */
  connect(host, device, address) {
    const port = `${this.name}-${host.name}`.slice(0, 15);
    command("ip", "link", "add", port, "type", "veth", "peer", "name", device, "netns", host.name);
    command("ip", "link", "set", port, "master", this.name, "up");
    host.run("ip", "address", "add", address, "dev", device);
    host.run("ip", "link", "set", device, "up");
  }

  /** Pulls the cable of a host. */
  disconnect(host) {
    command("ip", "link", "set", `${this.name}-${host.name}`.slice(0, 15), "down");
  }
}
