import { existsSync, lstatSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Host, Lab } from "../lab/netns.ts";
import { eventually } from "../lab/process.ts";
import { instance, isAlive, linesOf, startDaemon, writeScript } from "./daemon.ts";

let lab: Lab;
let host: Host;
beforeEach(() => {
  lab = new Lab();
  host = lab.hostOnSwitch();
});
afterEach(() => lab.dispose());

const script = (name: string, text: string) => writeScript(lab, name, text);

const router = (config: string) => startDaemon(lab, host, config);

const globals = (lines: string) => `global_defs {\nscript_user root\nrouter_id lab\n${lines}\n}\n`;

/** A script that copies what it reads from its last argument, and says when it comes to the end. */
function reader(out: string): string {
  return script("reader", `echo "$$ $1" >>${out}.args\ncat "$2" >>${out}\necho end >>${out}.args`);
}

describe("notify FIFOs", () => {
  it("are made for their owner, read by their script to the last line, and removed on stop", async () => {
    const [path, out] = [lab.path("fifo"), lab.path("out")];
    const config = `notify_fifo ${path} daemon adm\nnotify_fifo_script "${reader(out)} first"`;
    const daemon = router(
      `${globals(config)}vrrp_sync_group G {\ngroup {\nVI_1\n}\n}\n${instance(["192.0.2.100/24"])}`,
    );
    await daemon.waitForState("VI_1", "MASTER");
    const facts = lstatSync(path);
    expect(facts.isFIFO()).toBe(true);
    expect(facts.mode & 0o777).toBe(0o600);
    if (lstatSync("/").uid === 0) expect([facts.uid, facts.gid]).toEqual([1, 4]);
    expect(await daemon.stop()).toBe(0);
    expect(linesOf(out)).toEqual([
      'GROUP "G" BACKUP 0',
      'INSTANCE "VI_1" BACKUP 100',
      'INSTANCE "VI_1" MASTER 100',
      'GROUP "G" MASTER 0',
      'INSTANCE "VI_1" STOP 100',
      'GROUP "G" STOP 0',
    ]);
    expect(linesOf(`${out}.args`).map((line) => line.replace(/^\d+ /, ""))).toEqual(["first", "end"]);
    expect(existsSync(path)).toBe(false);
  });

  it("keep lines until somebody reads them, and their reader over a reload", async () => {
    const [path, own, out] = [lab.path("fifo"), lab.path("vrrp-fifo"), lab.path("out")];
    const text = (more: string) =>
      globals(
        `notify_fifo ${path}\nvrrp_notify_fifo ${own}\nvrrp_notify_fifo_script "${reader(out)} x"\n${more}`,
      ) + instance(["192.0.2.100/24"]);
    const daemon = router(text(""));
    await daemon.waitForState("VI_1", "MASTER");
    await eventually("the reader has read", () => linesOf(out).length === 2);
    const mark = daemon.process.mark();
    daemon.configure(text("fifo_write_vrrp_states_on_reload"));
    daemon.reload();
    await daemon.process.waitFor("Reload complete", 20_000, mark);
    await eventually("the states are written again", () => linesOf(out).length === 3);
    expect(linesOf(out)[2]).toBe('INSTANCE "VI_1" MASTER 100');
    expect(linesOf(`${out}.args`)).toHaveLength(1);
    expect(host.exec("timeout", "10", "head", "-n", "3", path).trim().split("\n")).toEqual([
      'INSTANCE "VI_1" BACKUP 100',
      'INSTANCE "VI_1" MASTER 100',
      'INSTANCE "VI_1" MASTER 100',
    ]);
    const [pid = ""] = linesOf(`${out}.args`)[0]?.split(" ") ?? [];
    await daemon.stop();
    await eventually("the reader is gone", () => !isAlive(Number(pid)));
  });

  it("are not links, nor other files, and are left where they were", async () => {
    const [plain, link, target, mine] = ["plain", "link", "target", "mine"].map((name) => lab.path(name));
    host.exec("sh", "-c", `echo kept >${plain}; mkfifo ${target} ${mine}; ln -s ${target} ${link}`);
    const config = `notify_fifo ${plain}\nvrrp_notify_fifo ${link}`;
    const daemon = router(globals(config) + instance(["192.0.2.100/24"]));
    await daemon.waitForState("VI_1", "MASTER");
    for (const path of [plain, link]) expect(daemon.process.log).toContain(`notify fifo ${path} not used`);
    await daemon.stop();
    expect(linesOf(plain ?? "")).toEqual(["kept"]);
    expect(existsSync(link ?? "")).toBe(true);
    const other = router(globals(`notify_fifo ${mine}`) + instance(["192.0.2.100/24"]));
    await other.waitForState("VI_1", "MASTER");
    await other.stop();
    expect(existsSync(mine ?? "")).toBe(true);
  });

  it("lose lines when nobody reads them, and nothing else", async () => {
    const path = lab.path("fifo");
    const fill = `const fs=require('fs');const fd=fs.openSync('${path}',fs.constants.O_RDWR|fs.constants.O_NONBLOCK);try{for(;;)fs.writeSync(fd,'x')}catch{}console.log('full');setInterval(()=>{},1e6)`;
    host.exec("mkfifo", path);
    const filler = host.spawn([process.execPath, "-e", fill]);
    await filler.waitFor("full");
    const daemon = router(globals(`vrrp_notify_fifo ${path}`) + instance(["192.0.2.100/24"]));
    await daemon.waitForState("VI_1", "MASTER");
    await daemon.process.waitFor(`notify fifo ${path}: line lost (EAGAIN)`);
    await host.waitForAddress("eth0", "192.0.2.100", true);
    expect(await daemon.stop()).toBe(0);
    await filler.stop();
  });
});

