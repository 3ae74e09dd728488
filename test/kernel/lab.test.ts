import { existsSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HttpServer } from "../lab/http-server.ts";
import { Lab } from "../lab/netns.ts";
import { eventually, execute, processTree } from "../lab/process.ts";

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => lab.dispose());

async function pair() {
  const wire = lab.switch();
  const left = lab.host("left");
  const right = lab.host("right");
  const cable = wire.connect(left, "eth0", ["192.0.2.1/24"]);
  const other = wire.connect(right, "eth0", ["192.0.2.2/24"]);
  for (const each of [cable, other]) await each.passes();
  return { wire, left, right, cable };
}

/** Whether an ARP request for the address is answered within a second. */
function answers(from: { exec(...command: string[]): string }, address: string): boolean {
  try {
    from.exec("arping", "-q", "-c", "1", "-w", "1", "-I", "eth0", address);
    return true;
  } catch {
    return false;
  }
}

describe("a lab of network namespaces", () => {
  it("joins two hosts, loses them when the path breaks, and joins them again", async () => {
    const { left, right, cable } = await pair();
    expect(answers(right, "192.0.2.1")).toBe(true);
    cable.sever();
    expect(left.exec("cat", "/sys/class/net/eth0/carrier").trim()).toBe("1");
    expect(answers(right, "192.0.2.1")).toBe(false);
    await cable.restore();
    expect(answers(right, "192.0.2.1")).toBe(true);
    cable.cut();
    expect(left.exec("cat", "/sys/class/net/eth0/carrier").trim()).toBe("0");
    await cable.restore();
    expect(answers(right, "192.0.2.1")).toBe(true);
  });

  it("lists addresses and waits for their coming and going", async () => {
    const { left } = await pair();
    expect(left.addresses("eth0")).toEqual(["192.0.2.1/24"]);
    left.exec("ip", "addr", "add", "192.0.2.100/32", "dev", "eth0");
    await left.waitForAddress("eth0", "192.0.2.100");
    left.exec("ip", "addr", "del", "192.0.2.100/32", "dev", "eth0");
    await left.waitForAddress("eth0", "192.0.2.100", false);
    await expect(left.waitForAddress("eth0", "192.0.2.9", true, 50)).rejects.toThrow(/not within 50 ms/);
  });

  it("leaves no namespace, process or file behind", async () => {
    const { left } = await pair();
    const sleeper = left.spawn(["sh", "-c", "sleep 300 & sleep 300 & wait"]);
    const pids = await eventually("the shell and its children", () => {
      const tree = processTree(sleeper.pid);
      return tree.length === 3 && tree;
    });
    await lab.dispose();
    await sleeper.exited;
    expect(execute(["ip", "netns", "list"])).not.toContain(left.namespace);
    expect(existsSync(lab.directory)).toBe(false);
    await eventually("the end of them", () => pids.every((pid) => !existsSync(`/proc/${pid}/cwd`)));
  });

  it("reports a command's failure with its words", async () => {
    const { left } = await pair();
    expect(() => left.exec("ip", "link", "show", "nowhere")).toThrow(/nowhere.*does not exist/);
  });
});

describe("a controllable web server", () => {
  it("answers, hangs, refuses and answers again", async () => {
    const { left, right } = await pair();
    const server = await HttpServer.start(left, "192.0.2.1", 80, "first");
    const fetched = (seconds = 20) =>
      right.exec("curl", "-sS", "--max-time", `${seconds}`, "-w", " %{http_code}", "http://192.0.2.1/x");
    expect(fetched()).toBe("first 200");
    await server.behave({ mode: "answer", status: 503, body: "sorry" });
    expect(fetched()).toBe("sorry 503");
    await server.behave({ mode: "hang" });
    expect(() => fetched(1)).toThrow(/timed out/);
    await server.behave({ mode: "refuse" });
    expect(fetched).toThrow(/Couldn't connect|refused/);
    await server.behave({ mode: "answer", status: 200, body: "back" });
    expect(fetched()).toBe("back 200");
    await eventually("four requests", () => server.requests === 4);
  });
});
