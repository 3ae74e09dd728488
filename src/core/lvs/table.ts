import type {
  IpvsCommand,
  IpvsDestination,
  IpvsService,
  IpvsServiceEntry,
  IpvsServiceKey,
} from "../../wire/ipvs-types.ts";
import { keyText } from "./services.ts";

/** A service with its destinations, as it is or ought to be in the kernel. */
export interface ServiceState {
  readonly service: IpvsService;
  readonly destinations: readonly IpvsDestination[];
}

/** IP_VS_SVC_F_* bits that are configuration; the kernel keeps others of its own (HASHED). */
const CONFIGURED_FLAGS = 1 | 4 | 8 | 16 | 32;

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
  /** Who asked for it; undefined for one that was found. */
  owner: string | undefined;
  /** What each of several wants, while there are several. */
  claims?: Map<string, ServiceState>;
}

/**
 * What the kernel's table holds, as far as commands and one listing tell: the only place that makes commands, each the
 * difference between what is and what ought to be. What is right already gets no command, so its counters and
 * connections stay.
 *
 * A service may be asked for by several (a mark in a group that is served for TCP and for UDP): it is as the first wants
 * it, and has the destinations of all.
 */
export class IpvsTable {
  readonly #services = new Map<string, Installed>();

  /** Takes over what was found in the kernel; services that nobody asks for are left alone. */
  adopt(present: readonly IpvsServiceEntry[]): void {
    for (const { service, destinations } of present.map(split)) {
      this.#services.set(keyText(service.key), {
        service,
        destinations: new Map(destinations.map((one) => [destinationText(one), one])),
        owner: undefined,
      });
    }
  }

  /** Commands that make the service as its owners want it, of which `owner` is one. */
  install(desired: ServiceState, owner: string): IpvsCommand[] {
    const text = keyText(desired.service.key);
    const installed = this.#services.get(text);
    if (!installed) {
      const created = { service: desired.service, destinations: new Map(), owner };
      this.#services.set(text, created);
      return [{ type: "add-service", service: desired.service }, ...bring(created, desired)];
    }
    installed.owner ??= owner;
    if (installed.owner === owner && !installed.claims) return bring(installed, desired);
    const { service, destinations } = installed;
    installed.claims ??= new Map([[installed.owner, { service, destinations: [...destinations.values()] }]]);
    installed.claims.set(owner, desired);
    return bring(installed, merged(installed.claims));
  }

  /** Takes the service out with all its destinations, unless somebody else wants it. */
  remove(key: IpvsServiceKey, owner: string): IpvsCommand[] {
    const text = keyText(key);
    const installed = this.#services.get(text);
    if (!installed) return [];
    const { claims } = installed;
    if (!claims) {
      if (installed.owner !== owner) return [];
      this.#services.delete(text);
      return [{ type: "delete-service", key }];
    }
    claims.delete(owner);
    const desired = merged(claims);
    if (claims.size === 1) {
      [installed.owner] = claims.keys();
      delete installed.claims;
    }
    return bring(installed, desired);
  }

  /** Takes one destination out, when it is there and nobody else may want it. */
  removeDestination(key: IpvsServiceKey, destination: DestinationAddress): IpvsCommand[] {
    const installed = this.#services.get(keyText(key));
    return installed && !installed.claims ? takeOut(installed, destination) : [];
  }
}

/** Commands from what is to what ought to be: pool first grown, then shrunk, so that it never stands empty. */
function bring(installed: Installed, { service, destinations }: ServiceState): IpvsCommand[] {
  const { key } = service;
  const commands: IpvsCommand[] = [];
  if (!sameService(installed.service, service)) commands.push({ type: "edit-service", service });
  installed.service = service;
  const surplus = new Map(installed.destinations);
  for (const destination of destinations) {
    const text = destinationText(destination);
    const present = surplus.get(text);
    surplus.delete(text);
    if (present && sameDestination(present, destination)) continue;
    installed.destinations.set(text, destination);
    commands.push({ type: present ? "edit-destination" : "add-destination", key, destination });
  }
  for (const destination of surplus.values()) commands.push(...takeOut(installed, destination));
  return commands;
}

function takeOut({ service: { key }, destinations }: Installed, one: DestinationAddress): IpvsCommand[] {
  if (!destinations.delete(destinationText(one))) return [];
  const { address, port } = one;
  return [{ type: "delete-destination", key, destination: { address, port } }];
}

/** The service of the first claim with the destinations of all; of two with one address the earlier counts. */
function merged(claims: ReadonlyMap<string, ServiceState>): ServiceState {
  const [first, ...others] = claims.values();
  if (!first) throw new Error("a service that is shared has owners");
  const destinations = new Map(first.destinations.map((one) => [destinationText(one), one]));
  for (const one of others.flatMap((claim) => claim.destinations)) {
    const text = destinationText(one);
    if (!destinations.has(text)) destinations.set(text, one);
  }
  return { service: first.service, destinations: [...destinations.values()] };
}

/** A listed service without its counters. */
function split(entry: IpvsServiceEntry): ServiceState {
  const { stats: _, destinations, ...service } = entry;
  return { service, destinations };
}
