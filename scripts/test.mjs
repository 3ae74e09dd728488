/**
 * `npm test [GROUP ...] [VITEST ARGUMENT ...]`: runs the test groups this machine can run.
 *
 * Each group is a vitest project. `unit` runs anywhere; `kernel`, `interop`, `daemon` and `differential` run
 * in network and process namespaces of their own; `ipvs` runs in User Mode Linux guests. A group that cannot run is
 * skipped with one line saying why, or fails when HOLDFAST_REQUIRE names what is missing.
 * The last line printed is `N passed, N failed, N skipped`.
 */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadTypeScript, scratchDirectory } from "./load-typescript.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lab = join(root, "test", "lab");

const scratch = scratchDirectory();
const { probe, probeIsolation, requiredCapabilities } = await loadTypeScript(join(lab, "capabilities.ts"));

/** Runs where it is. */
const here = () => (command) => command;
/** Runs in namespaces that hide the machine's network; probed once. */
let isolation;
const inNamespaces = () => {
  isolation ??= probeIsolation();
  return isolation.wrap;
};
/** Runs in the guest: one CPU, so one worker, and a limit because nobody watches its console. */
const inGuest = () => (command) => [join(lab, "uml-run"), "-m", "1536", "-t", "3300", ...command];

const GROUPS = {
  unit: { needs: [], place: here },
  kernel: { needs: ["netns"], place: inNamespaces },
  daemon: { needs: ["netns"], place: inNamespaces },
  interop: { needs: ["netns", "keepalived", "tshark", "nft"], place: inNamespaces },
  differential: { needs: ["netns", "keepalived"], place: inNamespaces },
  // A guest has one CPU: two share the files between them.
  ipvs: { needs: ["uml"], place: inGuest, parts: 2 },
};

const running = new Set();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    for (const child of running) child.kill("SIGTERM");
    // unshare ignores it while it waits for its child; killed, it takes the child along.
    setTimeout(() => {
      for (const child of running) child.kill("SIGKILL");
      process.exit(1);
    }, 500);
  });
}

/** Runs a command; resolves to its exit status, and to what it printed unless `output` lets it print here. */
function run(command, output) {
  const [program, ...args] = command;
  const env = { ...process.env };
  if (!process.stdout.isTTY) env.NO_COLOR ??= "1";
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, env, stdio: ["ignore", output, output] });
    running.add(child);
    let printed = "";
    const end = (status) => {
      running.delete(child);
      resolve({ status, printed });
    };
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text) => {
        printed += text;
      });
    child.on("error", (error) => {
      printed += `${program}: ${error.message}\n`;
      end(127);
    });
    child.on("close", (status, signal) => end(signal === null ? status : 128));
  });
}

/** Counts of one group from vitest's report; a file that could not be loaded is one failure. */
function countsOf(file, status) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    console.log("vitest ended without a report");
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && assertionResults.every((it) => it.status !== "failed"),
  ).length;
  const counts = {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded,
    skipped: report.numPendingTests + report.numTodoTests,
  };
  // An unhandled error outside every test: the report has no room for it, the status has.
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

/** Why the machine cannot run the group, or undefined. */
function obstacle(group) {
  for (const capability of GROUPS[group].needs) {
    const probed = probe(capability);
    if (!probed.present) return { capability, why: probed.why };
  }
  return undefined;
}

function hasTests(group) {
  if (group === "unit") return true;
  try {
    return readdirSync(join(root, "test", group), { recursive: true }).some((name) =>
      name.endsWith(".test.ts"),
    );
  } catch {
    return false;
  }
}

async function runGroup(group, passedOn) {
  if (!hasTests(group)) return { passed: 0, failed: 0, skipped: 0 };
  const missing = obstacle(group);
  if (missing !== undefined) {
    const fatal = required.has(missing.capability);
    console.log(`${group}: ${fatal ? "FAILED, required but" : "skipped —"} ${missing.why}`);
    return { passed: 0, failed: fatal ? 1 : 0, skipped: fatal ? 0 : 1 };
  }
  console.log(`\n== ${group}`);
  const { place, parts = 1 } = GROUPS[group];
  const count = passedOn.length > 0 ? 1 : Math.min(parts, availableParallelism());
  const runs = Array.from({ length: count }, (_, index) =>
    runPart(group, place(), passedOn, `${index + 1}/${count}`),
  );
  return (await Promise.all(runs)).reduce(sum);
}

/** Runs one part of a group's files, `1/2` being the first of two. The first one prints while it runs. */
async function runPart(group, wrap, passedOn, part) {
  const report = join(scratch, `${group}-${part.replace("/", "-")}.json`);
  const vitest = [
    process.execPath,
    join(root, "node_modules", "vitest", "vitest.mjs"),
    ...["run", "--project", group, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
    ...(part === "1/1" ? [] : [`--shard=${part}`]),
    ...(passedOn.length > 0 ? ["--passWithNoTests", ...passedOn] : []),
  ];
  const { status, printed } = await run(wrap(vitest), part.startsWith("1/") ? "inherit" : "pipe");
  process.stdout.write(printed);
  return countsOf(report, status);
}

/** Counts of two runs together. */
function sum(one, other) {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
  };
}

let required;
try {
  required = requiredCapabilities();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
const args = process.argv.slice(2);
const named = args.filter((arg) => arg in GROUPS);
const passedOn = args.filter((arg) => !(arg in GROUPS));
let total = { passed: 0, failed: 0, skipped: 0 };
for (const group of named.length > 0 ? named : Object.keys(GROUPS)) {
  total = sum(total, await runGroup(group, passedOn));
}
if (total.failed > 0) process.exitCode = 1;
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
