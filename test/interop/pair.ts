/** Two routers and one virtual router between them: the stage of every failover scenario. */
import { Capture } from "../lab/capture.ts";
import { HOLDFAST } from "../lab/holdfast.ts";
import { KEEPALIVED } from "../lab/keepalived.ts";
import { type Host, Lab, type Link } from "../lab/netns.ts";
import { Router, type RouterProgram } from "../lab/router.ts";

const PROGRAMS: Readonly<Record<string, RouterProgram>> = { holdfast: HOLDFAST, keepalived: KEEPALIVED };

/** A VRRP configuration that both routers share. */
export interface Variant {
  readonly title: string;
  readonly version: 2 | 3;
  /** Advertisement interval in microseconds. */
  readonly interval: number;
  readonly unicast: boolean;
  /** Simple password, version 2 only. */
  readonly password?: string;
}

export const VARIANTS: readonly Variant[] = [
  { title: "v2 PASS, multicast, 1 s", version: 2, interval: 1_000_000, unicast: false, password: "s3cret" },
  { title: "v2 PASS, unicast, 1 s", version: 2, interval: 1_000_000, unicast: true, password: "s3cret" },
  { title: "v3, multicast, 0.1 s", version: 3, interval: 100_000, unicast: false },
  { title: "v3, unicast, 0.2 s", version: 3, interval: 200_000, unicast: true },
];

export const VRID = 51;
export const ADDRESSES = ["192.0.2.100", "192.0.2.101"] as const;
export const MULTICAST_GROUP = "224.0.0.18";

/** The preferred router and the other one, by program; the preferred one has the higher priority. */
export interface Programs {
  readonly preferred: RouterProgram;
  readonly other: RouterProgram;
}

/**
 * Both ways round. HOLDFAST_INTEROP_PAIRS, such as `keepalived/keepalived`, names other pairs: to see
 * whether a failure is the scenario's.
 */
export const PAIRS: readonly Programs[] = (
  process.env.HOLDFAST_INTEROP_PAIRS ?? "holdfast/keepalived,keepalived/holdfast"
)
  .split(",")
  .map((pair) => {
    const [preferred, other] = pair.split("/").map((name) => PROGRAMS[name]);
    if (preferred === undefined || other === undefined) throw new Error(`HOLDFAST_INTEROP_PAIRS: ${pair}`);
    return { preferred, other };
  });

/** Before everybody else when its time comes, on a machine with other things to do, too: what is measured is the protocol. */
export const PROMPT = "global_defs {\n  vrrp_priority -20\n}\n";

/** One end of the pair. */
export interface End {
  readonly host: Host;
  readonly link: Link;
  readonly router: Router;
  /** Its own address, the source of its adverts. */
  readonly address: string;
  readonly priority: number;
  readonly mac: string;
}

export interface Pair {
  readonly lab: Lab;
  readonly preferred: End;
  readonly other: End;
  readonly capture: Capture;
}

/** Both routers' configuration file; `nopreempt` needs both to start as backups. */
function configuration(
  variant: Variant,
  end: { address: string; peer: string; priority: number },
  preempt: boolean,
) {
  const unicast = [`unicast_src_ip ${end.address}`, `unicast_peer {\n    ${end.peer}\n  }`];
  const authentication = `authentication {\n    auth_type PASS\n    auth_pass ${variant.password}\n  }`;
  const lines = [
    "state BACKUP",
    "interface eth0",
    `virtual_router_id ${VRID}`,
    `priority ${end.priority}`,
    `version ${variant.version}`,
    `advert_int ${variant.interval / 1_000_000}`,
    ...(preempt ? [] : ["nopreempt"]),
    ...(variant.unicast ? unicast : []),
    ...(variant.password === undefined ? [] : [authentication]),
    `virtual_ipaddress {\n    ${ADDRESSES.map((address) => `${address}/24`).join("\n    ")}\n  }`,
  ];
  return `${PROMPT}vrrp_instance VI_1 {\n  ${lines.join("\n  ")}\n}\n`;
}

/** Builds the network and prepares, but does not start, both routers; the capture runs. */
export async function buildPair(programs: Programs, variant: Variant, preempt: boolean): Promise<Pair> {
  const lab = new Lab();
  try {
    const wire = lab.switch();
    const end = (name: keyof Programs, address: string, peer: string, priority: number): End => {
      const host = lab.host(name);
      const link = wire.connect(host, "eth0", [`${address}/24`]);
      const config = configuration(variant, { address, peer, priority }, preempt);
      const router = new Router(lab, host, programs[name], config);
      const mac = host.exec("cat", "/sys/class/net/eth0/address").trim();
      return { host, link, router, address, priority, mac };
    };
    const preferred = end("preferred", "192.0.2.1", "192.0.2.2", 150);
    const other = end("other", "192.0.2.2", "192.0.2.1", 100);
    return { lab, preferred, other, capture: await Capture.start(lab, wire) };
  } catch (error) {
    await lab.dispose();
    throw error;
  }
}

/** Starts both; returns when the preferred one is master, the other backup, and a few adverts have passed. */
export async function startPair({ preferred, other }: Pair, variant: Variant): Promise<void> {
  preferred.router.start();
  await preferred.router.waitForState("VI_1", "MASTER");
  other.router.start();
  await other.router.waitForState("VI_1", "BACKUP");
  await intervals(variant, 2.5);
}

/** Waits as long as that many advertisement intervals. */
export async function intervals(variant: Variant, count: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, (variant.interval * count) / 1000));
}
