import { describe, expect, it } from "vitest";
import type { LvsEffect, LvsEvent } from "../../src/core/lvs/contract.ts";
import { LvsDriver } from "../../src/daemon/driver/lvs.ts";
import { createMemoryKernel } from "../../src/kernel/memory/kernel.ts";
import { MemoryNetwork } from "../../src/kernel/memory/network.ts";
import { VirtualClock } from "../../src/kernel/memory/virtual-clock.ts";
import { ERRNO } from "../../src/wire/errno.ts";
import type { IpvsCommand, IpvsServiceKey } from "../../src/wire/ipvs-types.ts";
import { configOf } from "../core/lvs/world.ts";
import { keptLog, noScripts, Scripted } from "./drive.ts";

const KEY: IpvsServiceKey = { type: "address", protocol: 6, address: "192.0.2.100", port: 80 };
const ADD: IpvsCommand = {
  type: "add-service",
  service: { key: KEY, scheduler: "rr", flags: 0, timeout: 0, netmask: 0xffffffff, persistenceEngine: "" },
};

const ipvs = (command: IpvsCommand): LvsEffect => ({ type: "ipvs", command });
const destination = (address: string): IpvsCommand => ({
  type: "add-destination",
  key: KEY,
  destination: { address, port: 80, forward: 0, weight: 1, upperThreshold: 0, lowerThreshold: 0 },
});

function bench(machine = new Scripted<LvsEvent, LvsEffect>()) {
  const clock = new VirtualClock();
  const network = new MemoryNetwork({ clock });
  const links = [{ name: "eth0", segment: "lan", addresses: ["192.0.2.1/24"] }];
  const kernel = createMemoryKernel({ network, links, streams: "hosts" });
  const { log, lines } = keptLog();
  const driver = new LvsDriver(kernel, machine, noScripts(log), log);
  return { clock, network, kernel, lines, driver, machine };
}

