/** The demo where namespaces are forbidden: `in-memory.mjs WHY`. Routers on kernels in memory, web servers for real. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadTypeScript } from "../scripts/load-typescript.mjs";
import { compile, health, now, tellGap } from "./chapters.mjs";
import { holdfast, ROOT, showCommand } from "./holdfast.mjs";
import { chapter, good, seconds, show, tell } from "./story.mjs";
import { endAll, Running, until } from "./world.mjs";

const VIP = "10.80.0.100";
const SECOND_VIP = "10.80.0.101";
const FILE = "fixtures/demo/memory.conf";
const NEXT = "fixtures/demo/memory-next.conf";

const work = mkdtempSync(join(tmpdir(), "holdfast-demo-"));
process.on("exit", () => {
  endAll();
  rmSync(work, { recursive: true, force: true });
});
// Whoever started us holds the other end, and closes it to end us.
new Socket({ fd: 3 })
  .on("error", () => process.exit(1))
  .on("close", () => process.exit(130))
  .resume();

async function startWeb(number) {
  const script = fileURLToPath(new URL("./web-server.mjs", import.meta.url));
  const web = new Running(process.execPath, [script, `127.80.1.${10 + number}`, "8080", `web-${number}`]);
  await web.line(/listening/);
  return web;
}

function startPool() {
  const config = `${work}/right.conf`;
  copyFileSync(`${ROOT}/${FILE}`, config);
  const pids = ["-p", `${work}/parent.pid`, "-c", `${work}/checkers.pid`];
  const [program, ...args] = holdfast(
    "run",
    "-n",
    "-l",
    "-C",
    "--kernel",
    "memory",
    "-f",
    config,
    "-i",
    "right",
    ...pids,
  );
  return { config, daemon: new Running(program, args) };
}

async function failOver(left, right) {
  chapter("The master dies");
  left.kill();
  const died = now();
  tell("left: gone from one moment to the next. Nothing said goodbye.");
  await until(`right at ${VIP}`, () => right.holds(VIP) && right.isReachedAt(VIP));
  good(`right holds ${VIP}; frames to it go to right`);
  tellGap(now() - died);
}

async function reload(right, pool) {
  chapter("A reload, read before it happens");
  showCommand(["diff", FILE, NEXT, "-i", "right"]);
  const since = pool.daemon.lines.length;
  const mark = right.lines.length;
  copyFileSync(`${ROOT}/${NEXT}`, pool.config);
  pool.daemon.child.kill("SIGHUP");
  right.reload(`${ROOT}/${NEXT}`);
  tell("right: SIGHUP");
  await until(SECOND_VIP, () => right.isReachedAt(SECOND_VIP));
  good(`right holds ${SECOND_VIP}`);
  show(await pool.daemon.line(/\[127\.80\.1\.13\]:tcp:8080 success/, { since }));
  good("web-3 is in the pool");
  const moved = right.lines.slice(mark).find((line) => /Entering (BACKUP|FAULT) STATE/.test(line));
  if (moved) throw new Error(`the reload moved the instance: ${moved}`);
  good("right stayed master all the time");
}

async function main() {
  chapter("Two routers, one address, a pool of servers: in memory");
  tell(`Namespaces are not to be had here (${process.argv[2] || "no reason given"}).`);
  tell(
    "So everything runs on the memory kernel: links, addresses, adverts and the IPVS table are the daemon's own,",
  );
  tell("in memory. Web servers, and the checkers' connections to them, are real.");
  const { createNetwork, Router } = await loadTypeScript(
    fileURLToPath(new URL("./memory-pair.ts", import.meta.url)),
  );
  compile(FILE);
  chapter("Both routers run");
  const webs = await Promise.all([1, 2, 3].map(startWeb));
  const network = createNetwork();
  const [left, right] = ["left", "right"].map(
    (id, index) => new Router(network, id, index + 2, `${ROOT}/${FILE}`),
  );
  const pool = startPool();
  await until(`left at ${VIP}`, () => left.holds(VIP) && left.isReachedAt(VIP));
  good(`left is master and holds ${VIP}; frames to it go to left`);
  await pool.daemon.line(/Activating healthchecker for service \[127\.80\.1\.12\]/);
  await failOver(left, right);
  await health(pool.daemon, {
    stop: () => webs[1].kill("SIGTERM"),
    start: async () => {
      webs[1] = await startWeb(2);
    },
    address: "127.80.1.12",
    where: "",
  });
  await reload(right, pool);
  chapter("Stop");
  right.stop();
  await pool.daemon.kill("SIGTERM");
  if (right.holds(VIP) || right.holds(SECOND_VIP)) throw new Error("right still holds an address");
  good("right has given its addresses back");
  console.log(`\nDone in ${seconds().toFixed(0)} s; everything that was made is gone with this process.`);
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(`\nThe demo failed: ${error.message}`);
    process.exit(1);
  },
);
