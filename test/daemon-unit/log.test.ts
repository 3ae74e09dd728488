import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Socket } from "../../native/socket.ts";
import { consoleLine } from "../../src/daemon/log/console-sink.ts";
import { createLog, type LogSink } from "../../src/daemon/log/log.ts";
import { SyslogSink, syslogLine, unixAddress } from "../../src/daemon/log/syslog-sink.ts";

class Collected implements LogSink {
  readonly lines: [number, string][] = [];
  write(level: number, message: string): void {
    this.lines.push([level, message]);
  }
}

describe("createLog", () => {
  it("writes each entry to every sink before it returns", () => {
    const sinks = [new Collected(), new Collected()];
    const log = createLog(sinks, false);
    log.info("one");
    log.warn("two");
    log.error("three");
    for (const { lines } of sinks) {
      expect(lines).toEqual([
        [30, "one"],
        [40, "two"],
        [50, "three"],
      ]);
    }
  });

  it("writes details only when they are wanted", () => {
    const sink = new Collected();
    createLog([sink], false).debug("quiet");
    createLog([sink], true).debug("loud");
    expect(sink.lines).toEqual([[20, "loud"]]);
  });

  it("escapes what could forge a line or drive a terminal, and splits lines", () => {
    const sink = new Collected();
    createLog([sink], false).info("a\u001b[2Jb\r\nc");
    expect(sink.lines.map(([, text]) => text)).toEqual(["a\\x1b[2Jb\\x0d", "c"]);
  });

  it("takes a message with percent signs as it is", () => {
    const sink = new Collected();
    createLog([sink], false).info("%s %d %j 100%");
    expect(sink.lines).toEqual([[30, "%s %d %j 100%"]]);
  });
});

describe("lines", () => {
  const date = new Date(2026, 10, 2, 3, 4, 5);

  it("look like keepalived's on a console", () => {
    expect(consoleLine(date, "Stopped")).toBe("Mon Nov  2 03:04:05 2026: Stopped\n");
  });

  it("look like glibc's for syslog", () => {
    expect(syslogLine(3, 30, date, "Holdfast[1]", "Stopped")).toBe(
      "<30>Nov  2 03:04:05 Holdfast[1]: Stopped",
    );
    expect(syslogLine(16, 50, date, "x[1]", "bad")).toMatch(/^<131>/);
    expect(syslogLine(3, 40, date, "x[1]", "odd")).toMatch(/^<28>/);
    expect(syslogLine(3, 20, date, "x[1]", "fine")).toMatch(/^<31>/);
  });
});

describe("SyslogSink", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "holdfast-log-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function listen(path: string): Socket {
    const socket = Socket.open(1, 2, 0);
    if (typeof socket === "number") throw new Error(`socket: ${socket}`);
    expect(socket.bind(unixAddress(path))).toBe(0);
    return socket;
  }

  function read(socket: Socket): string {
    const bytes = new Uint8Array(2_000);
    expect(socket.wait(1, 1_000)).toBe(1);
    return new TextDecoder().decode(bytes.subarray(0, socket.receive(bytes)));
  }

  it("sends datagrams, and finds a socket that was made anew", () => {
    const path = join(folder, "log");
    const sink = new SyslogSink(3, "Holdfast_vrrp", path);
    sink.write(30, "lost: nobody listens");
    const first = listen(path);
    sink.write(30, "one");
    expect(read(first)).toMatch(
      new RegExp(`^<30>\\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d Holdfast_vrrp\\[${process.pid}\\]: one$`),
    );
    first.close();
    rmSync(path);
    const second = listen(path);
    sink.write(40, "two");
    expect(read(second)).toMatch(/: two$/);
    second.close();
  });

  it("loses lines rather than wait for a reader", () => {
    const path = join(folder, "log");
    const sink = new SyslogSink(3, "x", path);
    const reader = listen(path);
    const started = performance.now();
    for (let i = 0; i < 5_000; i++) sink.write(30, "x".repeat(500));
    expect(performance.now() - started).toBeLessThan(10_000);
    reader.close();
  });
});