describe("LvsDriver", () => {
  it("starts on what the table holds, and compares with it before later plans", () => {
    const { driver, kernel, machine } = bench();
    kernel.ipvs.apply([ADD]);
    driver.start([]);
    driver.apply([]);
    expect(machine.ofType("apply").map(({ present }) => present?.map(({ key }) => key))).toEqual([
      [KEY],
      [KEY],
    ]);
  });

  it("takes out what an earlier run left: services that are still there, and its table of marks if it is not in use", () => {
    const { driver, kernel, lines } = bench();
    const gone: IpvsServiceKey = { type: "fwmark", family: 4, fwmark: 9 };
    const tables = ["marks", "other"].map((name) => ({ family: "ip", name }) as const);
    const earlier = { services: [KEY, gone], table: "marks" };
    kernel.ipvs.apply([ADD]);
    kernel.firewall.apply(tables.map((table) => ({ type: "add-table", table })));
    driver.configure(configOf("global_defs {\n nftables_ipvs marks\n}\n"));
    driver.clear({ ...earlier, services: [] });
    expect(kernel.firewall.tables()).toEqual(tables);
    driver.configure(configOf(""));
    driver.clear(earlier);
    expect(kernel.ipvs.list()).toEqual([]);
    expect(kernel.firewall.tables().map(({ name }) => name)).toEqual(["other"]);
    expect(lines).toEqual(["Removing service [192.0.2.100]:tcp:80, left by an earlier run"]);
  });

  it("tells the machine what track files hold before the plan that needs it, and of BFD sessions", () => {
    const { driver, kernel, machine, clock } = bench();
    const config = (file: string) => `track_file f {\n file ${file}\n}\ntrack_file idle {\n file /idle\n}
      virtual_server 192.0.2.100 80 {\n real_server 10.0.0.1 80 {\n FILE_CHECK {\n track_file f\n}\n}\n}\n`;
    kernel.files.write("/one", "5\n");
    kernel.files.write("/two", "7\n");
    driver.configure(configOf(config("/one")));
    driver.start([]);
    driver.configure(configOf(config("/two")));
    driver.apply([]);
    for (const path of ["/one", "/two"]) kernel.files.write(path, "9\n");
    clock.advanceBy(1_000_000);
    driver.session("b", false);
    driver.configure(configOf(""));
    driver.apply([]);
    kernel.files.write("/two", "8\n");
    clock.advanceBy(1_000_000);
    const told = machine.events.filter(({ type }) => ["apply", "file-value", "bfd"].includes(type));
    expect(told.map((event) => (event.type === "apply" ? "apply" : event))).toEqual([
      { type: "file-value", file: "f", value: 5 },
      "apply",
      { type: "file-value", file: "f", value: 7 },
      "apply",
      { type: "file-value", file: "f", value: 9 },
      { type: "bfd", name: "b", up: false },
      "apply",
    ]);
  });

  it("carries out ipvs effects together, and tells the machine of each refusal", () => {
    const machine = new Scripted<LvsEvent, LvsEffect>().on(
      "apply",
      ipvs(ADD),
      ipvs(ADD),
      { type: "log", level: "info", message: "between" },
      ipvs(destination("10.0.0.1")),
    );
    const { driver, kernel, lines } = bench(machine);
    driver.start([]);
    expect(kernel.ipvs.list()[0]?.destinations.map(({ address }) => address)).toEqual(["10.0.0.1"]);
    expect(lines).toEqual(["between"]);
    expect(machine.ofType("refused")).toEqual([
      { type: "refused", refusals: [{ command: ADD, errno: ERRNO.EEXIST, code: "EEXIST" }] },
    ]);
  });

  it("lists the table when asked to, and says so when it cannot", () => {
    const machine = new Scripted<LvsEvent, LvsEffect>().on("apply", ipvs(ADD), { type: "compare" });
    const { driver, kernel, lines } = bench(machine);
    driver.start([]);
    expect(machine.ofType("listed").map(({ present }) => present.map(({ key }) => key))).toEqual([[KEY]]);
    kernel.faults.inject("ipvs.list", ERRNO.EBUSY, 2);
    driver.apply([]);
    expect(machine.ofType("listed")).toHaveLength(1);
    expect(machine.ofType("apply")[1]).toEqual({ type: "apply", changes: [] });
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(/^Cannot compare with the kernel's table: .*EBUSY$/);
  });

  it("changes nf_tables as one transaction, and tells the machine when that is refused", () => {
    const table = { family: "ip", name: "keepalived_ipvs" } as const;
    const machine = new Scripted<LvsEvent, LvsEffect>().on("apply", {
      type: "firewall",
      commands: [{ type: "add-table", table }],
    });
    const { driver, kernel, lines } = bench(machine);
    driver.start([]);
    expect(kernel.firewall.tables()).toEqual([table]);
    kernel.faults.inject("firewall.apply", ERRNO.EBUSY);
    driver.apply([]);
    expect(machine.ofType("firewall-refused")).toHaveLength(1);
    expect(lines).toEqual([expect.stringMatching(/^Cannot mark packets for IPVS: .*EBUSY$/)]);
  });

  it("removes the marks of a daemon that was killed, and no other table", () => {
    const { driver, kernel } = bench();
    const names = ["keepalived_ipvs", "keepalived"];
    for (const name of names) kernel.firewall.apply([{ type: "add-table", table: { family: "ip6", name } }]);
    driver.configure(configOf("global_defs {\nnftables_ipvs\n}\n"));
    driver.start([]);
    expect(kernel.firewall.tables().map(({ name }) => name)).toEqual(["keepalived"]);
  });

  it("connects for checkers, and hands in what comes back", () => {
    const request = new TextEncoder().encode("ping");
    const machine = new Scripted<LvsEvent, LvsEffect>()
      .on("apply", {
        type: "connect",
        checker: "c1",
        target: { transport: "tcp", address: "10.0.0.1", port: 80 },
      })
      .on("connected", { type: "send", checker: "c1", bytes: request })
      .on("ended", { type: "close", checker: "c1" });
    const { driver, network, clock } = bench(machine);
    network.hosts.listen("10.0.0.1", 80, (connection) => {
      connection.onData((bytes) => {
        connection.send(bytes);
        connection.end();
      });
    });
    driver.start([]);
    clock.advanceBy(1_000_000);
    expect(machine.events.map(({ type }) => type)).toEqual(["apply", "connected", "data", "ended"]);
    expect(machine.ofType("data")[0]?.bytes).toEqual(request);
  });

  it("names the errno of a failed connection", () => {
    const machine = new Scripted<LvsEvent, LvsEffect>().on("apply", {
      type: "connect",
      checker: "c1",
      target: { transport: "tcp", address: "10.0.0.1", port: 81 },
    });
    const { driver, network, clock } = bench(machine);
    network.hosts.listen("10.0.0.1", 80, () => {});
    driver.start([]);
    clock.advanceBy(1_000_000);
    expect(machine.ofType("failed")).toEqual([{ type: "failed", checker: "c1", error: "ECONNREFUSED" }]);
  });

  it("exchanges datagrams for checkers", () => {
    const target = { transport: "udp", address: "10.0.0.1", port: 53 } as const;
    const machine = new Scripted<LvsEvent, LvsEffect>()
      .on("apply", { type: "connect", checker: "c1", target })
      .on("connected", { type: "send", checker: "c1", bytes: new TextEncoder().encode("who?") });
    const { driver, network, clock } = bench(machine);
    network.hosts.respond("10.0.0.1", 53, (bytes) => bytes.subarray(1));
    driver.start([]);
    clock.advanceBy(1_000_000);
    expect(machine.ofType("data").map(({ bytes }) => new TextDecoder().decode(bytes))).toEqual(["ho?"]);
  });

  it("hears nothing of a connection that was closed or replaced", () => {
    const connect: LvsEffect = {
      type: "connect",
      checker: "c1",
      target: { transport: "tcp", address: "10.0.0.1", port: 80 },
    };
    const machine = new Scripted<LvsEvent, LvsEffect>().on("apply", connect, connect);
    const { driver, network, clock } = bench(machine);
    network.hosts.listen("10.0.0.1", 80, () => {});
    driver.start([]);
    clock.advanceBy(1_000_000);
    expect(machine.ofType("connected")).toHaveLength(1);
    machine.on("apply", { type: "close", checker: "c1" }, connect, { type: "close", checker: "c1" });
    driver.apply([]);
    clock.advanceBy(1_000_000);
    expect(machine.ofType("connected")).toHaveLength(1);
  });

  it("leaves the table alone on stop when it is told to", () => {
    const machine = new Scripted<LvsEvent, LvsEffect>().on("apply", ipvs(ADD));
    const { driver, kernel } = bench(machine);
    driver.start([]);
    machine.on("apply", ipvs({ type: "delete-service", key: KEY }));
    driver.stop([], true);
    expect(kernel.ipvs.list()).toHaveLength(1);
  });

  it("cannot start without IPVS", () => {
    const { driver, kernel } = bench();
    kernel.faults.inject("ipvs.list", ERRNO.ENOPROTOOPT);
    expect(() => driver.start([])).toThrow("ENOPROTOOPT");
  });
});
