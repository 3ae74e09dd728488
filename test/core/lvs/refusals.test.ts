import { describe, expect, it } from "vitest";
import type { LvsEffect } from "../../../src/core/lvs/contract.ts";
import { ERRNO } from "../../../src/wire/errno.ts";
import { configOf, World } from "./world.ts";

const service = (name: string, lines: string, servers: readonly string[]) =>
  `virtual_server ${name} {\nlb_kind NAT\nprotocol TCP\n${lines}\n${servers.map((one) => `real_server ${one} {\nweight 1\n}`).join("\n")}\n}\n`;

const TWO = service("10.0.0.1 80", "lb_algo rr", ["10.0.1.1 80", "10.0.1.2 80"]);
const OTHER = service("10.0.0.2 80", "lb_algo rr", ["10.0.1.1 80"]);
const KEY = "6 10.0.0.1 80";

/** A table that others change, too. */
function shared(text: string): World {
  const world = new World();
  world.isShared = true;
  world.apply(text, true).take();
  return world;
}

function installed(world: World, key = KEY) {
  const entry = world.table.services.get(key);
  if (!entry) throw new Error(`no service ${key}`);
  return entry;
}

describe("what the kernel refuses", () => {
  it("is told with its errno, and everything else is done", () => {
    const world = new World();
    world.isShared = true;
    world.refuses = (command) =>
      command.type === "add-service" && command.service.scheduler === "twos"
        ? ERRNO.ENOENT
        : world.table.errno(command);
    world.apply(service("10.0.0.1 80", "lb_algo twos", ["10.0.1.1 80", "10.0.1.2 80"]) + OTHER, true);
    expect(world.table.lines()).toEqual(["6 10.0.0.2 80 -> 10.0.1.1:80 m 1", "6 10.0.0.2 80 rr"]);
    const refusals = world.take().logs.filter((line) => line.startsWith("IPVS"));
    expect(refusals).toEqual([
      "IPVS refuses to add service [10.0.0.1]:tcp:80: ENOENT (2), the kernel has no such scheduler or persistence engine",
    ]);
  });

  it("has no destinations where the service was refused: each of them is refused, and none is told of", () => {
    const world = new World();
    world.isShared = true;
    world.refuses = (command) => (command.type === "add-service" ? ERRNO.EBUSY : world.table.errno(command));
    world.apply(TWO, true);
    expect(world.table.lines()).toEqual([]);
    expect(world.take().logs.filter((line) => line.startsWith("IPVS"))).toEqual([
      "IPVS refuses to add service [10.0.0.1]:tcp:80: EBUSY (16)",
    ]);
  });

  it("is asked for again after a minute, and told once", () => {
    const world = new World();
    world.isShared = true;
    let attempts = 0;
    world.refuses = (command) => {
      if (command.type !== "add-service") return world.table.errno(command);
      attempts++;
      return attempts < 3 ? ERRNO.EBUSY : 0;
    };
    world.apply(TWO, true).run(59);
    expect(attempts).toBe(1);
    world.take();
    world.run(2);
    expect(attempts).toBe(2);
    expect(world.take().logs).toEqual([]);
    world.run(60);
    expect(world.table.lines()).toEqual([
      "6 10.0.0.1 80 -> 10.0.1.1:80 m 1",
      "6 10.0.0.1 80 -> 10.0.1.2:80 m 1",
      "6 10.0.0.1 80 rr",
    ]);
    expect(world.take().logs).toEqual([]);
    expect(world.director.deadline()).toBeUndefined();
  });

  it("is asked for again with the next change of its virtual server", () => {
    const world = new World();
    world.refuses = (command) =>
      command.type === "add-destination" && command.destination.address === "10.0.1.2" ? ERRNO.EINVAL : 0;
    world.apply(TWO, true);
    expect(world.take().logs.filter((line) => line.startsWith("IPVS"))).toEqual([
      "IPVS refuses to add destination 10.0.1.2 port 80 of [10.0.0.1]:tcp:80: EINVAL (22), no address that a server can have, or not with this service",
    ]);
    world.refuses = undefined;
    world.apply(TWO.replace("rr", "wrr"));
    expect(world.take().commands).toEqual([
      "edit service [10.0.0.1]:tcp:80",
      "add destination 10.0.1.2 port 80 of [10.0.0.1]:tcp:80",
    ]);
  });

  it("leaves an edited service and destination as they were, and edits them later", () => {
    const world = new World().apply(TWO, true);
    world.refuses = (command) => (command.type.startsWith("edit") ? ERRNO.EBUSY : 0);
    const next = TWO.replace("rr", "wrr").replace("weight 1", "weight 5");
    world.apply(next);
    expect(world.take().logs.filter((line) => line.startsWith("IPVS"))).toEqual([
      "IPVS refuses to edit service [10.0.0.1]:tcp:80: EBUSY (16)",
      "IPVS refuses to edit destination 10.0.1.1 port 80 of [10.0.0.1]:tcp:80: EBUSY (16)",
    ]);
    world.refuses = undefined;
    world.run(61);
    expect(world.table.lines()).toEqual([
      "6 10.0.0.1 80 -> 10.0.1.1:80 m 5",
      "6 10.0.0.1 80 -> 10.0.1.2:80 m 1",
      "6 10.0.0.1 80 wrr",
    ]);
    expect(world.take().logs).toEqual([]);
  });

  it("is told with the origin of the server in the configuration", () => {
    const text = `\n\n${TWO}`;
    const config = configOf(text);
    const world = new World();
    const seen: LvsEffect[] = [];
    const { director } = world;
    const handle = director.handle.bind(director);
    director.handle = (event, now) => {
      const effects = handle(event, now);
      seen.push(...effects);
      return effects;
    };
    world.refuses = (command) =>
      command.type === "add-destination" && command.destination.address === "10.0.1.2" ? ERRNO.EINVAL : 0;
    world.apply(text, true);
    const at = seen.flatMap((effect) =>
      effect.type === "log" && effect.at !== undefined ? [effect.at] : [],
    );
    expect(at).toEqual([config.virtual_server[0]?.real_server[1]?.$.at]);
  });
});

