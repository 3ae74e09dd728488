/** The demo in its own namespaces: process 1 of its process namespace, so everything ends when it does. */
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { compile, health, now, tellGap } from "./chapters.mjs";
import { holdfast, ROOT, showCommand } from "./holdfast.mjs";
import { chapter, good, seconds, show, tell } from "./story.mjs";
import { command, endAll, Host, Switch, until } from "./world.mjs";

const VIP = "10.80.0.100";
const SECOND_VIP = "10.80.0.101";
const WORK = "/run/holdfast";
const script = (name) => fileURLToPath(new URL(name, import.meta.url));

// Whoever started us holds the other end, and closes it to end us.
new Socket({ fd: 3 })
  .on("error", () => process.exit(1))
  .on("close", () => process.exit(130))
  .resume();
process.on("exit", endAll);

// Names of namespaces, pid files and configurations: on a file system that only this mount namespace has.
command("mount", "-t", "tmpfs", "none", "/run");
mkdirSync(WORK, { recursive: true });

const ipvs = existsSync("/proc/net/ip_vs");

function build() {
  const front = new Switch("front");
  const back = new Switch("back");
  const host = (name, number) => {
    const made = new Host(name);
    if (number.front) front.connect(made, "front", `10.80.0.${number.front}/24`);
    if (number.back) back.connect(made, "back", `10.80.1.${number.back}/24`);
    return made;
  };
  const world = {
    front,
    left: host("left", { front: 2, back: 2 }),
    right: host("right", { front: 3, back: 3 }),
    client: host("client", { front: 9 }),
    webs: ["web-1", "web-2", "web-3"].map((name, index) => host(name, { back: 11 + index })),
  };
  // Only balanced packets are forwarded.
  if (ipvs)
    for (const router of [world.left, world.right])
      router.run("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward");
  for (const web of world.webs) web.run("ip", "route", "add", "default", "via", "10.80.1.1");
  return world;
}

async function startWeb(host, name = host.name) {
  const web = host.start(process.execPath, script("./web-server.mjs"), "0.0.0.0", "80", name);
  await web.line(/listening/);
  return web;
}

/** Starts a daemon, of one part or both, on its own copy of the configuration. */
function startDaemon(host, parts, ...args) {
  const config = `${WORK}/${host.name}-${parts}.conf`;
  const pid = `${WORK}/${host.name}-${parts}`;
  copyFileSync(`${ROOT}/fixtures/demo/pair.conf`, config);
  const pids = ["-p", `${pid}.pid`, "-r", `${pid}-vrrp.pid`, "-c", `${pid}-checkers.pid`];
  const daemon = host.start(...holdfast("run", "-n", "-l", "-f", config, "-i", host.name, ...pids, ...args));
  return { daemon, config };
}

/** A client that never stops asking; every answer with its times. */
class Client {
  answers = [];

  constructor(host) {
    this.process = host.start(process.execPath, script("./client.mjs"), VIP, "80");
    this.process.onLine = (line) => {
      const [, began, ended, name] = /^(\S+) (\S+) (.*)$/.exec(line) ?? [];
      this.answers.push({ began: Number(began), ended: Number(ended), name });
    };
  }

  /** The first answer to a question asked after `time`. */
  answerAfter(time) {
    return until(`an answer from ${VIP}`, () => this.answers.find(({ began }) => began > time));
  }

  async answerNow() {
    return this.answerAfter(now());
  }
}

function introduce() {
  chapter("Two routers, one address, a pool of servers: in namespaces of their own");
  tell("client ── front ──┬── left  ──┬── back ── web-1, web-2, web-3");
  tell(`                  └── right ──┘           address to keep alive: ${VIP}`);
  if (ipvs) tell("IPVS: this kernel has it; both routers balance over the web servers.");
  else {
    tell("IPVS: this kernel does not have it loaded (modprobe ip_vs would). Addresses, adverts and failover");
    tell(
      "are real; a page of each router answers at the address, and the pool runs on the kernel in memory,",
    );
    tell("with real connections to the web servers.");
  }
}

