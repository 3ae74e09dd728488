/**
 * Real configurations, beside the project and no part of it (test/config/corpus.test.ts): what IPVS holds of them under
 * keepalived and under Holdfast while servers fail, come back, and a reload changes them. Checks are made fast, and
 * several files run in one daemon, as files that it includes, since starting daemons takes most of the guest's time.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile } from "../../src/config/compile.ts";
import { MemoryHost } from "../../src/source/memory-host.ts";
import { Lab } from "../lab/netns.ts";
import type { NamedStep } from "./case.ts";
import { PlacePool } from "./place-pool.ts";
import { compareSequence, differencesOf, type Patience } from "./sequence.ts";
import { ServerFarm } from "./server-farm.ts";

const CORPUS = new URL("../../../shared/corpus/", import.meta.url);
const FILES = new URL("files/", CORPUS);
const present = existsSync(FILES);

/** Services that fit into one daemon, more or less: each with a handful of servers. */
const MOST_SERVICES = 14;

/** Checks come each second, and nothing is expected to differ: what does is waited for. */
const PATIENCE: Patience = { hearing: 60_000, rest: 30, differing: 330 };

interface RealConfiguration {
  readonly name: string;
  readonly text: string;
  /** What its services are: addresses with ports, marks, groups; those of groups, too. */
  readonly services: readonly string[];
  readonly servers: readonly string[];
}

const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = ""]) => found);

/** An address with its port on a line of its own. */
const GROUP_ENTRY = /^[ \t]*([\da-f]+[.:][\d.:a-f]+(?:-\w+)?[ \t]+\d+)[ \t]*$/gm;

/** What the farm says to every request, for files that know another page. */
const DIGEST = createHash("md5").update("ok").digest("hex");

/** Checks often, few tries, and time enough for the guest's one CPU, in every virtual server. */
const HASTE = `
    delay_loop 1
    warmup 0
    retry 1
    delay_before_retry 0.1
    connect_timeout 5
`;

/**
 * The same checks in a tenth of the time, and without what is not about virtual servers: files that share a daemon name
 * instances and settings alike. Hosts of SMTP_CHECK get the time that keepalived 2.2.7 does not give them. Entries of
 * groups that are servers, too, are left out: IPVS takes the connections of their checks to one server or the other.
 */
