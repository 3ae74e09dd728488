import fc from "fast-check";
import type { Kind } from "../../src/schema/kind.ts";
import { textOf } from "../schema/samples.ts";
import type { Random } from "./random.ts";

/** The interfaces that the lab makes; anything else does not exist. */
export const INTERFACES = ["eth0", "eth1", "eth2", "eth3"] as const;

/** How many objects of each sort a configuration defines; what refers to them picks among their names. */
export interface Names {
  readonly scripts: readonly string[];
  readonly files: readonly string[];
  readonly processes: readonly string[];
  readonly bfds: readonly string[];
  readonly groups: readonly string[];
  readonly services: readonly string[];
  readonly instances: readonly string[];
}

/** `PREFIX1`, `PREFIX2` …: up to `most`. */
function some(random: Random, prefix: string, most: number): string[] {
  return Array.from({ length: random.below(most + 1) }, (_, index) => `${prefix}${index + 1}`);
}

export function someNames(random: Random): Names {
  const seldom = (prefix: string): string[] => (random.percent(30) ? some(random, prefix, 2) : []);
  return {
    scripts: seldom("chk_"),
    files: seldom("file_"),
    processes: seldom("proc_"),
    bfds: seldom("bfd_"),
    groups: seldom("tg_"),
    services: seldom("vsg_"),
    instances: some(random, "VI_", 3),
  };
}

/** Now and then a name that nothing has. */
function reference(random: Random, names: readonly string[]): string | undefined {
  if (random.percent(3)) return "nobody_has_this";
  return names.length === 0 ? undefined : random.pick(names);
}

const someInterface = (random: Random): string =>
  random.percent(3) ? random.pick(["eth9", "an_interface_with_a_long_name"]) : random.pick(INTERFACES);

const COMMANDS = [
  '"/bin/true"',
  "/bin/true",
  '"/bin/true a b"',
  "/usr/bin/env root",
  '"/bin/sh -c true" root',
];

/** Values by the name of their kind that have to fit the rest of the configuration or the host; undefined: leave out. */
const FITTING: Readonly<Record<string, (random: Random, names: Names) => string | undefined>> = {
  interface: someInterface,
  "script [user [group]]": (random) => random.pick(COMMANDS),
  "[script [user [group]]]": (random) => random.pick(COMMANDS),
  "user [group]": (random) => random.pick(["root", "root root"]),
  "script [weight NUMBER [reverse]]": (random, { scripts }) => weighted(random, reference(random, scripts)),
  "file [weight NUMBER [reverse]]": (random, { files }) => weighted(random, reference(random, files)),
  "process [weight NUMBER [reverse]]": (random, { processes }) =>
    weighted(random, reference(random, processes)),
  "bfd [weight NUMBER [reverse]]": (random, { bfds }) => weighted(random, reference(random, bfds)),
  "interface [weight NUMBER [reverse]]": (random) => weighted(random, someInterface(random)),
  // What quotes do is compared by the recorded cases of fixtures/source/reference.
  word: (random) => random.pick(["alpha", "b-2", "some.name", "x_1"]),
  "IP address": (random) => (random.percent(3) ? "2001:db8::1" : `10.1.0.${random.between(1, 250)}`),
};

function weighted(random: Random, name: string | undefined): string | undefined {
  if (name === undefined || random.percent(60)) return name;
  return `${name} weight ${random.between(-20, 20)}`;
}

/** Addresses of few networks, so that they meet again. */
const address = (random: Random): string =>
  random.percent(75)
    ? `10.0.${random.below(3)}.${random.between(1, 30)}`
    : `2001:db8::${random.between(1, 30).toString(16)}`;

/** Values by the path of their keyword. */
const BY_PATH: Readonly<Record<string, (random: Random, names: Names) => string | undefined>> = {
  // How many there are is a matter of the host.
  "global_defs/bfd_cpu_affinity": () => "0",
  "global_defs/checker_cpu_affinity": () => "0",
  "global_defs/vrrp_cpu_affinity": () => "0",
  // MAC addresses, groups and messages are newer than 2.2.7.
  "vrrp_instance/use_ipvlan": (random) =>
    random.pick(["", "ipv1", "10.0.0.77", "ipv1 10.0.0.77 bridge", "eth3 vepa"]),
  "vrrp_instance/use_vmac": (random) => random.pick(["", "vmac1", "vmac2", "eth3", "a_name_of_a_long_vmac"]),
  "vrrp_sync_group/group": (random, { instances }) => reference(random, instances),
  "vrrp_instance/track_group": (random, { groups }) => reference(random, groups),
  "track_group/group": (random, { instances }) => reference(random, instances),
  "virtual_server/real_server/BFD_CHECK/name": (random, { bfds }) => reference(random, bfds),
  "vrrp_instance/virtual_ipaddress": (random) =>
    `10.0.0.${random.between(1, 30)}${random.pick(["", "/24", "/32", " dev eth1", "/24 dev eth0 label eth0:1"])}`,
  "vrrp_instance/virtual_router_id": (random) => String(random.between(1, 40)),
  "vrrp_instance/unicast_peer": (random) => `10.0.9.${random.between(1, 9)}`,
  "vrrp_instance/unicast_src_ip": () => "10.0.9.10",
  // Fractions of a second, and the type none, are newer than 2.2.7.
  "vrrp_script/interval": (random) => String(random.between(1, 60)),
  "vrrp_script/timeout": (random) => String(random.between(1, 60)),
  "vrrp_instance/authentication/auth_type": (random) => random.pick(["PASS", "AH"]),
  "virtual_server/virtualhost": () => "www.example.com",
  "global_defs/default_interface": someInterface,
};

/** The header of a virtual or real server. */
export function serviceHeader(random: Random, { services }: Names): string {
  const port = random.pick([80, 443, 8080, 53]);
  if (services.length > 0 && random.percent(30)) return `group ${random.pick(services)}`;
  if (random.percent(15)) return `fwmark ${random.between(1, 9)}`;
  return `${address(random)} ${port}`;
}

export function serverHeader(random: Random): string {
  const family = random.percent(93) ? `192.168.${random.below(2)}.${random.between(1, 30)}` : address(random);
  return `${family} ${random.pick([80, 443, 8080])}`;
}

/** Words for a keyword; undefined when it needs something that the configuration does not define. */
export function valueFor(
  path: string,
  kind: Kind<unknown>,
  random: Random,
  names: Names,
): string | undefined {
  const fitting = BY_PATH[path] ?? FITTING[kind.name];
  if (fitting) return fitting(random, names);
  return fc.sample(textOf(kind), { seed: random.next() | 0, numRuns: 1 })[0] ?? "";
}
