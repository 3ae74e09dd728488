import { ERRNO } from "../../wire/errno.ts";
import { GENL_ID_CTRL, readFamily, writeGetFamily } from "../../wire/genetlink.ts";
import {
  IPVS_FAMILY,
  readDestination,
  readService,
  writeDestinationDump,
  writeIpvsCommand,
  writeIpvsFlush,
  writeServiceDump,
} from "../../wire/ipvs.ts";
import {
  readDaemon,
  readTimeouts,
  writeDaemonDump,
  writeDeleteDaemon,
  writeGetTimeouts,
  writeNewDaemon,
  writeTimeouts,
} from "../../wire/ipvs-settings.ts";
import type {
  IpvsCommand,
  IpvsDaemon,
  IpvsServiceEntry,
  IpvsServiceKey,
  IpvsTimeouts,
} from "../../wire/ipvs-types.ts";
import { kernelError } from "../errors.ts";
import type { IpvsPort, KernelError } from "../ports.ts";
import { loadModule } from "./modules.ts";
import type { NetlinkSocket } from "./netlink-socket.ts";

/** What a command is about, for its error. */
function describe(command: IpvsCommand): string {
  const key = "service" in command ? command.service.key : command.key;
  const service = describeKey(key);
  const operation = `IPVS ${command.type.replace("-", " ")}`;
  if (!("destination" in command)) return `${operation} ${service}`;
  const { address, port } = command.destination;
  return `${operation} ${joinPort(address, port)} of ${service}`;
}

const joinPort = (address: string, port: number) =>
  address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;

function describeKey(key: IpvsServiceKey): string {
  return key.type === "fwmark" ? `fwmark ${key.fwmark}` : joinPort(key.address, key.port);
}

/** IPVS over generic netlink. The family is looked up, and its module loaded, at the first use. */
export class LinuxIpvs implements IpvsPort {
  readonly #generic: () => NetlinkSocket;
  #family: number | undefined;

  constructor(generic: () => NetlinkSocket) {
    this.#generic = generic;
  }

  list(): IpvsServiceEntry[] {
    const family = this.#resolve();
    const services = this.#generic().dump("list IPVS services", family, writeServiceDump, ({ payload }) =>
      readService(payload),
    );
    const entries: IpvsServiceEntry[] = [];
    for (const service of services) {
      const destinations = this.#generic().dump(
        "list IPVS destinations",
        family,
        (writer) => writeDestinationDump(writer, service.key),
        ({ payload }) => readDestination(payload, service.key),
      );
      entries.push({ ...service, destinations });
    }
    return entries;
  }

  apply(commands: readonly IpvsCommand[]): (KernelError | undefined)[] {
    if (commands.length === 0) return [];
    const errors = this.#generic().pipeline(commands.length, "IPVS", this.#resolve(), 0, (writer, index) => {
      const command = commands[index];
      if (command) writeIpvsCommand(writer, command);
    });
    return commands.map((command, index) => {
      const errno = errors[index] ?? 0;
      return errno === 0 ? undefined : kernelError(describe(command), errno);
    });
  }

  flush(): void {
    this.#generic().execute("flush IPVS", this.#resolve(), 0, writeIpvsFlush);
  }

  daemons(): IpvsDaemon[] {
    return this.#generic().dump("list IPVS daemons", this.#resolve(), writeDaemonDump, ({ payload }) =>
      readDaemon(payload),
    );
  }

  startDaemon(daemon: IpvsDaemon): void {
    this.#generic().execute(`start IPVS ${daemon.state} daemon`, this.#resolve(), 0, (writer) =>
      writeNewDaemon(writer, daemon),
    );
  }

  stopDaemon(daemon: IpvsDaemon): void {
    this.#generic().execute(`stop IPVS ${daemon.state} daemon`, this.#resolve(), 0, (writer) =>
      writeDeleteDaemon(writer, daemon),
    );
  }

  timeouts(): IpvsTimeouts {
    const answer = this.#generic().query(
      "read IPVS timeouts",
      this.#resolve(),
      writeGetTimeouts,
      ERRNO.ENOENT,
    );
    return answer ? readTimeouts(answer.payload) : { tcp: 0, tcpfin: 0, udp: 0 };
  }

  setTimeouts(timeouts: Partial<IpvsTimeouts>): void {
    this.#generic().execute("set IPVS timeouts", this.#resolve(), 0, (writer) =>
      writeTimeouts(writer, timeouts),
    );
  }

  #resolve(): number {
    this.#family ??= this.#lookUp() ?? (loadModule("ip_vs") ? this.#lookUp() : undefined);
    if (this.#family === undefined) throw kernelError("find IPVS in the kernel", ERRNO.ENOPROTOOPT);
    return this.#family;
  }

  #lookUp(): number | undefined {
    const answer = this.#generic().query(
      "find IPVS in the kernel",
      GENL_ID_CTRL,
      (writer) => writeGetFamily(writer, IPVS_FAMILY),
      ERRNO.ENOENT,
    );
    return answer && readFamily(answer.payload)?.id;
  }
}
