import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { instance, pidIn } from "../daemon/daemon.ts";
import { HOLDFAST } from "../lab/holdfast.ts";
import { KEEPALIVED } from "../lab/keepalived.ts";
import { type Host, Lab } from "../lab/netns.ts";
import { Router } from "../lab/router.ts";

const PATTERN = "/proc/sys/kernel/core_pattern";
const pattern = () => readFileSync(PATTERN, "utf8");

let lab: Lab;
let host: Host;
beforeEach(() => {
  lab = new Lab();
  host = lab.hostOnSwitch();
});
afterEach(() => lab.dispose());

/** In the guest: the name of core files is the whole machine's, and to raise a hard limit takes all of root's capabilities. */
describe("core dumps", () => {
  it.each([
    [["-M"], "core\n"],
    [["--core-dump-pattern=here.%e"], "here.%e\n"],
  ])("%j lets processes dump core, as keepalived, under a name, until the stop", async (options, name) => {
    const before = pattern();
    for (const { name: program, command } of [KEEPALIVED, HOLDFAST]) {
      const limited = {
        name: program,
        command: (...run: Parameters<typeof command>) => [
          "prlimit",
          "--core=0:0",
          ...command(...run),
          ...options,
        ],
      };
      const daemon = new Router(lab, host, limited, instance(["192.0.2.100/24"], "", "1"));
      daemon.start();
      await daemon.waitForState("VI_1", "BACKUP", 30_000);
      // 2.2.7 writes behind what it has read, which the kernel takes for nothing.
      expect(pattern(), program).toBe(program === "holdfast" ? name : before);
      for (const file of [daemon.files.pid, daemon.files.vrrpPid])
        expect(readFileSync(`/proc/${pidIn(file)}/limits`, "utf8"), program).toMatch(
          /^Max core file size\s+unlimited\s+unlimited/m,
        );
      await daemon.stop();
      expect(pattern(), program).toBe(before);
    }
  });
});
