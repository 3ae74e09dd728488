import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Capture, decodeAdverts } from "../lab/capture.ts";
import { HOLDFAST } from "../lab/holdfast.ts";
import { KEEPALIVED } from "../lab/keepalived.ts";
import { Lab, type Link } from "../lab/netns.ts";
import { eventually } from "../lab/process.ts";
import { Router, type RouterProgram, type RouterState } from "../lab/router.ts";

/** Both programs track the same things, each alone on a wire of its own, and say on it what they make of them. */
interface Stage {
  readonly router: Router;
  readonly tracked: Link;
  readonly capture: Capture;
  readonly file: string;
  readonly flag: string;
}

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => lab.dispose());

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

async function stage(program: RouterProgram, blocks: string, tracking: string): Promise<Stage> {
  const { name } = program;
  const host = lab.host(name);
  const wire = lab.switch(`${name}-wire`);
  wire.connect(host, "eth0", ["192.0.2.1/24"]);
  const tracked = lab.switch(`${name}-tracked`).connect(host, "eth1");
  const [file, flag, check] = ["file", "flag", "check"].map((what) => lab.path(`${name}-${what}`));
  writeFileSync(file ?? "", "5\n");
  writeFileSync(flag ?? "", "");
  writeFileSync(check ?? "", `#!/bin/sh\ntest -e ${flag}\n`);
  chmodSync(check ?? "", 0o755);
  const text = `
global_defs {
  script_user root
}
${blocks}
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  priority 100
  version 3
  advert_int 0.1
  ${tracking}
  virtual_ipaddress {
    192.0.2.100/24
  }
}
`;
  const config = text.replaceAll("@file@", file ?? "").replaceAll("@check@", check ?? "");
  const state = () => host.exec("cat", "/sys/class/net/eth1/operstate").trim();
  await eventually("the tracked link", () => state() === "up");
  const capture = await Capture.start(lab, wire);
  const router = new Router(lab, host, program, config);
  return { router, tracked, capture, file: file ?? "", flag: flag ?? "" };
}

/** Something is done, and makes it change to a priority or a state; without one nothing comes of it. */
type Step = readonly [step: (stage: Stage) => unknown, outcome?: number | RouterState];

/** How the log tells of an outcome. */
const told = (outcome: number | RouterState): RegExp =>
  typeof outcome === "number"
    ? new RegExp(`effective priority .*to ${outcome}$`)
    : new RegExp(`Entering ${outcome} STATE`);

/** The priorities on the wire from `first` on, each as often as it came anew, while steps are gone through. */
async function prioritiesOf(
  program: RouterProgram,
  blocks: string,
  tracking: string,
  first: number,
  steps: readonly Step[],
): Promise<number[]> {
  const made = await stage(program, blocks, tracking);
  made.router.start();
  const { process } = made.router;
  await made.router.waitForState("VI_1", "MASTER");
  if (first !== 100) await process.waitFor(told(first), 10_000);
  await pause(1_000);
  const from = Date.now() * 1_000;
  for (const [step, outcome] of steps) {
    await pause(500);
    const mark = process.mark();
    await step(made);
    if (outcome !== undefined) await process.waitFor(told(outcome), 10_000, mark);
    await pause(500);
  }
  await made.capture.stop();
  const adverts = decodeAdverts(made.capture.file).filter(({ at }) => at >= from);
  const all = adverts.map(({ priority }) => priority);
  await made.router.stop();
  return all.filter((priority, index) => priority !== all[index - 1]);
}

const write = (text: string) => (made: Stage) => writeFileSync(made.file, `${text}\n`);

describe.each([HOLDFAST, KEEPALIVED])("what $name tracks shows in its adverts:", (program) => {
  it("files, scripts and interfaces with weights", async () => {
    const blocks = `
vrrp_track_file f {
  file "@file@"
  weight 2
}
vrrp_script chk {
  script "@check@"
  interval 1
  timeout 1
  rise 2
  fall 2
  weight 20
}
`;
    const tracking = `track_file {\n f\n }\n track_script {\n chk\n }\n track_interface {\n eth1 weight -30\n }`;
    const steps: Step[] = [
      [write("-20"), 80],
      [write("1000"), 254],
      [write("0x10 and more"), 152],
      [write("none"), 120],
      [({ tracked }) => tracked.cut(), 90],
      [({ tracked }) => tracked.restore(), 120],
      [({ flag }) => rmSync(flag), 100],
      [({ flag }) => writeFileSync(flag, ""), 120],
      [write("-200"), "FAULT"],
      [write("3"), "MASTER"],
      [({ file }) => rmSync(file), 120],
    ];
    expect(await prioritiesOf(program, blocks, tracking, 130, steps)).toEqual([
      ...[130, 80, 254, 152, 120],
      ...[90, 120, 100, 120],
      ...[0, 126, 120],
    ]);
  });

  it("delays and reverse weights of interfaces", async () => {
    const blocks = `interface_up_down_delays {\n eth1 1.5 2.5\n}\n`;
    const tracking = "track_interface {\n eth1 weight 20 reverse\n }";
    const bounce = async (made: Stage) => {
      made.tracked.cut();
      await pause(500);
      await made.tracked.restore();
    };
    const steps: Step[] = [
      [bounce],
      [({ tracked }) => tracked.cut(), 100],
      [({ tracked }) => tracked.restore(), 80],
    ];
    expect(await prioritiesOf(program, blocks, tracking, 80, steps)).toEqual([80, 100, 80]);
  });

  it("links that are polled", async () => {
    const blocks = `linkbeat_interfaces {\n eth1 ETHTOOL\n}\n`;
    const tracking = "track_interface {\n eth1 weight 20\n }";
    const steps: Step[] = [
      [({ tracked }) => tracked.cut(), 100],
      [({ tracked }) => tracked.restore(), 120],
    ];
    expect(await prioritiesOf(program, blocks, tracking, 120, steps)).toEqual([120, 100, 120]);
  });
});