describe("notify scripts", () => {
  it("of one transition run beside each other, those of the next after them", async () => {
    const out = lab.path("out");
    // None ends before two have begun.
    const both = `until [ $(grep -c begins ${out}) -ge 2 ]; do sleep 0.05; done`;
    const log = script("log", `echo "$1 begins" >>${out}\n${both}\necho "$1 ends" >>${out}`);
    const daemon = router(
      globals("") +
        instance(
          ["192.0.2.100/24"],
          `notify_backup "${log} own"\nnotify "${log} any"\nnotify_master "${log} next"`,
        ),
    );
    await daemon.waitForState("VI_1", "MASTER");
    await eventually("the last one has ended", () => linesOf(out).includes("next ends"));
    const at = (line: string) => linesOf(out).indexOf(line);
    expect(at("any begins")).toBeLessThan(at("own ends"));
    expect(at("own begins")).toBeLessThan(at("any ends"));
    expect(at("next begins")).toBeGreaterThan(Math.max(at("own ends"), at("any ends")));
    await daemon.stop();
  });

  it.runIf(lstatSync("/").uid === 0)("have the groups of their user where it is asked for", async () => {
    const out = lab.path("out");
    host.exec("sh", "-c", `touch ${out} && chmod 666 ${out}; chmod 755 ${lab.path("")}`);
    const groups = script("groups", `grep Groups /proc/self/status | sed "s/^/$1 /" >>${out}`);
    const daemon = router(
      globals("") +
        instance(
          ["192.0.2.100/24"],
          `notify_backup "${groups} without" daemon daemon\nnotify_master "${groups} with" daemon :`,
        ),
    );
    await eventually("both have run", () => linesOf(out).length === 2);
    const ids = (word: string) =>
      linesOf(out)
        .find((line) => line.startsWith(word))
        ?.replace(/.*Groups:\s*/, "")
        .trim();
    expect(ids("without ")).toBe("");
    expect(ids("with ")).toBe(host.exec("id", "-G", "daemon").trim());
    await daemon.stop();
  });

  it("run before the first process and after the last", async () => {
    const out = lab.path("out");
    const say = script("say", `echo "$1" >>${out}`);
    const daemon = router(
      globals(`startup_script "${say} startup"\nshutdown_script "${say} shutdown"`) +
        instance(["192.0.2.100/24"], `notify_backup "${say} backup"\nnotify_stop "${say} stop"`),
    );
    await daemon.waitForState("VI_1", "MASTER");
    await daemon.stop();
    expect(linesOf(out)).toEqual(["startup", "backup", "stop", "shutdown"]);
  });

  it("that take too long before the start do not keep the daemon from it", async () => {
    const hang = script("hang", "exec sleep 100");
    const daemon = router(
      globals(
        `startup_script ${hang}\nstartup_script_timeout 1\nshutdown_script ${hang}\nshutdown_script_timeout 1`,
      ) + instance(["192.0.2.100/24"]),
    );
    await daemon.waitForState("VI_1", "MASTER");
    expect(daemon.process.log).toContain("startup script timed out");
    await daemon.stop();
    expect(daemon.process.log).toContain("shutdown script timed out");
  });
});

