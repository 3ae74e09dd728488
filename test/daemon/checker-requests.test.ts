/** What checkers ask, and what they take for an answer; whom servers' news reaches. */
import { createSocket } from "node:dgram";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { HOLDFAST_BUNDLE } from "../lab/holdfast.ts";
import { eventually, LabProcess } from "../lab/process.ts";
import { linesOf } from "./daemon.ts";

const SMTP = fileURLToPath(new URL("../lab/smtp-server-process.mjs", import.meta.url));

let folder: string;
let daemon: LabProcess | undefined;
/** What servers on any address have been asked: `KIND ADDRESS WHAT`. */
const asked = new Set<string>();
const closing: (() => void)[] = [];

function listen(port: number, server: ReturnType<typeof createServer>): Promise<void> {
  closing.push(() => server.unref().close());
  return new Promise((resolve) => server.listen(port, () => resolve()));
}

function bind(port: number, address: string, onData: (data: Buffer) => Buffer): Promise<void> {
  const socket = createSocket("udp4", (data, peer) => {
    socket.send(onData(data), peer.port, peer.address);
  });
  closing.push(() => socket.close());
  return new Promise((resolve) => socket.bind(port, address, () => resolve()));
}

const plain = (address = "") => address.replace("::ffff:", "");

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-requests-"));
  await listen(
    8102,
    createHttpServer((request, response) => {
      asked.add(`HTTP ${plain(request.socket.localAddress)} ${request.headers.host}`);
      response.end("well");
    }),
  );
  await listen(
    8104,
    createServer((socket) => {
      socket.on("error", () => {}).write("220 lab\r\n");
      socket.on("data", (data) => {
        asked.add(`SMTP ${data.toString().trim()}`);
        socket.write("250 lab\r\n");
      });
    }),
  );
  await bind(8106, "127.0.0.1", (data) => {
    asked.add(`DNS ${data.subarray(12).toString("hex")}`);
    data[2] = (data[2] ?? 0) | 0x80;
    return data;
  });
  await bind(8107, "127.0.0.1", (data) => {
    asked.add(`UDP ${data.toString("hex")}`);
    return data;
  });
});
afterAll(() => {
  for (const close of closing) close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => asked.clear());
afterEach(async () => {
  await daemon?.stop();
  daemon = undefined;
});

async function start(reals: string, more = "", globals = ""): Promise<LabProcess> {
  const file = join(folder, "k.conf");
  const text = `global_defs {\n script_user root\n enable_script_security\n router_id lab\n ${globals}\n}
virtual_server 10.0.0.1 80 {\n protocol TCP\n delay_loop 0.3\n warmup 0\n retry 1\n delay_before_retry 0.1\n ${more}\n ${reals}\n}\n`;
  writeFileSync(file, text);
  daemon = new LabProcess([
    ...[process.execPath, HOLDFAST_BUNDLE, "run", "-n", "-l", "-D", "--kernel", "memory", "-f", file],
    ...["-p", join(folder, "p.pid"), "-r", join(folder, "v.pid"), "-c", join(folder, "c.pid")],
  ]);
  await daemon.waitFor("Startup complete", 20_000);
  return daemon;
}

const real = (address: string, port: number, check: string, more = "") =>
  `real_server ${address} ${port} {\n ${more}\n ${check}\n }\n`;
const comes = (what: string) => eventually(what, () => asked.has(what), 10_000);

function script(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}
const contents = (name: string) => {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
};

describe("what is asked", { timeout: 60_000 }, () => {
  it("virtualhost is named in requests: of the service, of the server, of the checker", async () => {
    const get = (more = "") => `HTTP_GET {\n ${more}\n url {\n path /\n }\n }`;
    await start(
      real("127.0.0.1", 8102, get()) +
        real("127.0.0.2", 8102, get(), "virtualhost server.example") +
        real("127.0.0.3", 8102, get("virtualhost checker.example"), "virtualhost server.example"),
      "virtualhost service.example",
    );
    await comes("HTTP 127.0.0.1 service.example");
    await comes("HTTP 127.0.0.2 server.example");
    await comes("HTTP 127.0.0.3 checker.example");
    expect(asked.size).toBe(3);
  });

  it("helo_name greets", async () => {
    await start(real("127.0.0.1", 8104, "SMTP_CHECK {\n helo_name checker.example\n }"));
    await comes("SMTP HELO checker.example");
  });

  it("name and type are what DNS_CHECK asks for", async () => {
    await start(real("127.0.0.1", 8106, "DNS_CHECK {\n type MX\n name lab.example\n }"));
    // Two labels and the root, MX (15), IN.
    await comes(`DNS 036c6162${Buffer.from("\x07example").toString("hex")}00000f0001`);
  });

  it("payload is sent, and require_reply, min_reply_length, max_reply_length are about the answer", async () => {
    const check = (lines: string) => `UDP_CHECK {\n payload 01020304\n ${lines}\n }`;
    const right = "require_reply 01020304\n min_reply_length 4\n max_reply_length 4";
    const wrong = [
      "require_reply 0105",
      "require_reply 0102\n min_reply_length 5",
      "require_reply 0102\n max_reply_length 3",
    ];
    for (const [lines, up] of [[right, true], ...wrong.map((one) => [one, false] as const)] as const) {
      const process = await start(real("127.0.0.1", 8107, check(lines)));
      await comes("UDP 01020304");
      asked.clear();
      if (up) await new Promise((resolve) => setTimeout(resolve, 1_500));
      else await process.waitFor("Removing service", 10_000);
      expect(process.log.includes("Removing service"), lines).toBe(!up);
      await process.stop();
    }
  });
});

describe("MISC_CHECK", { timeout: 60_000 }, () => {
  it("misc_dynamic: its exit status is a weight; user: it runs as somebody else", async () => {
    const path = script("dynamic", "id -un >>$1/who; exit 9");
    // A folder that anybody may write to would make the script one that is not run.
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, "who"), "");
    chmodSync(join(folder, "who"), 0o666);
    const process = await start(
      real("127.0.0.1", 80, `MISC_CHECK {\n misc_path "${path} ${folder}"\n misc_dynamic\n user nobody\n }`),
    );
    await process.waitFor("Changing weight from 1 to 7", 10_000);
    expect(contents("who").split("\n")[0]).toBe("nobody");
  });
});

