/**
 * Servers for directors of a lab: a host that answers on every address there is. Their health is a matter between them
 * and each director: a route says whether they are reached, and the farm is told whom to answer badly.
 */
import { fileURLToPath } from "node:url";
import type { Host, Lab, Switch } from "../lab/netns.ts";
import { execute, type LabProcess } from "../lab/process.ts";
import type { Step } from "./case.ts";

type Behaviour = Extract<Step, { type: "server" }>["behaviour"];

const PROGRAM = fileURLToPath(new URL("./server-farm-process.mjs", import.meta.url));

/** The farm's networks, the number of its host in them, and of one that nobody has. */
const NETWORK = { 4: "100.64.0.", 6: "2001:db8:ffff::" } as const;
const FARM = "254";
const NOBODY = "253";
const FAMILIES = [4, 6] as const;

/** Runs a command in a host as `Host.exec` does, without /sys of its own: processes are dear in the guest. */
export function within(host: Host, command: readonly string[], input?: string): string {
  return execute(["nsenter", `--net=/run/netns/${host.namespace}`, ...command], input);
}

/** Many commands of `ip` at once. */
function configure(host: Host, ...commands: readonly string[]): void {
  within(host, ["ip", "-batch", "-"], commands.join("\n"));
}

const addresses = (number: string) => [
  `address add ${NETWORK[4]}${number}/24 dev eth0`,
  `address add ${NETWORK[6]}${number}/64 dev eth0 nodad`,
];

/** The farm, and the wire that directors are connected to. */
export class ServerFarm {
  readonly #lab: Lab;
  readonly #wire: Switch;
  readonly #process: LabProcess;
  readonly #sick = new Set<string>();
  #directors = 0;

  private constructor(lab: Lab, wire: Switch, process: LabProcess) {
    this.#lab = lab;
    this.#wire = wire;
    this.#process = process;
  }

  /** Builds the host; `listeners` as server-farm-process.mjs has them, those of datagrams with their addresses. */
  static async start(lab: Lab, listeners: readonly string[]): Promise<ServerFarm> {
    const wire = lab.switch("wire");
    const host = lab.host("farm", { ipv6: true });
    wire.connect(host, "eth0");
    // Every address is one of its own.
    const own = ["0.0.0.0/0", "::/0"].map((all) => `route add local ${all} dev lo table main`);
    configure(host, ...addresses(FARM), ...own);
    for (const family of FAMILIES) host.sysctl(`net/ipv${family}/ip_nonlocal_bind`, 1);
    const [key, certificate] = [lab.path("farm.key"), lab.path("farm.pem")];
    const make = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    execute(["openssl", ...make, "-keyout", key, "-out", certificate, "-subj", "/CN=lab", "-days", "2"]);
    const process_ = host.spawn([process.execPath, PROGRAM, key, certificate, ...listeners], { ipc: true });
    await process_.waitFor("ready", 60_000);
    return new ServerFarm(lab, wire, process_);
  }

  /** A director's place: everything it does not know is with the farm. */
  director(name: string): Place {
    this.#directors += 1;
    const number = String(this.#directors);
    const host = this.#lab.host(name, { ipv6: true });
    this.#wire.connect(host, "eth0");
    // Directors hear the farm and not each other: the farm has the first port.
    const port = `port${this.#directors + 1}`;
    this.#wire.exec("ip", "link", "set", port, "type", "bridge_slave", "isolated", "on");
    configure(
      host,
      ...addresses(number),
      ...FAMILIES.map(
        (family) => `route add ${family === 4 ? "0.0.0.0/0" : "::/0"} via ${NETWORK[family]}${FARM}`,
      ),
      ...FAMILIES.map(
        (family) => `neighbour add ${NETWORK[family]}${NOBODY} lladdr 02:00:00:00:00:fd dev eth0`,
      ),
    );
    return new Place(
      host,
      (server, sick) => this.#setSick(number, server, sick),
      () => this.#assertRunning(),
    );
  }

  /** Without the farm all servers are down, for both programs alike, and whatever is compared is the same. */
  #assertRunning(): void {
    if (!this.#process.running) throw new Error(`the server farm has ended:\n${this.#process.log}`);
  }

  #setSick(director: string, server: string, sick: boolean): void {
    const client = `${NETWORK[server.includes(":") ? 6 : 4]}${director}`;
    if (sick) this.#sick.add(`${client} ${server}`);
    else this.#sick.delete(`${client} ${server}`);
    this.#process.send({ sick: [...this.#sick] });
  }
}

/** Where a director runs, and the servers as they look from there. */
export class Place {
  readonly host: Host;
  readonly #setSick: (server: string, sick: boolean) => void;
  readonly #assertRunning: () => void;
  readonly #ailing = new Map<string, Behaviour>();

  constructor(host: Host, setSick: (server: string, sick: boolean) => void, assertRunning: () => void) {
    this.host = host;
    this.#setSick = setSick;
    this.#assertRunning = assertRunning;
  }

  /** Changes how the servers of these addresses behave towards this director. */
  setHealth(behaviour: Behaviour, servers: readonly string[]): void {
    const commands = servers.flatMap((server) => {
      const before = this.#ailing.get(server) ?? "up";
      this.#ailing.set(server, behaviour);
      if (before === "sick") this.#setSick(server, false);
      if (behaviour === "sick") this.#setSick(server, true);
      return [...routeOf(server, before, "del"), ...routeOf(server, behaviour, "add")];
    });
    if (commands.length > 0) configure(this.host, ...commands);
  }

  /** Servers well, table empty. Throws when there have been no servers: the farm has ended. */
  reset(): void {
    this.#assertRunning();
    this.setHealth("up", [...this.#ailing.keys()]);
    this.#ailing.clear();
    within(this.host, ["ipvsadm", "-C"]);
  }
}

/** The command for the route that makes a server behave so. */
function routeOf(server: string, behaviour: Behaviour, verb: "add" | "del"): string[] {
  const family = server.includes(":") ? 6 : 4;
  // What is local has no listener: connections are refused.
  if (behaviour === "down") return [`route ${verb} local ${server} dev lo`];
  return behaviour === "silent" ? [`route ${verb} ${server} via ${NETWORK[family]}${NOBODY}`] : [];
}
