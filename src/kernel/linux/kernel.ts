import { Closables } from "../closables.ts";
import { kernelError } from "../errors.ts";
import type {
  AddressPort,
  Closable,
  Kernel,
  LinkPort,
  NetlinkBuffers,
  ReceiveBuffer,
  RoutePort,
  RulePort,
} from "../ports.ts";
import { LinuxAddresses } from "./addresses.ts";
import { LinuxClock } from "./clock.ts";
import { LinuxDatagrams } from "./datagrams.ts";
import { LinuxFiles } from "./files.ts";
import { LinuxFirewall } from "./firewall.ts";
import { LinuxIpvs } from "./ipvs.ts";
import { LinuxLinkbeat } from "./linkbeat.ts";
import { LinuxLinks } from "./links.ts";
import { monitorRoutes, type RouteMonitor } from "./monitor.ts";
import { elsewhere } from "./namespaces.ts";
import { NETLINK_GENERIC, NETLINK_NETFILTER, NETLINK_ROUTE, NetlinkSocket } from "./netlink-socket.ts";
import { LinuxPackets } from "./packets.ts";
import { LinuxProcesses } from "./processes.ts";
import { LinuxRoutes } from "./routes.ts";
import { LinuxRules } from "./rules.ts";
import { LinuxStreams } from "./streams.ts";
import { LinuxSysctl } from "./sysctl.ts";
import { TlsStreams } from "./tls-streams.ts";

/** A netlink socket that opens at its first use and is remembered. */
function lazySocket(
  protocol: number,
  closables: Closables,
  receiveBuffer?: ReceiveBuffer,
  namespace?: string,
): () => NetlinkSocket {
  let socket: NetlinkSocket | undefined;
  const open = () => new NetlinkSocket(protocol, receiveBuffer);
  return () => {
    if (!socket) {
      const opened = namespace === undefined ? open() : elsewhere(namespace, open);
      if (typeof opened === "number") throw kernelError(`enter the network namespace ${namespace}`, opened);
      closables.add(() => opened.close());
      socket = opened;
    }
    return socket;
  };
}

/** Network namespaces, by the paths of their files, of what works in another one than the rest. */
interface OtherNamespaces {
  readonly ipvs?: string;
  readonly firewall?: string;
}

interface LinuxKernelOptions extends NetlinkBuffers {
  readonly namespaces?: OtherNamespaces;
  /** Alarms of the clock come at their moment also after a long wait, for 250 microseconds of processor time each. */
  readonly isPunctual?: boolean;
}

/**
 * The kernel of this machine, in the network namespace of the calling thread. Every socket opens at its first use: a
 * kernel without IPVS, or a process without privileges, fails only in what it cannot do.
 */
export function createLinuxKernel(options: LinuxKernelOptions = {}): Kernel {
  const { namespaces = {} } = options;
  const closables = new Closables();
  const route = lazySocket(NETLINK_ROUTE, closables, options.commands);
  const watch: RouteMonitor = (groups, read, overrun) =>
    monitorRoutes(groups, read, overrun, options.monitors);
  const remembered = (monitor: Closable) => closables.add(() => monitor.close());
  const links = new LinuxLinks(route, watch);
  const addresses = new LinuxAddresses(route, watch);
  const linkPort: LinkPort = {
    list: () => links.list(),
    get: (name) => links.get(name),
    create: (link) => links.create(link),
    delete: (index) => links.delete(index),
    set: (index, change) => links.set(index, change),
    monitor: (callback) => remembered(links.monitor(callback)),
  };
  const addressPort: AddressPort = {
    list: () => addresses.list(),
    add: (address) => addresses.add(address),
    delete: (address) => addresses.delete(address),
    monitor: (callback) => remembered(addresses.monitor(callback)),
  };
  const routes = new LinuxRoutes(route, watch);
  const routePort: RoutePort = {
    list: (protocol) => routes.list(protocol),
    add: (one, placement) => routes.add(one, placement),
    delete: (one) => routes.delete(one),
    monitor: (protocol, callback) => remembered(routes.monitor(protocol, callback)),
  };
  const rules = new LinuxRules(route, watch);
  const rulePort: RulePort = {
    list: () => rules.list(),
    add: (one) => rules.add(one),
    delete: (one) => rules.delete(one),
    monitor: (protocol, callback) => remembered(rules.monitor(protocol, callback)),
  };
  const streams = new LinuxStreams(closables);
  return {
    links: linkPort,
    addresses: addressPort,
    routes: routePort,
    rules: rulePort,
    ipvs: new LinuxIpvs(lazySocket(NETLINK_GENERIC, closables, options.commands, namespaces.ipvs)),
    packets: new LinuxPackets(closables),
    streams,
    tls: new TlsStreams(streams),
    datagrams: new LinuxDatagrams(closables),
    clock: new LinuxClock(closables, options.isPunctual),
    sysctl: new LinuxSysctl(),
    firewall: new LinuxFirewall(lazySocket(NETLINK_NETFILTER, closables, undefined, namespaces.firewall)),
    files: new LinuxFiles(closables),
    processes: new LinuxProcesses(closables),
    linkbeat: new LinuxLinkbeat(closables),
    close: () => closables.close(),
  };
}
