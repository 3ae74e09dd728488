import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const built = fileURLToPath(new URL("../../native/build/Release/holdfast.node", import.meta.url));

/** A worker that leaves everything open, and a main thread that ends with everything open, several times over. */
const PROGRAM = `
const { Worker, isMainThread, parentPort } = require("node:worker_threads");
function leaveOpen() {
  const addon = require(${JSON.stringify(built)});
  const keep = [];
  for (let i = 0; i < 20; i++) {
    const socket = new addon.Socket(); socket.open(2, 2, 0); socket.watch(1, () => {});
    const timer = new addon.Timer(); timer.open(() => {}); timer.arm(addon.monotonicMicros() + 1e9, 0);
    const signal = new addon.Signal(); signal.start(12, () => {});
    const pattern = new addon.Pattern();
    pattern.compile(Buffer.from("a|b"), 0, 32768, 65536, new Int32Array(2));
    keep.push(socket, timer, signal, pattern);
  }
  globalThis.keep = keep;
}
if (isMainThread) {
  leaveOpen();
  let left = 4;
  const next = () => {
    if (left-- === 0) { console.log("clean"); process.exit(0); }
    const worker = new Worker(__filename);
    worker.once("message", () => worker.terminate().then(next));
  };
  next();
} else {
  leaveOpen();
  parentPort.postMessage("open");
}
`;

describe("the end of an environment", () => {
  it("releases sockets, timers, signals and patterns that nobody closed", () => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-cleanup-"));
    const file = join(folder, "leave-open.cjs");

    writeFileSync(file, PROGRAM);
    const ended = spawnSync(process.execPath, ["--expose-gc", file], { encoding: "utf8", timeout: 20_000 });
    rmSync(folder, { recursive: true });
    expect({
      status: ended.status,
      signal: ended.signal,
      out: ended.stdout.trim(),
      err: ended.stderr,
    }).toEqual({
      status: 0,
      signal: null,
      out: "clean",
      err: "",
    });
  });
});
