/**
 * Real configurations, beside the project and no part of it (test/config/corpus.test.ts): what IPVS holds of them under
 * keepalived and under Holdfast while servers fail, come back, and a reload changes them. Checks are made fast, and
 * several files run in one daemon, as files that it includes, since starting daemons takes most of the guest's time.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile } from "../../src/config/compile.ts";
import { MemoryHost } from "../../src/source/memory-host.ts";
import { Lab } from "../lab/netns.ts";
import type { NamedStep } from "./case.ts";
import { PlacePool } from "./place-pool.ts";
import { compareSequence, differencesOf } from "./sequence.ts";
import { ServerFarm } from "./server-farm.ts";

const CORPUS = new URL("../../../shared/corpus/", import.meta.url);
const FILES = new URL("files/", CORPUS);
/** By hand, with HOLDFAST_CORPUS=1: it takes minutes, and two batches still differ (docs/limits.md). */
const present = existsSync(FILES) && process.env.HOLDFAST_CORPUS !== undefined;

/** Services that fit into one daemon, more or less: each with a handful of servers. */
const MOST_SERVICES = 14;

interface RealConfiguration {
  readonly name: string;
  readonly text: string;
  /** What its services are: addresses with ports, marks, groups; those of groups, too. */
  readonly services: readonly string[];
  readonly servers: readonly string[];
}

const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = ""]) => found);

/**
 * The same checks in a tenth of the time, and without what is not about virtual servers: files that share a daemon name
 * instances and settings alike. Hosts of SMTP_CHECK get the time that keepalived 2.2.7 does not give them.
 */
function hasten(text: string): string {
  const fast = text
    .replace(/^(?:vrrp_\w+|global_defs|static_\w+)\b[\s\S]*?^\}.*$/gm, "")
    .replace(/^([ \t]*host[ \t]*\{)/gm, "$1\n connect_timeout 1")
    .replace(/\b(delay_loop|warmup)[ \t]+[\d.]+/g, "$1 0.5")
    .replace(/\b(connect_timeout)[ \t]+[\d.]+/g, "$1 1")
    .replace(/\b(delay_before_retry)[ \t]+[\d.]+/g, "$1 0.1")
    .replace(/\b(nb_get_retry|retry)[ \t]+\d+/g, "$1 1");
  if (fast.includes("delay_loop")) return fast;
  return fast.replace(/^([ \t]*virtual_server [^{\n]*\{)/gm, "$1\n    delay_loop 0.5");
}

/** Those with virtual servers that compile without an error: keepalived reloads others, and Holdfast refuses to. */
function realConfigurations(): RealConfiguration[] {
  return readdirSync(FILES).flatMap((name) => {
    const text = hasten(readFileSync(new URL(name, FILES), "utf8"));
    const services = [
      ...all(text, /^[ \t]*virtual_server[ \t]+([^{\n]*[^{\s])/gm),
      ...all(text, /^[ \t]*fwmark[ \t]+(\d+)/gm).map((mark) => `fwmark ${mark}`),
    ];
    const { diagnostics } = compile(new MemoryHost({ "/x.conf": text }), "/x.conf");
    if (services.length === 0 || diagnostics.some(({ severity }) => severity === "error")) return [];
    return [
      { name, text, services, servers: all(text, /^[ \t]*real_server[ \t]+([\da-f]+[.:][\d.:a-f]+)/gm) },
    ];
  });
}

/** Together what does not get in each other's way. */
function batches(files: readonly RealConfiguration[]): RealConfiguration[][] {
  const made: { readonly files: RealConfiguration[]; readonly services: Set<string> }[] = [];
  for (const file of files) {
    const place = made.find(
      ({ services }) =>
        services.size + file.services.length <= MOST_SERVICES &&
        !file.services.some((service) => services.has(service)),
    );
    if (place) {
      place.files.push(file);
      for (const service of file.services) place.services.add(service);
    } else made.push({ files: [file], services: new Set(file.services) });
  }
  return made.map((batch) => batch.files);
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
  const some = servers.filter((_, index) => index % 2 === 0);
  const steps: [string, NamedStep["step"]][] = [
    ["start", { type: "start", parts: "checkers", config: include("first", (text) => text) }],
    ["some down", { type: "server", behaviour: "down", addresses: some }],
    ["all down", { type: "server", behaviour: "down", addresses: servers }],
    ["reload", { type: "reload", config: include("second", changed) }],
    ["all up", { type: "server", behaviour: "up", addresses: servers }],
    ["stop", { type: "stop" }],
  ];
  return steps.map(([title, step]) => ({ title, step, quiet: title === "reload" }));
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
    const kinds: Record<string, string> = { "443": "https", "25": "smtp", "587": "smtp" };
    const listeners = [...ports]
      .filter((port) => port !== "0")
      .map((port) => `${kinds[port] ?? "http"}/${port}`);
    pool = new PlacePool(await ServerFarm.start(lab, listeners), 3);
  }, 180_000);
  afterAll(() => lab.dispose());

  it("has dozens with virtual servers", () => {
    expect(files.length).toBeGreaterThan(30);
  });

  const named = batches(files).map((batch, index) => ({
    title: batch.map(({ name }) => name).join(" "),
    batch,
    index,
  }));
  it.concurrent.each(named)(
    "$title",
    async ({ batch, index }) => {
      const run = (places: Parameters<Parameters<PlacePool["use"]>[0]>[0]) =>
        compareSequence(lab, `batch-${index}`, stepsOf(lab, batch), places);
      const { comparisons, log } = await pool.use(run);
      expect(differencesOf(comparisons), log).toEqual({});
      const [started] = comparisons;
      expect(started?.keepalived.length).toBeGreaterThan(batch.length);
    },
    300_000,
  );
});
