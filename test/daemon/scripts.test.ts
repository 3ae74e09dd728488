import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOLDFAST } from "../lab/holdfast.ts";
import { type Host, Lab } from "../lab/netns.ts";
import { eventually, processTree, signalProcess } from "../lab/process.ts";
import type { RouterProgram } from "../lab/router.ts";
import { instance, isAlive, linesOf, pidIn, startDaemon, writeScript } from "./daemon.ts";

let lab: Lab;
let host: Host;
beforeEach(() => {
  lab = new Lab();
  host = lab.hostOnSwitch();
});
afterEach(() => lab.dispose());

/** In a user namespace the directories of the machine belong to nobody, so no script is ever secure. */
const rootIsRoot = statSync("/").uid === 0;
const SECURE = `global_defs {\n  ${rootIsRoot ? "enable_script_security\n  " : ""}script_user root\n}\n`;

const script = (name: string, text: string) => writeScript(lab, name, text);

function track(name: string, command: string): string {
  return `vrrp_script ${name} {\n  script "${command}"\n  interval 1\n}\n`;
}

const router = (config: string) => startDaemon(lab, host, config);

describe("scripts of the daemon", () => {
  it("are told of each transition, in order, the last one of the stop", async () => {
    const out = lab.path("out");
    const notify = script("notify", `sleep 0.1; echo "$*" >>${out}`);
    const daemon = router(SECURE + instance(["192.0.2.100/24"], `notify "${notify} 'first one'" root`));
    await daemon.waitForState("VI_1", "MASTER");
    await daemon.stop();
    expect(linesOf(out)).toEqual([
      "first one INSTANCE VI_1 BACKUP 100",
      "first one INSTANCE VI_1 MASTER 100",
      "first one INSTANCE VI_1 STOP 100",
    ]);
  });

  it("make a fault of a failed check, and end it", async () => {
    const flag = lab.path("flag");
    writeFileSync(flag, "");
    const check = script("check", `test -e ${flag}`);
    const daemon = router(
      SECURE + track("flag", check) + instance(["192.0.2.100/24"], "track_script {\n flag\n }"),
    );
    await daemon.waitForState("VI_1", "MASTER");
    host.exec("rm", flag);
    await daemon.waitForState("VI_1", "FAULT");
    await host.waitForAddress("eth0", "192.0.2.100", false);
    const mark = daemon.process.mark();
    writeFileSync(flag, "");
    await daemon.waitForState("VI_1", "MASTER", 20_000, mark);
  });

  it.runIf(rootIsRoot)("are disabled when others than root could have changed them", async () => {
    const out = lab.path("out");
    mkdirSync(lab.path("open"));
    const loose = script("open/notify", `echo ran >>${out}`);
    const check = script("open/check", `echo ran >>${out}; false`);
    chmodSync(lab.path("open"), 0o777);
    const daemon = router(
      SECURE +
        track("loose", check) +
        instance(["192.0.2.100/24"], `track_script {\n loose\n }\n notify "${loose}"`),
    );
    // The failing check is tracked by nobody, as with keepalived.
    await daemon.waitForState("VI_1", "MASTER");
    const reason = `due to insecure (${lab.path("open")} is writable by others than root)`;
    expect(daemon.process.log).toContain(`Disabling track script loose ${reason}`);
    expect(daemon.process.log).toContain(`(VI_1): disabling notify script ${reason}`);
    await daemon.stop();
    expect(linesOf(out)).toEqual([]);
  });

  it.runIf(rootIsRoot)("do not run when they became insecure after the start", async () => {
    const out = lab.path("out");
    const notify = script("notify", `echo "$*" >>${out}`);
    const daemon = router(SECURE + instance(["192.0.2.100/24"], `notify_stop "${notify} stop"`));
    await daemon.waitForState("VI_1", "MASTER");
    chmodSync(notify, 0o777);
    await daemon.stop();
    expect(linesOf(out)).toEqual([]);
    expect(daemon.process.log).toContain(
      `script ${notify} not run: ${notify} is writable by others than root`,
    );
  });

  it("run under their own name and environment, with default signals and no descriptors of ours", async () => {
    const out = lab.path("out");
    const show =
      "{ id -u; ls /proc/self/fd | tr '\\n' ' '; echo; grep -E 'Sig(Blk|Ign)' /proc/self/status; env; echo done; }";
    const notify = script("notify", `${show} >${out} 2>&1`);
    // The daemon has a descriptor too many from whoever started it.
    const program: RouterProgram = {
      ...HOLDFAST,
      command: (...run) => ["bash", "-c", 'exec 22</dev/null "$@"', "bash", ...HOLDFAST.command(...run)],
    };
    const config = SECURE + instance(["192.0.2.100/24"], `notify_master "${notify}" root`);
    const daemon = startDaemon(lab, host, config, program);
    await daemon.waitForState("VI_1", "MASTER");
    await eventually("the script is done", () => linesOf(out).at(-1) === "done");
    const [user, descriptors, blocked, ignored, ...environment] = linesOf(out);
    expect(user).toBe("0");
    // The directory that ls reads is the fourth.
    expect(descriptors).toBe("0 1 2 3 ");
    expect(blocked).toMatch(/^SigBlk:\s+0+$/);
    expect(ignored).toMatch(/^SigIgn:\s+0+$/);
    expect(environment.filter((line) => /^(NODE_CHANNEL|HOLDFAST_BACKGROUND)/.test(line))).toEqual([]);
  });

  it("are ended with the daemon, the hanging ones too", async () => {
    const pidFile = lab.path("script.pid");
    const hang = script("hang", `echo $$ >${pidFile}; sleep 1000`);
    const daemon = router(
      `${SECURE + track("hang", hang)}${instance(["192.0.2.100/24"], "track_script {\n hang\n }")}`.replace(
        "interval 1",
        "interval 1000",
      ),
    );
    await eventually("the script runs", () => linesOf(pidFile).length > 0);
    const pid = pidIn(pidFile);
    expect(await daemon.stop()).toBe(0);
    await eventually("the script is gone", () => !isAlive(pid));
  });

  it("go on after their runner was killed", async () => {
    const out = lab.path("out");
    const check = script("check", `echo ran >>${out}`);
    const daemon = router(
      SECURE + track("check", check) + instance(["192.0.2.100/24"], "track_script {\n check\n }"),
    );
    await daemon.waitForState("VI_1", "MASTER");
    const vrrp = pidIn(daemon.files.vrrpPid);
    const [, runner = 0] = processTree(vrrp);
    const name = () => readFileSync(`/proc/${runner}/comm`, "utf8").trim();
    await eventually("the runner has its name", () => name() === "holdfast_script");
    signalProcess(runner, "SIGKILL");
    await daemon.process.waitFor("script runner ended (SIGKILL)");
    const before = linesOf(out).length;
    await eventually("it runs again", () => linesOf(out).length > before);
    expect(pidIn(daemon.files.vrrpPid)).toBe(vrrp);
  });
});
