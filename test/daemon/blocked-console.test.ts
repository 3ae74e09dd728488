import { afterEach, beforeEach, expect, it } from "vitest";
import { HOLDFAST } from "../lab/holdfast.ts";
import { Lab } from "../lab/netns.ts";
import { signalProcess } from "../lab/process.ts";
import { Router } from "../lab/router.ts";
import { instance, isAlive, pidIn } from "./daemon.ts";

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => lab.dispose());

/** More lines of detail than any pipe between a child and a console holds: one for each gratuitous ARP. */
const FLOOD =
  "garp_master_repeat 2000\n  garp_master_refresh 1\n  garp_master_refresh_repeat 2000\n  priority 200";

it("a console that nobody reads delays no advert", async () => {
  const wire = lab.switch();
  const left = lab.host("left");
  const right = lab.host("right");
  wire.connect(left, "eth0", ["192.0.2.1/24"]);
  wire.connect(right, "eth0", ["192.0.2.2/24"]);
  // A backup waits 3.6 s for the next advert: longer than a busy machine keeps one back.
  const config = instance(["192.0.2.100/24"], FLOOD, "1").replace("priority 100\n", "");
  const master = new Router(lab, left, HOLDFAST, config);
  // Standard error is a FIFO that is open at both ends and never read.
  const stuck = `mkfifo ${lab.path("fifo")}; exec 3<>${lab.path("fifo")}; exec "$@" 2>&3`;
  const daemon = left.spawn(["sh", "-c", stuck, "stuck", ...HOLDFAST.command(master.files)]);
  await left.waitForAddress("eth0", "192.0.2.100", true, 15_000);
  const backup = new Router(lab, right, HOLDFAST, instance(["192.0.2.100/24"], "", "1"));
  backup.start();
  await backup.waitForState("VI_1", "BACKUP");
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  expect(backup.process.log).not.toContain("Entering MASTER");
  expect(left.holds("eth0", "192.0.2.100")).toBe(true);
  expect(isAlive(pidIn(master.files.vrrpPid))).toBe(true);
  signalProcess(daemon.pid, "SIGKILL");
  await backup.waitForState("VI_1", "MASTER");
  await backup.stop();
});