const SMTP = fileURLToPath(new URL("../lab/smtp-server-process.mjs", import.meta.url));

interface Mail {
  readonly commands: readonly string[];
  readonly data: readonly string[];
}

describe("SMTP alerts", () => {
  const mailing = (more: string) =>
    globals(
      `notification_email {\nadmin@example.com\n"Second One <second@example.com>"\n}\nnotification_email_from from@example.com\nsmtp_server 127.0.0.1 2525\nsmtp_helo_name helo.example.com\nsmtp_connect_timeout 2\n${more}`,
    );

  async function server() {
    host.exec("ip", "link", "set", "lo", "up");
    const process_ = host.spawn([process.execPath, SMTP, "2525"]);
    await process_.waitFor("ready");
    const mails = () =>
      process_.lines.filter(({ text }) => text.startsWith("{")).map(({ text }) => JSON.parse(text) as Mail);
    const subjects = () =>
      mails().map(({ data }) => data.find((line) => line.startsWith("Subject: "))?.slice("Subject: ".length));
    return { process: process_, mails, subjects };
  }

  it("are sent as keepalived words them, to everybody", async () => {
    const smtp = await server();
    const daemon = router(mailing("smtp_alert") + instance(["192.0.2.100/24"]));
    await daemon.waitForState("VI_1", "MASTER");
    await eventually("both mails came", () => smtp.mails().length === 2);
    expect(smtp.subjects().sort()).toEqual([
      "[lab] VRRP Instance VI_1 - Entering BACKUP state",
      "[lab] VRRP Instance VI_1 - Entering MASTER state",
    ]);
    const master = smtp.mails().find(({ data }) => data.some((line) => line.includes("MASTER")));
    expect(master?.commands).toEqual([
      "EHLO helo.example.com",
      "MAIL FROM:<from@example.com>",
      "RCPT TO:<admin@example.com>",
      "RCPT TO:<second@example.com>",
      "DATA",
    ]);
    expect(master?.data).toContain("From: from@example.com");
    expect(master?.data).toContain("To: admin@example.com, Second One <second@example.com>");
    expect(master?.data).toContain("=> VRRP Instance is now owning VRRP VIPs <=");
    await daemon.stop();
    expect(smtp.mails()).toHaveLength(2);
    await smtp.process.stop();
  });

  it("come from those that want them, and not of faults under no_email_faults", async () => {
    const smtp = await server();
    const quiet = instance(["192.0.2.101/24"], "smtp_alert off").replace("VI_1", "VI_2").replace("51", "52");
    const daemon = router(
      `${mailing("smtp_alert_vrrp\nno_email_faults")}vrrp_sync_group G {\ngroup {\nVI_1\nVI_2\n}\nsmtp_alert on\n}\n${instance(["192.0.2.100/24"])}${quiet}`,
    );
    await daemon.waitForState("VI_1", "MASTER");
    const mark = daemon.process.mark();
    host.exec("ip", "link", "set", "eth0", "down");
    await daemon.waitForState("VI_1", "FAULT", 20_000, mark);
    host.exec("ip", "link", "set", "eth0", "up");
    await daemon.waitForState("VI_1", "MASTER", 20_000, mark);
    await eventually("all came", () => smtp.mails().length >= 8, 10_000);
    const told = smtp.subjects().join("\n");
    expect(told).toContain("[lab] VRRP Group G - Entering MASTER state");
    expect(told).not.toContain("VI_2");
    expect(told).not.toContain("FAULT");
    await daemon.stop();
    await smtp.process.stop();
  });

  it("that a dead server does not take hold up nothing", async () => {
    const daemon = router(mailing("smtp_alert") + instance(["192.0.2.100/24"]));
    await daemon.waitForState("VI_1", "MASTER");
    await daemon.process.waitFor('SMTP alert "VRRP Instance VI_1 - Entering MASTER state" not sent');
    expect(await daemon.stop()).toBe(0);
  });
});
