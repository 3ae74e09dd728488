/**
 * What the machine offers the test groups: network namespaces, the User Mode Linux guest, keepalived.
 *
 * A capability is probed by doing the thing, not by looking for its name. `scripts/test.mjs` asks once
 * to decide which groups run; tests ask only for what a group does not guarantee.
 */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { VRRPD } from "./frr.ts";

export const CAPABILITIES = ["netns", "uml", "keepalived", "tshark", "frr", "ipvs", "nft", "peers"] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** Present, or absent with one line saying what is missing and what to do. */
export type Probe = { readonly present: true } | { readonly present: false; readonly why: string };

const PRESENT: Probe = { present: true };
const absent = (why: string): Probe => ({ present: false, why });

/** The executable of that path, or the first of that name on PATH or in the system directories; undefined when there is none. */
export function findProgram(name: string): string | undefined {
  if (name.startsWith("/")) return isExecutable(name) ? name : undefined;
  const directories = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/sbin", "/usr/bin", "/bin"];
  return directories
    .filter((path) => path !== "")
    .map((directory) => join(directory, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Run first in every isolated network namespace: an empty /run, so that `ip netns` has its own names
 * and temporary files vanish too.
 * The shell stays as process 1 and reaps: a zombie whose pid file stands would pass for a running daemon.
 */
const SETUP = [
  "set -e",
  "mount -t tmpfs -o mode=755 tmpfs /run",
  "mkdir -p /run/netns /run/lock /run/tmp",
  "export TMPDIR=/run/tmp",
  "ip link set lo up",
  "set +e",
  '"$@"',
  "exit $?",
].join("\n");

/** Done once to see that a machine can host a lab. */
const REHEARSAL =
  "set -e; ip netns add probe; ip link add left type veth peer name right netns probe; " +
  "ip link add switch type bridge; ip link set left master switch; ip -n probe addr add 192.0.2.1/24 dev right; " +
  "ip netns exec probe true";

const SPACES = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];

/**
 * The command line that runs `command` in fresh network, mount and process namespaces, with a new
 * user namespace where `user` says so. Nothing it does to the network reaches the machine, and
 * everything it started dies with it.
 */
function isolated(user: boolean, command: readonly string[]): string[] {
  const spaces = user ? ["--user", "--map-root-user", ...SPACES] : SPACES;
  const dieTogether = ["setpriv", "--pdeathsig", "KILL"];
  return [...dieTogether, "unshare", ...spaces, "--", "sh", "-c", SETUP, "lab", ...command];
}

/** How this machine isolates a command: as root, in a user namespace, or not at all and why. */
export type Isolation =
  | { readonly present: true; readonly wrap: (command: readonly string[]) => string[] }
  | { readonly present: false; readonly why: string };

/** Tries network namespaces as root, then with a user namespace. About 100 ms. */
export function probeIsolation(): Isolation {
  for (const program of ["ip", "unshare", "setpriv"]) {
    if (findProgram(program) === undefined) {
      return { present: false, why: `${program} is not installed (apt-get install iproute2 util-linux)` };
    }
  }
  let why = "unshare failed";
  for (const user of process.getuid?.() === 0 ? [false, true] : [true]) {
    const [program = "", ...args] = isolated(user, ["sh", "-c", REHEARSAL]);
    const tried = spawnSync(program, args, { encoding: "utf8", timeout: 20_000 });
    if (tried.status === 0) return { present: true, wrap: (command) => isolated(user, command) };
    why = tried.stderr.trim().split("\n").at(-1) || why;
  }
  return { present: false, why: `network namespaces are not allowed here (${why})` };
}

function probeProgram(program: string, name: string): Probe {
  if (findProgram(program) !== undefined) return PRESENT;
  return absent(`${program} is not installed (apt-get install ${name})`);
}

function probeGuest(): Probe {
  const installed = probeProgram("linux.uml", "user-mode-linux");
  if (!installed.present) return installed;
  return probeProgram("modprobe", "kmod");
}

/** Servers of other people for the checkers: web, mail and names. */
function probePeers(): Probe {
  const probes = ["nginx", "postfix", "unbound"].map((program) =>
    probeProgram(program, program === "nginx" ? "nginx-light" : program),
  );
  return probes.find(({ present }) => !present) ?? PRESENT;
}

/** Whether the kernel this process runs on has IPVS: true in the guest, seldom in a container. */
function probeIpvs(): Probe {
  try {
    accessSync("/proc/net/ip_vs", constants.R_OK);
    return PRESENT;
  } catch {
    return absent("this kernel has no IPVS (modprobe ip_vs)");
  }
}

/** Probes one capability; never throws. */
export function probe(capability: Capability): Probe {
  switch (capability) {
    case "netns": {
      const isolation = probeIsolation();
      return isolation.present ? PRESENT : isolation;
    }
    case "uml":
      return probeGuest();
    case "keepalived":
      return probeProgram("keepalived", "keepalived");
    case "nft":
      return probeProgram("nft", "nftables");
    case "tshark":
      return probeProgram("tshark", "tshark");
    case "frr":
      return probeProgram(VRRPD, "frr");
    case "ipvs":
      return probeIpvs();
    case "peers":
      return probePeers();
  }
}

/** The capabilities named by HOLDFAST_REQUIRE (a comma list); throws on a name that is none. */
export function requiredCapabilities(value = process.env.HOLDFAST_REQUIRE ?? ""): Set<Capability> {
  const names = value.split(/[\s,]+/).filter((name) => name !== "");
  return new Set(
    names.map((name) => {
      const known = CAPABILITIES.find((capability) => capability === name);
      if (known === undefined) {
        throw new Error(`HOLDFAST_REQUIRE: no capability "${name}"; there are ${CAPABILITIES.join(", ")}`);
      }
      return known;
    }),
  );
}
