/**
 * Runs the demo inside namespaces of its own: network, mounts and processes, and a user namespace where this user is
 * not root. All that it makes is inside, so all of it is gone when the process inside ends, however it ends.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

const DAEMON = fileURLToPath(new URL("../dist/holdfast.cjs", import.meta.url));
const INSIDE = fileURLToPath(new URL("./inside.mjs", import.meta.url));
const MEMORY = fileURLToPath(new URL("./in-memory.mjs", import.meta.url));

const NAMESPACES = ["--net", "--mount", "--pid", "--fork", "--kill-child"];
/** Ways in, the best first; containers refuse some. */
const WAYS = [
  [...NAMESPACES, "--mount-proc"],
  ["--user", "--map-root-user", ...NAMESPACES, "--mount-proc"],
  ["--user", "--map-root-user", ...NAMESPACES],
];

/** What has to work inside: a tmpfs for the names of namespaces, a pair of interfaces, and a namespace with a name. */
const PROBE =
  "mount -t tmpfs none /run && ip link add probe type veth peer name eborp && ip netns add probe && nsenter --net=/run/netns/probe true";

/** The arguments of unshare that work here, or why none do. */
function wayIn() {
  let problem = "";
  for (const way of WAYS) {
    const done = spawnSync("unshare", [...way, "sh", "-c", PROBE], { encoding: "utf8" });
    if (done.status === 0) return { way };
    problem ||= done.error?.message ?? done.stderr.trim().split("\n").at(-1) ?? "";
  }
  return { problem };
}

/** Runs the demo to its end; the exit status. */
export async function enter() {
  if (!existsSync(DAEMON)) {
    console.error("dist/holdfast.cjs is missing: run npm ci (or npm run build) first");
    return 1;
  }
  const { way, problem } = wayIn();
  const command = way ? ["unshare", ...way, process.execPath, INSIDE] : [process.execPath, MEMORY, problem];
  return run(command);
}

/** The child sees descriptor 3 end when this process does, even by SIGKILL, and ends too. */
function run([program, ...args]) {
  // A group of its own: an interrupt from the terminal comes to this process alone, which passes it on once.
  const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit", "pipe"], detached: true });
  let interrupted = 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => {
      interrupted = constants.signals[signal];
      child.stdio[3].destroy();
    });
  return new Promise((resolve) => {
    child.once("error", (error) => {
      console.error(`${program}: ${error.message}`);
      resolve(1);
    });
    child.once("exit", (status) => resolve(interrupted ? 128 + interrupted : (status ?? 1)));
  });
}
