import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOLDFAST_BUNDLE } from "../lab/holdfast.ts";
import { eventually, LabProcess, signalProcess } from "../lab/process.ts";
import { isAlive, nextPid, pidIn } from "./daemon.ts";

/** Checkers over real TCP, their table in memory: nothing here needs privilege or IPVS. */
let folder: string;
let server: Server;
let port: number;
let daemon: LabProcess;

function pool(ports: readonly number[]): string {
  const servers = ports.map(
    (each) => `  real_server 127.0.0.1 ${each} {\n    TCP_CHECK {\n      connect_timeout 1\n    }\n  }`,
  );
  return `virtual_server 192.0.2.100 80 {\n  delay_loop 1\n  protocol TCP\n${servers.join("\n")}\n}\n`;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-checkers-"));
  server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  port = address.port;
  writeFileSync(join(folder, "k.conf"), pool([port]));
});
afterEach(async () => {
  await daemon.stop();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(...before: string[]): Promise<void> {
  daemon = new LabProcess([
    ...before,
    ...[process.execPath, HOLDFAST_BUNDLE, "run", "-n", "-l", "-D", "--kernel", "memory"],
    ...["-f", join(folder, "k.conf"), "-p", join(folder, "parent.pid")],
    ...["-r", join(folder, "vrrp.pid"), "-c", join(folder, "checkers.pid")],
  ]);
  await daemon.waitFor("Startup complete");
  await daemon.waitFor("Activating healthchecker");
}

describe("the checkers child", () => {
  it("takes a server out and in again", async () => {
    await start();
    await new Promise((resolve) => server.close(resolve));
    const gone = await daemon.waitFor(`Removing service [127.0.0.1]:tcp:${port}`, 10_000);
    server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    await daemon.waitFor(`Adding service [127.0.0.1]:tcp:${port}`);
    expect(daemon.lines.indexOf(gone)).toBeGreaterThan(0);
  });

  it("is respawned within a second when it is killed, and checks again", async () => {
    await start();
    const before = pidIn(join(folder, "checkers.pid"));
    const mark = daemon.mark();
    const killed = performance.now();
    signalProcess(before, "SIGKILL");
    await nextPid(join(folder, "checkers.pid"), before);
    expect(performance.now() - killed).toBeLessThan(1_000);
    await daemon.waitFor(/died \(SIGKILL\): Respawning$/, 20_000, mark);
    await daemon.waitFor("Activating healthchecker", 20_000, mark);
    expect(daemon.running).toBe(true);
  });

  it("goes with its parent", async () => {
    await start();
    const child = pidIn(join(folder, "checkers.pid"));
    signalProcess(daemon.pid, "SIGKILL");
    await eventually("the child is gone", () => !isAlive(child));
  });

  it("takes a server of a reload, and leaves the others alone", async () => {
    await start();
    const child = pidIn(join(folder, "checkers.pid"));
    const mark = daemon.mark();
    writeFileSync(join(folder, "k.conf"), pool([port, port + 1]));
    daemon.signal("SIGHUP");
    await daemon.waitFor("Reload complete", 20_000, mark);
    await daemon.waitFor(`[127.0.0.1]:tcp:${port + 1} failed`, 20_000, mark);
    expect(pidIn(join(folder, "checkers.pid"))).toBe(child);
    const since = daemon.lines.slice(mark).map(({ text }) => text);
    expect(
      since.filter(
        (text) => /(Removing|Adding|Activating).*:tcp:/.test(text) && text.includes(`tcp:${port} `),
      ),
    ).toEqual([]);
  });

  it("runs without any privilege on the memory kernel", async () => {
    chmodSync(folder, 0o777);
    await start("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs");
    expect(daemon.log).toContain("Starting Healthcheck child process");
    expect(await daemon.stop()).toBe(0);
  });
});