function hasten(text: string): string {
  const servers = new Set(
    all(text, /^[ \t]*real_server[ \t]+([^{\n]*[^{\s])/gm).map((server) => server.replace(/\s+/, " ")),
  );
  return text
    .replace(GROUP_ENTRY, (line, entry: string) => (servers.has(entry.replace(/\s+/, " ")) ? "" : line))
    .replace(/^(?:vrrp_\w+|global_defs|static_\w+)\b[\s\S]*?^\}.*$/gm, "")
    .replace(/^[ \t]*(?:delay_\w+|warmup|connect_timeout|(?:nb_get_)?retry)\b[^}\n]*/gm, "")
    .replace(/^[ \t]*host[ \t]*\{/gm, "$&\nconnect_timeout 5")
    .replace(/\b(digest)[ \t]+\w+/g, `$1 ${DIGEST}`)
    .replace(/^[ \t]*virtual_server\s[^{}]*\{/gm, `$&${HASTE}`);
}

/** Those with virtual servers that now compile without an error: keepalived reloads others, and Holdfast refuses to. */
function realConfigurations(): RealConfiguration[] {
  return readdirSync(FILES).flatMap((name) => {
    const text = hasten(readFileSync(new URL(name, FILES), "utf8"));
    const services = [
      ...all(text, /^[ \t]*virtual_server[ \t]+([^{\n]*[^{\s])/gm),
      ...all(text, /^[ \t]*fwmark[ \t]+(\d+)/gm).map((mark) => `fwmark ${mark}`),
      ...all(text, GROUP_ENTRY),
    ];
    const { diagnostics } = compile(new MemoryHost({ "/x.conf": text }), "/x.conf");
    if (services.length === 0 || diagnostics.some(({ severity }) => severity === "error")) return [];
    return [
      { name, text, services, servers: all(text, /^[ \t]*real_server[ \t]+([\da-f]+[.:][\d.:a-f]+)/gm) },
    ];
  });
}

/**
 * Whether they share a service, or one serves what the other checks: IPVS also takes the connections of checks, and
 * then a server is as well as those of another file.
 */
function collide(one: RealConfiguration, other: RealConfiguration): boolean {
  const checks = ({ servers }: RealConfiguration, { services }: RealConfiguration) =>
    servers.some((server) => services.some((service) => service.startsWith(`${server} `)));
  return (
    one.services.some((service) => other.services.includes(service)) ||
    checks(one, other) ||
    checks(other, one)
  );
}

/** Together what does not get in each other's way. */
function batches(files: readonly RealConfiguration[]): RealConfiguration[][] {
  const made: RealConfiguration[][] = [];
  for (const file of files) {
    const fits = (batch: readonly RealConfiguration[]) =>
      batch.reduce((count, { services }) => count + services.length, file.services.length) <= MOST_SERVICES;
    const place = made.find((batch) => fits(batch) && !batch.some((other) => collide(file, other)));
    if (place) place.push(file);
    else made.push([file]);
  }
  return made;
}

/** Start, half of the servers down, all down, reload with other weights and schedulers, all up, stop. */
function stepsOf(lab: Lab, files: readonly RealConfiguration[]): NamedStep[] {
  const include = (which: string, change: (text: string) => string) => {
    const paths = files.map(({ name, text }) => {
      const path = lab.path(`${which}-${name}`);
      writeFileSync(path, change(text));
      return path;
    });
    return paths.map((path) => `include ${path}\n`).join("");
  };
  const servers = [...new Set(files.flatMap((file) => file.servers))].sort();
  const some = servers.filter((_, index) => (servers.length - index) % 2 === 1);
  const steps: [string, NamedStep["step"]][] = [
    ["start", { type: "start", parts: "checkers", config: include("first", (text) => text) }],
    ["some down", { type: "server", behaviour: "down", addresses: some }],
    ["all down", { type: "server", behaviour: "down", addresses: servers }],
    ["reload", { type: "reload", config: include("second", changed) }],
    ["all up", { type: "server", behaviour: "up", addresses: servers }],
    ["stop", { type: "stop" }],
  ];
  // Of a reload keepalived's table may show nothing; of one server the half is all.
  const quiet = new Set(["reload", some.length === servers.length ? "all down" : ""]);
  return steps.map(([title, step]) => ({ title, step, quiet: quiet.has(title) }));
}

function changed(text: string): string {
  return text
    .replace(/^([ \t]*(?:lb_algo|lvs_sched)[ \t]+)\w+/gm, "$1sed")
    .replace(
      /^([ \t]*weight[ \t]+)(\d+)/gm,
      (_, keyword: string, weight: string) => keyword + (Number(weight) + 1),
    );
}

describe.skipIf(!present)("the corpus of real configurations", () => {
  const files = present ? realConfigurations() : [];
  let lab: Lab;
  let pool: PlacePool;

  beforeAll(async () => {
    lab = new Lab();
    const ports = new Set(
      files.flatMap(({ text }) => all(text, /^[ \t]*(?:real_server[ \t]+\S+|connect_port)[ \t]+(\d+)/gm)),
    );
    const kinds: Record<string, string> = { "443": "https", "444": "https", "25": "smtp", "587": "smtp" };
    const listeners = [...ports]
      .filter((port) => port !== "0")
      .map((port) => `${kinds[port] ?? "http"}/${port}`);
    pool = new PlacePool(await ServerFarm.start(lab, listeners), 3);
  }, 180_000);
  afterAll(() => lab.dispose());

  it("has forty with virtual servers", () => {
    expect(files.length).toBeGreaterThanOrEqual(40);
  });

  const named = batches(files).map(
    (batch, index) => [`${index}: ${batch.map(({ name }) => name).join(" ")}`, batch, index] as const,
  );
  it.concurrent.each(named)(
    "%s",
    async (_title, batch, index) => {
      const run = (places: Parameters<Parameters<PlacePool["use"]>[0]>[0]) =>
        compareSequence(lab, `batch-${index}`, stepsOf(lab, batch), places, PATIENCE);
      const { comparisons, log } = await pool.use(run);
      expect(differencesOf(comparisons), log).toEqual({});
      // Servers that are down all the time compare nothing.
      const table = (title: string) => comparisons.find((each) => each.title === title)?.keepalived ?? [];
      expect(table("start").length).toBeGreaterThan(batch.length);
      expect(table("all down"), log).not.toEqual(table("start"));
      expect(table("all up"), log).not.toEqual(table("reload"));
    },
    600_000,
  );
});
