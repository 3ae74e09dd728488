import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

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
