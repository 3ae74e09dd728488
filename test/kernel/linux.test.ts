import { createSocket } from "node:dgram";
import { closeSync, openSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enterNetworkNamespace, newNetworkNamespace } from "../../native/interface.ts";
import { createLinuxKernel } from "../../src/kernel/linux/kernel.ts";
import type { Kernel } from "../../src/kernel/ports.ts";
import { kernelContract } from "../kernel-contract/contract.ts";
import { type EchoServer, type KernelUnderTest, settle } from "../kernel-contract/host.ts";
import { eventually, execute, LabProcess } from "../lab/process.ts";

// This test process moves into a network namespace of its own; a child holds another one, for the peer.

const ip = (...words: string[]) => execute(["ip", ...words]);
let home = -1;
let peerProcess: LabProcess | undefined;

function enter(path: string): void {
  const result = enterNetworkNamespace(path);
  if (result < 0) throw new Error(`setns ${path}: errno ${-result}`);
}

function onPeer<T>(run: () => T): T {
  enter(`/proc/${peerProcess?.pid}/ns/net`);
  try {
    return run();
  } finally {
    enter(`/proc/self/fd/${home}`);
  }
}

/** The namespace that a process is in, as /proc names it. */
const namespaceOf = (pid: number | "self") => readlinkSync(`/proc/${pid}/ns/net`);

beforeAll(async () => {
  const result = newNetworkNamespace();
  if (result < 0) throw new Error(`unshare: errno ${-result}`);
  home = openSync("/proc/thread-self/ns/net", "r");
  ip("link", "set", "lo", "up");
  const holder = new LabProcess(["unshare", "-n", "sleep", "600"]);
  peerProcess = holder;
  await eventually("the peer's namespace", () => namespaceOf(holder.pid) !== namespaceOf("self"));
  onPeer(() => {
    ip("link", "set", "lo", "up");
    // Gratuitous ARP makes a neighbour here, not only refreshes one.
    writeFileSync("/proc/sys/net/ipv4/conf/all/arp_accept", "1");
  });
});

afterAll(() => {
  peerProcess?.killTree();
  if (home >= 0) closeSync(home);
});

/** What is sent on a link gets lost until the kernel, in its own time, has seen that its other end is up. */
function untilRunning({ links }: Kernel, name: string): void {
  const limit = performance.now() + 5_000;
  while (!links.get(name)?.running) if (performance.now() > limit) throw new Error(`${name} has no carrier`);
}

function start(): KernelUnderTest {
  ip("link", "add", "hf0", "type", "veth", "peer", "name", "hf1", "netns", String(peerProcess?.pid));
  const configure = (name: string, address: string) => {
    ip("addr", "add", `${address}/24`, "dev", name);
    writeFileSync(`/proc/sys/net/ipv6/conf/${name}/accept_dad`, "0");
    ip("link", "set", name, "up");
  };
  configure("hf0", "192.0.2.1");
  onPeer(() => configure("hf1", "192.0.2.2"));
  const kernel = createLinuxKernel();
  const peer = createLinuxKernel();
  onPeer(() => peer.links.list()); // its netlink socket opens here
  untilRunning(kernel, "hf0");
  return {
    kernel,
    link: "hf0",
    peer,
    peerLink: "hf1",
    onPeer,
    setCarrier: (on) => onPeer(() => ip("link", "set", "hf1", on ? "up" : "down")),
    addLink: (name) => {
      ip("link", "add", name, "type", "veth", "peer", "name", name, "netns", String(peerProcess?.pid));
      ip("link", "set", name, "up");
    },
    removeLink: (name) => ip("link", "del", name),
    neighbour: (address) => {
      const line = onPeer(() => ip("neigh", "show", address, "dev", "hf1"));
      return /lladdr (\S+)/.exec(line)?.[1];
    },
    serve,
    close: () => {
      kernel.close();
      peer.close();
      ip("link", "del", "hf0");
      for (const extra of ["hf-extra", "hf-more"]) {
        if (readFileSync("/proc/net/dev", "utf8").includes(`${extra}:`)) ip("link", "del", extra);
      }
    },
  };
}

async function serve(): Promise<EchoServer> {
  const server = createServer((socket) => {
    socket.on("error", () => {}); // the client may be gone already
    socket.once("data", (bytes) => socket.end(`echo ${bytes}`));
  });
  const port = await new Promise<number>((done) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      done(address !== null && typeof address === "object" ? address.port : 0);
    });
  });
  const datagrams = createSocket("udp4");
  datagrams.on("message", (bytes, { address, port: from }) => {
    datagrams.send(bytes.length === 0 ? bytes : `echo ${bytes}`, from, address);
  });
  await new Promise<void>((done) => datagrams.bind(port, "127.0.0.1", done));
  const close = async () => {
    await new Promise<void>((done) => datagrams.close(done));
    await new Promise<void>((done) => server.close(() => done()));
  };
  return { address: "127.0.0.1", port, refusedPort: 1, close };
}

kernelContract("Linux", start);

describe("a Linux monitor that was too slow", () => {
  it("catches up with what it missed, and tells nothing that is no longer so", async () => {
    const host = start();
    const ifindex = host.kernel.links.get(host.link)?.index ?? 0;
    const vip = (i: number) => ({
      ifindex,
      address: `10.9.${i >> 8}.${i & 255}`,
      prefixLength: 32,
      scope: 0,
      protocol: 18,
    });
    const standing = new Set<string>();
    let events = 0;
    const monitor = host.kernel.addresses.monitor(({ type, address }) => {
      events++;
      if (type === "address") standing.add(address.address);
      else standing.delete(address.address);
    });
    const total = 4000;
    for (let i = 0; i < total; i++) host.kernel.addresses.add(vip(i)); // nobody reads the monitor meanwhile
    for (let i = 0; i < total - 10; i++) host.kernel.addresses.delete(vip(i));
    await eventually("the last ten", () => standing.has(vip(total - 1).address) && standing.size === 10);
    await settle();
    expect(events).toBeLessThan(total); // it did miss some
    expect([...standing].sort()).toEqual(
      Array.from({ length: 10 }, (_, i) => vip(total - 10 + i).address).sort(),
    );
    monitor.close();
    host.close();
  });
});
