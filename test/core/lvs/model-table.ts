import { isDeepStrictEqual } from "node:util";
import { keyText } from "../../../src/core/lvs/services.ts";
import { ERRNO } from "../../../src/wire/errno.ts";
import type {
  IpvsCommand,
  IpvsDestination,
  IpvsService,
  IpvsServiceEntry,
  IpvsServiceKey,
} from "../../../src/wire/ipvs-types.ts";

const NO_STATS = { connections: 0n, inPackets: 0n, outPackets: 0n, inBytes: 0n, outBytes: 0n };

/** The kernel's table by its rules: adds nothing twice, edits and deletes nothing that is not there. Throws when asked to. */
export class ModelTable {
  readonly services = new Map<string, { service: IpvsService; destinations: Map<string, IpvsDestination> }>();

  apply(command: IpvsCommand): void {
    switch (command.type) {
      case "add-service":
        this.refuse(this.services.has(keyText(command.service.key)), command);
        this.services.set(keyText(command.service.key), {
          service: command.service,
          destinations: new Map(),
        });
        break;
      case "edit-service": {
        const entry = this.entry(command.service.key, command);
        this.refuse(isDeepStrictEqual(entry.service, command.service), command);
        entry.service = command.service;
        break;
      }
      case "delete-service":
        this.refuse(!this.services.delete(keyText(command.key)), command);
        break;
      default:
        this.changeDestination(command);
    }
  }

  private changeDestination(command: Extract<IpvsCommand, { destination: unknown }>): void {
    const { destinations } = this.entry(command.key, command);
    const text = `${command.destination.address} ${command.destination.port}`;
    const present = destinations.get(text);
    this.refuse((present === undefined) !== (command.type === "add-destination"), command);
    if (command.type === "delete-destination") destinations.delete(text);
    else {
      this.refuse(isDeepStrictEqual(present, command.destination), command);
      destinations.set(text, command.destination);
    }
  }

  private entry(key: IpvsServiceKey, command: IpvsCommand) {
    const entry = this.services.get(keyText(key));
    if (!entry) throw new Error(`no such service: ${JSON.stringify(command)}`);
    return entry;
  }

  /** The kernel's refusal of a command that takes the table for another one; 0 where it takes it. */
  errno(command: IpvsCommand): number {
    const entry = this.services.get(keyText("service" in command ? command.service.key : command.key));
    if (command.type === "add-service") return entry ? ERRNO.EEXIST : 0;
    if (!entry) return ERRNO.ESRCH;
    if (!("destination" in command)) return 0;
    const { address, port } = command.destination;
    const present = entry.destinations.has(`${address} ${port}`);
    if (command.type === "add-destination") return present ? ERRNO.EEXIST : 0;
    return present ? 0 : ERRNO.ENOENT;
  }

  private refuse(condition: boolean, command: IpvsCommand): void {
    if (condition) throw new Error(`refused: ${JSON.stringify(command)}`);
  }

  /** As the port lists it. */
  list(): IpvsServiceEntry[] {
    return Array.from(this.services.values(), ({ service, destinations }) => ({
      ...service,
      stats: NO_STATS,
      destinations: Array.from(destinations.values(), (destination) => ({
        ...destination,
        activeConnections: 0,
        inactiveConnections: 0,
        persistentConnections: 0,
        stats: NO_STATS,
      })),
    }));
  }

  /** Like `ipvsadm -Sn`, a line each, sorted: `6 10.0.0.1 80 wlc`, `6 10.0.0.1 80 -> 10.0.1.1:80 m 1`. */
  lines(): string[] {
    const forwards = { 0: "m", 2: "i", 3: "g" };
    return [...this.services]
      .flatMap(([key, { service, destinations }]) => [
        `${key} ${service.scheduler}${service.flags & 1 ? ` -p ${service.timeout}` : ""}${service.flags & 4 ? " -o" : ""}`,
        ...Array.from(
          destinations.values(),
          ({ address, port, forward, weight }) =>
            `${key} -> ${address}:${port} ${forwards[forward]} ${weight}`,
        ),
      ])
      .sort();
  }
}
