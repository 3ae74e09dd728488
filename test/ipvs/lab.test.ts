import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { LabProcess } from "../lab/process.ts";

/** Proves the guest itself: without it, every other test of this group would test nothing. */
describe("the User Mode Linux guest", () => {
  it("runs a kernel with IPVS whose table starts empty", () => {
    const lines = readFileSync("/proc/net/ip_vs", "utf8").trim().split("\n");
    expect(lines[0]).toMatch(/^IP Virtual Server version/);
    expect(lines.filter((line) => /^(TCP|UDP|FWM)/.test(line))).toEqual([]);
  });

  it("can create the devices that labs are built from", () => {
    for (const kind of ["dummy", "bridge", "veth"]) {
      const made = spawnSync("ip", ["link", "add", `lab-${kind}`, "type", kind], { encoding: "utf8" });
      expect(made.stderr).toBe("");
      expect(made.status).toBe(0);
      spawnSync("ip", ["link", "del", `lab-${kind}`]);
    }
  });

  it("hands the environment and the working directory to the command", () => {
    expect(process.env.PATH).toContain("/bin");
    expect(existsSync("package.json")).toBe(true);
  });
});

/** A connection that is reset as soon as it has asked; resolves when it is gone. */
function askAndReset(port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.write("GET / HTTP/1.0\r\n\r\n");
      setTimeout(() => socket.resetAndDestroy(), 0);
    });
    socket.on("error", () => {}).on("close", () => resolve());
  });
}

/** It answers for every server of a case: when it ends they are all down, and tables are the same for want of servers. */
describe("the server farm", () => {
  it("goes on when clients reset their connections, as checks do when they end", async () => {
    const program = fileURLToPath(new URL("./server-farm-process.mjs", import.meta.url));
    const farm = new LabProcess([process.execPath, program, "", "", "http/8080", "smtp/8025"], { ipc: true });
    await farm.waitFor("ready", 30_000);
    for (let i = 0; i < 200; i++) await askAndReset(i % 2 === 0 ? 8080 : 8025);
    const page = await fetch("http://127.0.0.1:8080/").then((response) => response.text());
    expect(page, farm.log).toBe("ok");
    await farm.stop();
  });
});
