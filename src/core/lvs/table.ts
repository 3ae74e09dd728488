import type {
  IpvsCommand,
  IpvsDestination,
  IpvsService,
  IpvsServiceEntry,
  IpvsServiceKey,
} from "../../wire/ipvs-types.ts";

/** A service with its destinations, as it is or ought to be in the kernel. */
export interface ServiceState {
  readonly service: IpvsService;
  readonly destinations: readonly IpvsDestination[];
}

/** IP_VS_SVC_F_* bits that are configuration; the kernel keeps others of its own (HASHED). */
const CONFIGURED_FLAGS = 1 | 4 | 8 | 16 | 32;

/** A text that is the same for equal keys. */
export function keyText(key: IpvsServiceKey): string {
  return key.type === "fwmark"
    ? `fwmark ${key.family} ${key.fwmark}`
    : `${key.protocol} ${key.address} ${key.port}`;
}

type DestinationAddress = Pick<IpvsDestination, "address" | "port">;

function destinationText({ address, port }: DestinationAddress): string {
  return `${address} ${port}`;
}

function sameService(a: IpvsService, b: IpvsService): boolean {
  return (
    a.scheduler === b.scheduler &&
    ((a.flags ^ b.flags) & CONFIGURED_FLAGS) === 0 &&
    a.timeout === b.timeout &&
    a.netmask === b.netmask &&
    a.persistenceEngine === b.persistenceEngine
  );
}

function tunnelText({ tunnel }: IpvsDestination): string {
  if (tunnel === undefined) return "";
  return `${tunnel.type} ${tunnel.checksum} ${tunnel.type === "gue" ? tunnel.port : ""}`;
}

function sameDestination(a: IpvsDestination, b: IpvsDestination): boolean {
  return (
    a.forward === b.forward &&
    tunnelText(a) === tunnelText(b) &&
    a.weight === b.weight &&
    a.upperThreshold === b.upperThreshold &&
    a.lowerThreshold === b.lowerThreshold
  );
}

interface Installed {
  service: IpvsService;
  readonly destinations: Map<string, IpvsDestination>;
}

/**
 * What the kernel's table holds, as far as commands and one listing tell: the only place that makes commands, each the
 * difference between what is and what ought to be. What is right already gets no command, so its counters and
 * connections stay.
 */
export class IpvsTable {
  readonly #services = new Map<string, Installed>();

  /** Takes over what was found in the kernel; services that nobody asks for are left alone. */
  adopt(present: readonly IpvsServiceEntry[]): void {
    for (const { service, destinations } of present.map(split)) {
      this.#services.set(keyText(service.key), {
        service,
        destinations: new Map(destinations.map((one) => [destinationText(one), one])),
      });
    }
  }

  /** Commands that make the service as it ought to be: pool first grown, then shrunk, so that it never stands empty. */
  install(desired: ServiceState): IpvsCommand[] {
    const { key } = desired.service;
    const commands: IpvsCommand[] = [];
    let installed = this.#services.get(keyText(key));
    if (!installed) {
      installed = { service: desired.service, destinations: new Map() };
      this.#services.set(keyText(key), installed);
      commands.push({ type: "add-service", service: desired.service });
    } else if (!sameService(installed.service, desired.service)) {
      installed.service = desired.service;
      commands.push({ type: "edit-service", service: desired.service });
    }
    const surplus = new Map(installed.destinations);
    for (const destination of desired.destinations) {
      const text = destinationText(destination);
      const present = surplus.get(text);
      surplus.delete(text);
      if (present && sameDestination(present, destination)) continue;
      installed.destinations.set(text, destination);
      commands.push({ type: present ? "edit-destination" : "add-destination", key, destination });
    }
    for (const destination of surplus.values()) commands.push(...this.removeDestination(key, destination));
    return commands;
  }

  /** Takes the service out with all its destinations, when it is there. */
  remove(key: IpvsServiceKey): IpvsCommand[] {
    return this.#services.delete(keyText(key)) ? [{ type: "delete-service", key }] : [];
  }

  /** Takes one destination out, when it is there. */
  removeDestination(key: IpvsServiceKey, { address, port }: DestinationAddress): IpvsCommand[] {
    const destination = { address, port };
    const removed = this.#services.get(keyText(key))?.destinations.delete(destinationText(destination));
    return removed ? [{ type: "delete-destination", key, destination }] : [];
  }
}

/** A listed service without its counters. */
function split(entry: IpvsServiceEntry): ServiceState {
  const { stats: _, destinations, ...service } = entry;
  return { service, destinations };
}