describe("news of servers", { timeout: 60_000 }, () => {
  const gone = "TCP_CHECK {\n connect_port 9\n }";
  const smtp =
    "notification_email {\n a@example.com\n }\n notification_email_from b@example.com\n smtp_server 127.0.0.1 2626";

  /** A daemon whose second server, and then service, goes down, sends mails of these subjects; `[lab]` left out. */
  async function mails(expected: string[], reals: string, more: string, globals: string): Promise<void> {
    const server = new LabProcess([process.execPath, SMTP, "2626"]);
    await server.waitFor("ready");
    const running = await start(reals, more, `${smtp}\n ${globals}`);
    await running.waitFor("Lost quorum", 10_000);
    const subjects = () =>
      [...server.log.replaceAll('"," ', " ").matchAll(/Subject: \[lab\] ([^"]*)"/g)].map(
        ([, subject = ""]) => subject,
      );
    await eventually("the mails", () => subjects().length >= expected.length, 10_000);
    await running.stop();
    await server.stop();
    expect(subjects().sort()).toEqual(expected);
  }
  const service = (state: string) => `Virtualserver [10.0.0.1]:tcp:80 - ${state}`;
  const server = (n: number, state: string) =>
    `Realserver [127.0.0.${n}]:tcp:80 of virtual server [10.0.0.1]:tcp:80 - ${state}`;
  const two = (first = "", second = "") =>
    real("127.0.0.1", 80, gone, first) + real("127.0.0.2", 80, gone, second);

  it("smtp_alert has mail of a service and keeps that of a server", async () => {
    const all = [server(2, "DOWN"), service("DOWN"), service("UP")];
    await mails(all, two("smtp_alert off"), "smtp_alert", "");
  });

  it("smtp_alert_checker is for all that do not say", async () => {
    await mails([server(2, "DOWN")], two("", "smtp_alert on"), "", "smtp_alert_checker off");
    const all = [server(2, "DOWN"), service("DOWN"), service("UP")];
    await mails(all, two("smtp_alert off"), "", "smtp_alert_checker");
  });

  it("no_checker_emails: only of servers that change, not of each checker", async () => {
    const both = real("127.0.0.1", 80, `${gone}\n${gone.replace("9", "19")}`);
    await mails([server(1, "DOWN"), server(1, "DOWN")], both, "", "");
    await mails([server(1, "DOWN")], both, "", "no_checker_emails");
  });

  it("lvs_notify_fifo has lines, lvs_notify_fifo_script reads them, rs_init_notifies adds those of the start", async () => {
    const fifo = join(folder, "fifo");
    const reader = script("reader", `for path; do :; done; cat "$path" >>${folder}/lines`);
    const running = await start(
      two(),
      "",
      `lvs_notify_fifo ${fifo}\n lvs_notify_fifo_script ${reader}\n rs_init_notifies`,
    );
    await running.waitFor("Lost quorum", 10_000);
    const rs = (n: number, state: string) => `RS [127.0.0.${n}]:tcp:80 [10.0.0.1]:tcp:80 ${state}`;
    const lines = await eventually("the lines", () => {
      const read = linesOf(join(folder, "lines"));
      return read.length >= 6 && read;
    });
    expect(lines.slice(0, 3)).toEqual([rs(1, "UP"), rs(2, "UP"), "VS [10.0.0.1]:tcp:80 UP"]);
    expect(lines.slice(3).sort()).toEqual([rs(1, "DOWN"), rs(2, "DOWN"), "VS [10.0.0.1]:tcp:80 DOWN"]);
  });
});
