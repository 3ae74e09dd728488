import { networkInterfaces } from "node:os";
import { TlsStreams } from "../linux/tls-streams.ts";
import type { DatagramPort, StreamPort } from "../ports.ts";
import { createMemoryKernel, type MemoryKernel } from "./kernel.ts";
import type { MemoryLink } from "./links.ts";

/** What this machine's links look like from the outside, without asking the kernel for anything privileged. */
function hostLinks(): MemoryLink[] {
  const found: MemoryLink[] = [];
  for (const [name, infos = []] of Object.entries(networkInterfaces())) {
    const [first] = infos;
    if (!first || first.internal) continue;
    const mac = new Uint8Array(first.mac.split(":").map((byte) => Number.parseInt(byte, 16)));
    found.push({ name, mac, addresses: infos.flatMap(({ cidr }) => cidr ?? []) });
  }
  return found;
}

/** Connections that skip what only root, or only the real machine's own configuration, could give. */
function plainStreams(streams: StreamPort): StreamPort {
  return { connect: ({ address, port }, callback) => streams.connect({ address, port }, callback) };
}

function plainDatagrams(datagrams: DatagramPort): DatagramPort {
  return {
    connect: ({ protocol, address, port }, callback) =>
      datagrams.connect({ protocol, address, port }, callback),
  };
}

/**
 * The kernel of `holdfast run --kernel memory`: real time and real TCP connections; links, addresses, IPVS and VRRP
 * packets in memory. It starts with copies of this machine's links, and one for each interface that is named and
 * missing. Checkers connect without bind address, interface or mark: those exist in memory only.
 */
export function createLocalMemoryKernel(interfaces: readonly string[]): MemoryKernel {
  const kernel = createMemoryKernel({ links: hostLinks(), streams: "real" });
  for (const name of new Set(interfaces)) {
    if (!kernel.links.get(name)) kernel.addLink({ name, segment: name });
  }
  const streams = plainStreams(kernel.streams);
  return {
    ...kernel,
    streams,
    tls: new TlsStreams(streams),
    datagrams: plainDatagrams(kernel.datagrams),
  };
}
