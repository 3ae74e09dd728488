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
  /** The kernel has refused to make it so: it is otherwise. */
  isOtherwise?: true;
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

  /** The services that somebody wants. */
  *wanted(): Iterable<IpvsServiceKey> {
    for (const { service, owner } of this.#services.values()) if (owner !== undefined) yield service.key;
  }

  /** Who wants a service. */
  ownersOf(key: IpvsServiceKey): readonly string[] {
    const installed = this.#services.get(keyText(key));
    if (!installed) return [];
    return installed.claims ? [...installed.claims.keys()] : installed.owner ? [installed.owner] : [];
  }

  /** A command has not been carried out. What it was about is wanted again by the next install(). */
  refused(command: IpvsCommand): void {
    const text = keyText("service" in command ? command.service.key : command.key);
    const installed = this.#services.get(text);
    if (!installed) return;
    switch (command.type) {
      case "add-service":
        this.#services.delete(text);
        break;
      case "edit-service":
        installed.isOtherwise = true;
        break;
      case "add-destination":
        installed.destinations.delete(destinationText(command.destination));
        break;
      case "edit-destination":
        // No destination has such a weight: the next one is another.
        installed.destinations.set(destinationText(command.destination), {
          ...command.destination,
          weight: -1,
        });
        break;
      case "delete-service":
      case "delete-destination":
        break;
    }
  }

  /**
   * Takes over what is found in the kernel, and returns what is otherwise than commanded. Services that nobody asks for
   * are left alone.
   */
  compare(present: readonly IpvsServiceEntry[]): ForeignChange[] {
    const found = new Map(present.map((entry) => [keyText(entry.key), split(entry)]));
    const changes: ForeignChange[] = [];
    for (const [text, installed] of this.#services) {
      const { key } = installed.service;
      const owners = this.ownersOf(key);
      const is = found.get(text);
      if (owners.length === 0 || !is) this.#services.delete(text);
      if (owners.length === 0) continue;
      if (!is) {
        changes.push({ key, owners, what: { type: "deleted" } });
        continue;
      }
      found.delete(text);
      for (const what of differences(installed, is)) changes.push({ key, owners, what });
      installed.service = is.service;
      delete installed.isOtherwise;
      installed.destinations.clear();
      for (const one of is.destinations) installed.destinations.set(destinationText(one), one);
    }
    for (const [text, { service, destinations }] of found) {
      this.#services.set(text, {
        service,
        destinations: new Map(destinations.map((one) => [destinationText(one), one])),
        owner: undefined,
      });
    }
    return changes;
  }

  /** Takes one destination out, when it is there and nobody else may want it. */
  removeDestination(key: IpvsServiceKey, destination: DestinationAddress): IpvsCommand[] {
    const installed = this.#services.get(keyText(key));
    return installed && !installed.claims ? takeOut(installed, destination) : [];
  }
}

/** What somebody else has done to a service, or to a destination in it. */
export interface ForeignChange {
  readonly key: IpvsServiceKey;
  readonly owners: readonly string[];
  readonly what:
    | { readonly type: "deleted" }
    | { readonly type: "edited"; readonly is: IpvsService; readonly was: IpvsService }
    | { readonly type: "destination-deleted" | "destination-added"; readonly destination: IpvsDestination }
    | { readonly type: "destination-edited"; readonly is: IpvsDestination; readonly was: IpvsDestination };
}

function* differences(
  installed: Installed,
  { service, destinations }: ServiceState,
): Iterable<ForeignChange["what"]> {
  if (!installed.isOtherwise && !sameService(installed.service, service))
    yield { type: "edited", is: service, was: installed.service };
  const missing = new Map(installed.destinations);
  for (const is of destinations) {
    const was = missing.get(destinationText(is));
    missing.delete(destinationText(is));
    if (!was) yield { type: "destination-added", destination: is };
    else if (was.weight >= 0 && !sameDestination(was, is)) yield { type: "destination-edited", is, was };
  }
  for (const destination of missing.values()) yield { type: "destination-deleted", destination };
}

/** Commands from what is to what ought to be: pool first grown, then shrunk, so that it never stands empty. */
function bring(installed: Installed, { service, destinations }: ServiceState): IpvsCommand[] {
  const { key } = service;
  const commands: IpvsCommand[] = [];
  if (installed.isOtherwise || !sameService(installed.service, service))
    commands.push({ type: "edit-service", service });
  installed.service = service;
  delete installed.isOtherwise;
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
