import { canonicalIp } from "../../values/ip.ts";
import { Closables } from "../closables.ts";
import { LinuxClock } from "../linux/clock.ts";
import { LinuxDatagrams } from "../linux/datagrams.ts";
import { LinuxFiles } from "../linux/files.ts";
import { LinuxProcesses } from "../linux/processes.ts";
import { LinuxStreams } from "../linux/streams.ts";
import { TlsStreams } from "../linux/tls-streams.ts";
import type { ClockPort, Closable, DatagramPort, Kernel, Link, StreamPort } from "../ports.ts";
import { MemoryAddresses } from "./addresses.ts";
import { VirtualAlarm } from "./clock.ts";
import { MemoryDatagrams } from "./datagrams.ts";
import { Faults } from "./faults.ts";
import { MemoryFiles } from "./files.ts";
import { MemoryFirewall } from "./firewall.ts";
import { MemoryIpvs } from "./ipvs.ts";
import { MemoryLinkbeat } from "./linkbeat.ts";
import { type MemoryLink, MemoryLinks } from "./links.ts";
import { MemoryNetwork, type SegmentPort } from "./network.ts";
import { MemoryPackets } from "./packets.ts";
import { MemoryProcesses } from "./processes.ts";
import { MemoryRoutes } from "./routes.ts";
import { MemoryRules } from "./rules.ts";
import { MemoryStreams } from "./streams.ts";
import { MemorySysctl } from "./sysctl.ts";

export interface MemoryKernelOptions {
  /** Links besides the loopback, which is always there. */
  readonly links?: readonly MemoryLink[];
  /** What the links are plugged into, and whose clock counts; a network of its own when absent. */
  readonly network?: MemoryNetwork;
  /**
   * `hosts`: connections reach the simulated hosts of the network. `real`: they are sockets of this machine, and files and
   * processes are this machine's.
   */
  readonly streams?: "hosts" | "real";
}

/** A kernel in memory, and the hands on its cables that a test needs. */
export interface MemoryKernel extends Kernel {
  readonly faults: Faults;
  readonly network: MemoryNetwork;
  /** The processes and files of a kernel whose streams are not real. */
  readonly machine: MemoryProcesses;
  readonly disk: MemoryFiles;
  /** Throws KernelError EEXIST. */
  addLink(link: MemoryLink): Link;
  /** The link goes, its addresses with it. Throws KernelError ENODEV. */
  removeLink(name: string): void;
  /** Throws KernelError ENODEV. */
  setLink(name: string, change: { readonly up?: boolean; readonly carrier?: boolean }): void;
}

const HOST_SCOPE = 254;

/** A link's place on a segment; links on top of another one share its cable. */
interface Plug {
  readonly segment: string;
  readonly port: SegmentPort;
  readonly plug: Closable;
  readonly trunk: object;
}

function parseCidr(text: string): { address: string; prefixLength: number } {
  const [spelled = "", length = ""] = text.split("/");
  const address = canonicalIp(spelled);
  if (address === undefined || !/^\d+$/.test(length))
    throw new RangeError(`${text} is no address with a prefix`);
  return { address, prefixLength: Number(length) };
}

function makeClock(network: MemoryNetwork, closables: Closables): ClockPort {
  if (!network.clock) return new LinuxClock(closables);
  const alarm = new VirtualAlarm(network.clock);
  closables.add(() => alarm.close());
  return alarm;
}

/** The memory ports need no privilege and change nothing on this machine. */
export function createMemoryKernel(options: MemoryKernelOptions = {}): MemoryKernel {
  const network = options.network ?? new MemoryNetwork();
  const closables = new Closables();
  const faults = new Faults();
  let open = true;
  closables.add(() => {
    open = false;
  });
  const later = (callback: () => void) =>
    network.later(0, () => {
      if (open) callback();
    });
  const links = new MemoryLinks(later, () => network.newMac(), faults);
  const addresses = new MemoryAddresses(links, later, faults);
  const routes = new MemoryRoutes(links, addresses, later, faults);
  const plugs = new Map<number, Plug>();
  const packets = new MemoryPackets({
    links,
    addresses,
    faults,
    closables,
    transmit: (ifindex, transmission) => {
      const plugged = plugs.get(ifindex);
      if (plugged) network.segment(plugged.segment).transmit(transmission, plugged.port);
    },
  });
  const real = options.streams === "real";
  const connecting = { network, links, addresses, faults, closables };
  const streams: StreamPort = real ? new LinuxStreams(closables) : new MemoryStreams(connecting);
  const datagrams: DatagramPort = real ? new LinuxDatagrams(closables) : new MemoryDatagrams(connecting);

  const attach = ({ index, mac }: Link, segment: string, trunk: object): void => {
    const port: SegmentPort = {
      mac,
      trunk,
      receive: (transmission) => packets.receive(index, transmission),
    };
    const plug = network.segment(segment).attach(port);
    closables.add(() => plug.close());
    plugs.set(index, { segment, port, plug, trunk });
  };
  links.observe({
    created: (link) => {
      const below = plugs.get(link.base ?? 0);
      if (below) attach(link, below.segment, below.trunk);
    },
    removed: ({ index }) => {
      plugs.get(index)?.plug.close();
      plugs.delete(index);
      routes.linkDown(index);
      addresses.linkRemoved(index);
    },
  });
  const addLink = (description: MemoryLink): Link => {
    const link = links.add(description);
    const { segment } = description;
    if (segment !== undefined) attach(link, segment, {});
    for (const text of description.addresses ?? []) {
      addresses.add({ ifindex: link.index, ...parseCidr(text), scope: link.loopback ? HOST_SCOPE : 0 });
    }
    return link;
  };

  const disk = new MemoryFiles(later);
  const machine = new MemoryProcesses(later, faults);
  addLink({ name: "lo", loopback: true, addresses: ["127.0.0.1/8", "::1/128"] });
  for (const link of options.links ?? []) addLink(link);
  return {
    links,
    addresses,
    routes,
    rules: new MemoryRules(later, faults),
    ipvs: new MemoryIpvs(faults, (name) => links.get(name) !== undefined),
    packets,
    streams,
    tls: real ? new TlsStreams(streams) : { client: () => streams },
    datagrams,
    clock: makeClock(network, closables),
    sysctl: new MemorySysctl(links),
    firewall: new MemoryFirewall(faults),
    files: real ? new LinuxFiles(closables) : disk,
    processes: real ? new LinuxProcesses(closables) : machine,
    linkbeat: new MemoryLinkbeat(links),
    machine,
    disk,
    close: () => closables.close(),
    faults,
    network,
    addLink,
    removeLink: (name) => {
      links.remove(name);
    },
    setLink: (name, change) => {
      links.plug(name, change);
      const { index = 0 } = links.get(name) ?? {};
      if (change.up === false) routes.linkDown(index);
    },
  };
}
