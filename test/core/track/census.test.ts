import { describe, expect, it } from "vitest";
import { Census, matches, type ProcessFacts, type ProcessPattern } from "../../../src/core/track/census.ts";

const pattern = (process: string, more: Partial<ProcessPattern> = {}): ProcessPattern => ({
  process: process.split(" "),
  fullCommand: false,
  ...more,
});
const running = (command: string, name = ""): ProcessFacts => {
  const words = command.split(" ");
  return { name: name || (words[0] ?? "").replace(/.*\//, "").slice(0, 15), command: () => words };
};

describe("matches", () => {
  // Each of them started under keepalived 2.4.3.
  it.each([
    ["sshd", {}, "/usr/sbin/sshd -D", true],
    ["ssh", {}, "/usr/sbin/sshd -D", false],
    ["/usr/sbin/sshd", {}, "/usr/sbin/sshd -D", false],
    ["averyverylongprocessname", {}, "/averyverylongprocessname", false],
    ["averyverylongpr", {}, "/averyverylongprocessname", true],
    ["/t", { fullCommand: true }, "/t 30 40", true],
    ["/t", { fullCommand: true }, "t 30 40", false],
    ["/t 30 40", {}, "/t 30 40", true],
    ["/t 30 40", {}, "/t 30", false],
    ["/t 30", {}, "/t 30 40", false],
    ["/t 30", { match: "partial" }, "/t 30 40", true],
    ["/t 30", { match: "partial" }, "/t 300", false],
    ["/t 100 20", { match: "partial" }, "/t 100", false],
    ["/t 3", { match: "initial" }, "/t 30 40", true],
    ["/t 100 20", { match: "initial" }, "/t 100 200 30", true],
    ["/t 100 20", { match: "initial" }, "/t 1000 20", false],
    ["/t 100 20", { match: "initial" }, "/t 100", false],
    // Against the manual, a pattern without parameters takes any.
    ["/t", { match: "initial" }, "/t 30", true],
    ["/t", { match: "partial" }, "/t 30", true],
  ] as const)("%s %j and %s: %s", (process, more, command, expected) => {
    expect(matches(pattern(process, more), running(command))).toBe(expected);
  });

  it("does not ask for a command line that is not compared", () => {
    const facts: ProcessFacts = {
      name: "sshd",
      command: () => {
        throw new Error("read");
      },
    };
    expect(matches(pattern("sshd"), facts)).toBe(true);
    expect(matches(pattern("sshd -D"), { name: "sshd", command: () => undefined })).toBe(false);
  });
});

describe("Census", () => {
  const census = () => {
    const made = new Census();
    made.add("web", pattern("nginx"));
    made.add("any", pattern("/usr/sbin/nginx", { fullCommand: true }));
    return made;
  };

  it("counts programs that start, change their name and end", () => {
    const counting = census();
    expect(counting.see(10, running("bash"))).toEqual([]);
    expect(counting.see(10, running("/usr/sbin/nginx"))).toEqual([
      { process: "web", count: 1, cause: "other" },
      { process: "any", count: 1, cause: "other" },
    ]);
    expect(counting.see(10, running("/usr/sbin/nginx", "worker"))).toEqual([
      { process: "web", count: 0, cause: "other" },
    ]);
    expect(counting.end(10)).toEqual([{ process: "any", count: 0, cause: "ended" }]);
    expect(counting.end(10)).toEqual([]);
  });

  it("takes the child of a fork for what its parent is", () => {
    const counting = census();
    counting.see(10, running("/usr/sbin/nginx"));
    expect(counting.fork(10, 11)).toEqual([
      { process: "web", count: 2, cause: "forked" },
      { process: "any", count: 2, cause: "forked" },
    ]);
    expect(counting.fork(5, 6)).toEqual([]);
    expect(counting.see(11, running("/bin/ls"))).toHaveLength(2);
    expect(counting.count("web")).toBe(1);
  });

  it("tells once what a new list comes to", () => {
    const counting = census();
    counting.see(10, running("/usr/sbin/nginx"));
    counting.see(11, running("/usr/sbin/nginx"));
    const list = new Map([
      [11, running("/usr/sbin/nginx")],
      [12, running("/bin/other", "nginx")],
      [13, running("/bin/ls")],
    ]);
    expect(counting.recount(list)).toEqual([{ process: "any", count: 1, cause: "other" }]);
    expect(counting.count("web")).toBe(2);
  });

  it("forgets a pattern", () => {
    const counting = census();
    counting.see(10, running("/usr/sbin/nginx"));
    counting.remove("any");
    expect(counting.end(10)).toEqual([{ process: "web", count: 0, cause: "ended" }]);
    counting.remove("web");
    expect(counting.empty).toBe(true);
  });
});
