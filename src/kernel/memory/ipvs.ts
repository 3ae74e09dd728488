import { familyOf } from "../../values/ip.ts";
import { ERRNO } from "../../wire/errno.ts";
import type {
  IpvsCommand,
  IpvsDaemon,
  IpvsDestination,
  IpvsDestinationEntry,
  IpvsService,
  IpvsServiceEntry,
  IpvsServiceKey,
  IpvsStats,
  IpvsTimeouts,
} from "../../wire/ipvs-types.ts";
import { kernelError } from "../errors.ts";
import type { IpvsPort, KernelError } from "../ports.ts";
import type { Faults } from "./faults.ts";

const SCHEDULERS = new Set(
  "rr wrr lc wlc lblc lblcr dh sh mh sed nq fo ovf twos".split(" "), // all that Linux 6.x has
);
const PERSISTENCE_ENGINES = new Set(["", "sip"]);
const TUNNEL = 2;

const NO_STATS: IpvsStats = { connections: 0n, inPackets: 0n, outPackets: 0n, inBytes: 0n, outBytes: 0n };

const keyText = (key: IpvsServiceKey) =>
  key.type === "fwmark" ? `${key.family} mark ${key.fwmark}` : `${key.protocol} ${key.address} ${key.port}`;
const familyOfKey = (key: IpvsServiceKey) => (key.type === "fwmark" ? key.family : familyOf(key.address));
const destinationText = ({ address, port }: Pick<IpvsDestination, "address" | "port">) =>
  `${address} ${port}`;

/** What Linux has where nothing is said, on Ethernet. */
const DAEMON_DEFAULTS = { maxlen: 1472, group: "224.0.0.81", port: 8848, ttl: 1 };

interface ServiceState {
  service: IpvsService;
  readonly destinations: Map<string, IpvsDestinationEntry>;
}

/** The IPVS table, with the refusals of ip_vs_ctl. Counters stay zero: no packet passes. */
export class MemoryIpvs implements IpvsPort {
  readonly #services = new Map<string, ServiceState>();
  readonly #daemons = new Map<IpvsDaemon["state"], IpvsDaemon>();
  #timeouts: IpvsTimeouts = { tcp: 900, tcpfin: 120, udp: 300 };
  readonly #faults: Faults;
  readonly #isLink: (name: string) => boolean;

  constructor(faults: Faults, isLink: (name: string) => boolean) {
    this.#faults = faults;
    this.#isLink = isLink;
  }

  list(): IpvsServiceEntry[] {
    this.#faults.meet("ipvs.list");
    return [...this.#services.values()].map(({ service, destinations }) => ({
      ...service,
      stats: NO_STATS,
      destinations: [...destinations.values()],
    }));
  }

  apply(commands: readonly IpvsCommand[]): (KernelError | undefined)[] {
    return commands.map((command) => {
      const fault = this.#faults.take("ipvs.apply");
      if (fault) return fault;
      const errno = this.#carryOut(command);
      return errno === 0 ? undefined : kernelError(`IPVS ${command.type}`, errno);
    });
  }

  flush(): void {
    this.#services.clear();
  }

  daemons(): IpvsDaemon[] {
    return [...this.#daemons.values()];
  }

  startDaemon(daemon: IpvsDaemon): void {
    const operation = `start IPVS ${daemon.state} daemon`;
    if (this.#daemons.has(daemon.state)) throw kernelError(operation, ERRNO.EEXIST);
    if (!this.#isLink(daemon.interface)) throw kernelError(operation, ERRNO.ENODEV);
    this.#daemons.set(daemon.state, { ...DAEMON_DEFAULTS, ...daemon });
  }

  stopDaemon({ state }: IpvsDaemon): void {
    if (!this.#daemons.delete(state)) throw kernelError(`stop IPVS ${state} daemon`, ERRNO.ESRCH);
  }

  timeouts(): IpvsTimeouts {
    return this.#timeouts;
  }

  setTimeouts(timeouts: Partial<IpvsTimeouts>): void {
    this.#timeouts = { ...this.#timeouts, ...timeouts };
  }

  /** Returns an errno, 0 for success. */
  #carryOut(command: IpvsCommand): number {
    const key = keyText("service" in command ? command.service.key : command.key);
    const state = this.#services.get(key);
    switch (command.type) {
      case "add-service":
        return state ? ERRNO.EEXIST : this.#store(key, command.service, new Map());
      case "edit-service":
        return state ? this.#store(key, command.service, state.destinations) : ERRNO.ESRCH;
      case "delete-service":
        return this.#services.delete(key) ? 0 : ERRNO.ESRCH;
      case "add-destination":
      case "edit-destination":
        return state
          ? putDestination(state, command.destination, command.type === "add-destination")
          : ERRNO.ESRCH;
      case "delete-destination":
        if (!state) return ERRNO.ESRCH;
        return state.destinations.delete(destinationText(command.destination)) ? 0 : ERRNO.ENOENT;
    }
  }

  #store(key: string, service: IpvsService, destinations: Map<string, IpvsDestinationEntry>): number {
    if (!SCHEDULERS.has(service.scheduler)) return ERRNO.ENOENT;
    if (!PERSISTENCE_ENGINES.has(service.persistenceEngine)) return ERRNO.ENOENT;
    const prefixed = familyOfKey(service.key) === 6;
    if (prefixed && (service.netmask < 1 || service.netmask > 128)) return ERRNO.EINVAL;
    this.#services.set(key, { service, destinations });
    return 0;
  }
}

function isMulticast(address: string): boolean {
  if (familyOf(address) === 6) return address.startsWith("ff");
  const first = Number(address.split(".")[0]);
  return first >= 224;
}

function putDestination(state: ServiceState, destination: IpvsDestination, adding: boolean): number {
  const mixed = familyOf(destination.address) !== familyOfKey(state.service.key);
  if (mixed && destination.forward !== TUNNEL) return ERRNO.EINVAL;
  if (destination.weight < 0 || destination.weight > 0x7fffffff) return ERRNO.ERANGE;
  if (destination.lowerThreshold > destination.upperThreshold) return ERRNO.ERANGE;
  const key = destinationText(destination);
  const before = state.destinations.get(key);
  if (adding && before) return ERRNO.EEXIST;
  if (!adding && !before) return ERRNO.ENOENT;
  if (adding && isMulticast(destination.address)) return ERRNO.EINVAL;
  if (destination.tunnel?.type === "gue" && destination.tunnel.port === 0) return ERRNO.EINVAL;
  const { activeConnections = 0, inactiveConnections = 0, persistentConnections = 0 } = before ?? {};
  const stats = before?.stats ?? NO_STATS;
  state.destinations.set(key, {
    ...destination,
    activeConnections,
    inactiveConnections,
    persistentConnections,
    stats,
  });
  return 0;
}