async function answers(world, client) {
  await until("the address on left", () => world.left.holds(VIP));
  const { name } = await client.answerNow();
  good(`left is master and holds ${VIP}; the client gets its page from ${name}`);
}

/** The power of the master goes: processes killed, cable out. */
async function failOver(world, client, left) {
  chapter("The master dies");
  const before = client.answers.at(-1);
  world.front.disconnect(world.left);
  for (const { daemon } of left) daemon.child.kill("SIGKILL");
  const died = now();
  tell("left: killed with SIGKILL, cable pulled. Nothing said goodbye.");
  const answer = await client.answerAfter(died);
  if (!world.right.holds(VIP)) throw new Error("somebody answers, and right does not hold the address");
  good(`right holds ${VIP}; the client gets its page from ${answer.name}`);
  tellGap(answer.ended - died, ` (${(answer.ended - before.ended).toFixed(0)} ms between two pages)`);
}

async function reload(world, client, right) {
  chapter("A reload, read before it happens");
  const [old, next] = ["fixtures/demo/pair.conf", "fixtures/demo/pair-next.conf"];
  showCommand(["diff", old, next, "-i", "right"]);
  const marks = right.map(({ daemon }) => daemon.lines.length);
  for (const { config, daemon } of right) {
    copyFileSync(`${ROOT}/${next}`, config);
    daemon.child.kill("SIGHUP");
  }
  tell("right: SIGHUP");
  const asked = now();
  await until(`${SECOND_VIP} on right`, () => world.right.holds(SECOND_VIP));
  good(`right holds ${SECOND_VIP}`);
  const pool = right.at(-1).daemon;
  show(await pool.line(/\[10\.80\.1\.13\]:tcp:80 success/, { since: marks.at(-1) }));
  good("web-3 is in the pool");
  if (ipvs) show(world.right.run("cat", "/proc/net/ip_vs"));
  const transitions = right.flatMap(({ daemon }, index) =>
    daemon.lines.slice(marks[index]).filter((line) => /Entering (BACKUP|FAULT) STATE/.test(line)),
  );
  if (transitions.length > 0) throw new Error(`the reload moved the instance: ${transitions[0]}`);
  const { name } = await client.answerAfter(asked);
  good(`right stayed master all the time; the client gets its page from ${name}`);
}

async function stop(world, right) {
  chapter("Stop");
  for (const { daemon } of right) await daemon.kill("SIGTERM");
  if (world.right.holds(VIP) || world.right.holds(SECOND_VIP))
    throw new Error("right still holds an address");
  good("right has given its addresses back");
}

async function main() {
  introduce();
  const world = build();
  compile("fixtures/demo/pair.conf");
  chapter("Both routers run");
  const webs = await Promise.all(world.webs.map((host) => startWeb(host)));
  if (!ipvs)
    await Promise.all([world.left, world.right].map((host) => startWeb(host, `the page of ${host.name}`)));
  const run = (host) =>
    ipvs
      ? [startDaemon(host, "all")]
      : [startDaemon(host, "vrrp", "-P"), startDaemon(host, "pool", "-C", "--kernel", "memory")];
  const left = run(world.left);
  const right = run(world.right);
  const client = new Client(world.client);
  await answers(world, client);
  await failOver(world, client, left);
  const pool = right.at(-1).daemon;
  await health(pool, {
    stop: () => webs[1].kill("SIGTERM"),
    start: async () => {
      webs[1] = await startWeb(world.webs[1]);
    },
    address: "10.80.1.12",
    where: ipvs ? "" : " (pool on the kernel in memory)",
  });
  await reload(world, client, right);
  await stop(world, right);
  console.log(`\nDone in ${seconds().toFixed(0)} s; everything that was made is gone with this process.`);
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(`\nThe demo failed: ${error.message}`);
    process.exit(1);
  },
);