describe("what somebody else does to the table", () => {
  it("is told and put right with the next reload, whatever that changes", () => {
    const world = shared(TWO + OTHER);
    const { service: entry, destinations } = installed(world);
    world.table.services.delete("6 10.0.0.2 80");
    world.table.services.set(KEY, { service: { ...entry, scheduler: "wlc" }, destinations });
    destinations.delete("10.0.1.1 80");
    const second = destinations.get("10.0.1.2 80");
    if (!second) throw new Error("no destination");
    destinations.set("10.0.1.2 80", { ...second, weight: 9, forward: 3 });
    destinations.set("10.0.1.77 80", { ...second, address: "10.0.1.77" });
    const before = shared(TWO + OTHER).table.lines();
    world.apply(TWO + OTHER);
    expect(world.table.lines()).toEqual(before);
    expect(world.take().logs).toEqual([
      "IPVS service [10.0.0.1]:tcp:80 was changed by somebody else: scheduler wlc instead of rr",
      "IPVS service [10.0.0.1]:tcp:80: 10.0.1.2 port 80 was changed by somebody else: weight 9 instead of 1, method DR instead of NAT",
      "IPVS service [10.0.0.1]:tcp:80: 10.0.1.77 port 80 was added by somebody else",
      "IPVS service [10.0.0.1]:tcp:80: 10.0.1.1 port 80 was deleted by somebody else",
      "IPVS service [10.0.0.2]:tcp:80 was deleted by somebody else",
    ]);
  });

  it("is nothing to tell of where nobody did anything, nor about services of others", () => {
    const world = shared(TWO);
    world.table.services.set("6 10.9.9.9 80", {
      service: {
        ...installed(world).service,
        key: { type: "address", protocol: 6, address: "10.9.9.9", port: 80 },
      },
      destinations: new Map(),
    });
    world.apply(TWO);
    expect(world.take()).toEqual({ logs: [], scripts: [], commands: [] });
    world.apply(TWO);
    expect(world.take()).toEqual({ logs: [], scripts: [], commands: [] });
    expect(world.apply().table.lines()).toEqual(["6 10.9.9.9 80 rr"]);
  });

  it("shows in a refusal, too: the table is looked at and put right at once", () => {
    const world = shared(
      service("10.0.0.1 80", "lb_algo rr\ndelay_loop 5\nwarmup 0", ["10.0.1.1 80"]).replace(
        "weight 1",
        "TCP_CHECK {\nretry 0\nconnect_port 80\n}",
      ) + OTHER,
    );
    world.table.services.clear();
    world.now += 10_000_000;
    world.run(20);
    const { logs } = world.take();
    expect(logs.filter((line) => line.startsWith("IPVS"))).toEqual([]);
    world.healthy.add("10.0.1.1:80");
    world.run(20);
    expect(world.take().logs.filter((line) => line.startsWith("IPVS"))).toEqual([
      "IPVS service [10.0.0.1]:tcp:80 was deleted by somebody else",
      "IPVS service [10.0.0.2]:tcp:80 was deleted by somebody else",
    ]);
    expect(world.table.lines()).toEqual(
      shared(OTHER + TWO.replace("real_server 10.0.1.2 80 {\nweight 1\n}", "")).table.lines(),
    );
  });

  it("is adopted where it is a service that comes to be configured", () => {
    const world = shared(TWO);
    world.table.services.set("6 10.0.0.2 80", {
      service: {
        ...installed(world).service,
        scheduler: "sh",
        key: { type: "address", protocol: 6, address: "10.0.0.2", port: 80 },
      },
      destinations: new Map(),
    });
    world.apply(TWO + OTHER);
    expect(world.take().commands).toEqual([
      "edit service [10.0.0.2]:tcp:80",
      "add destination 10.0.1.1 port 80 of [10.0.0.2]:tcp:80",
    ]);
  });

  it("is not fought about more than once a minute", () => {
    const world = shared(TWO);
    // Whatever we add is deleted at once by somebody.
    world.refuses = (command) =>
      command.type === "add-service" || command.type === "edit-service" ? ERRNO.EEXIST : ERRNO.ESRCH;
    world.table.services.clear();
    world.run(10);
    world.apply(TWO.replace("rr", "wrr"));
    const commands = world.take().commands.length;
    expect(commands).toBeLessThan(8);
    world.run(30);
    expect(world.take().commands).toEqual([]);
    world.run(120);
    expect(world.take().commands.length).toBeLessThan(3 * 8);
  });
});
