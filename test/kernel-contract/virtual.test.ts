import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMemoryKernel, type MemoryKernel } from "../../src/kernel/memory/kernel.ts";
import { createLocalMemoryKernel } from "../../src/kernel/memory/local.ts";
import { MemoryNetwork } from "../../src/kernel/memory/network.ts";
import { VirtualClock } from "../../src/kernel/memory/virtual-clock.ts";
import type { ReceivedPacket } from "../../src/kernel/ports.ts";
import { ERRNO } from "../../src/wire/errno.ts";
import { refusal } from "./host.ts";
import { packetTo } from "./outgoing.ts";

const GROUP = "224.0.0.18";

function pair(seed = 1) {
  const clock = new VirtualClock(1_000_000);
  const network = new MemoryNetwork({ clock, seed });
  const plug = (address: string) =>
    createMemoryKernel({ network, links: [{ name: "eth0", segment: "lan", addresses: [`${address}/24`] }] });
  return { clock, network, a: plug("192.0.2.1"), b: plug("192.0.2.2"), lan: network.segment("lan") };
}

function open(kernel: MemoryKernel) {
  const ifindex = kernel.links.get("eth0")?.index ?? 0;
  return kernel.packets.openVrrp({ family: 4, ifindex, interfaceName: "eth0", group: GROUP });
}

function collect(kernel: MemoryKernel): number[] {
  const received: number[] = [];
  open(kernel).onPacket((packet: ReceivedPacket) => received.push(packet.data[20] ?? -1));
  return received;
}

describe("virtual time", () => {
  it("lets things happen in order of time, then of scheduling, whatever the order they came in", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 50 }), { maxLength: 100 }), (times) => {
        const clock = new VirtualClock();
        const happened: [number, number][] = [];
        for (const [index, at] of times.entries())
          clock.schedule(at, () => happened.push([clock.now(), index]));
        clock.advanceTo(100);
        const expected = times.map((at, index): [number, number] => [at, index]);
        expect(happened).toEqual(expected.sort((x, y) => x[0] - y[0] || x[1] - y[1]));
        expect(clock.now()).toBe(100);
      }),
    );
  });

  it("runs what is scheduled while it advances, and not what is cancelled", () => {
    const clock = new VirtualClock();
    const happened: number[] = [];
    clock.schedule(10, () => {
      happened.push(clock.now());
      clock.schedule(15, () => happened.push(clock.now()));
      clock.schedule(25, () => happened.push(clock.now()));
    });
    clock.schedule(12, () => happened.push(-1)).close();
    clock.advanceBy(20);
    expect(happened).toEqual([10, 15]);
    expect(clock.next()).toBe(25);
  });

  it("is the clock of the kernels of a network", () => {
    const { clock, a } = pair();
    const alarms: number[] = [];
    a.clock.onAlarm(() => alarms.push(a.clock.now()));
    a.clock.alarm(1_500_000);
    a.clock.alarm(1_400_000);
    clock.advanceTo(2_000_000);
    expect(alarms).toEqual([1_400_000]);
  });
});

describe("a memory segment", () => {
  it("delivers after its latency", () => {
    const { clock, a, b, lan } = pair();
    lan.quality = { latency: 300 };
    const received = collect(b);
    open(a).send([packetTo(GROUP, [1])]);
    clock.advanceBy(299);
    expect(received).toEqual([]);
    clock.advanceBy(1);
    expect(received).toEqual([1]);
  });

  it("loses the same packets for the same seed, and others for another", () => {
    const run = (seed: number) => {
      const { clock, a, b, lan } = pair(seed);
      lan.quality = { loss: 0.5, jitter: 1_000 };
      const received = collect(b);
      const sender = open(a);
      for (let i = 0; i < 64; i++) sender.send([packetTo(GROUP, [i])]);
      clock.advanceBy(2_000);
      return received;
    };
    expect(run(7)).toEqual(run(7));
    expect(run(7)).not.toEqual(run(8));
    expect(run(7).length).toBeGreaterThan(10);
    expect(run(7).length).toBeLessThan(54);
  });

  it("can cut a port off without its link noticing", () => {
    const { clock, a, b, lan } = pair();
    const received = collect(b);
    const mac = a.links.get("eth0")?.mac ?? new Uint8Array();
    const sender = open(a);
    lan.cut(mac);
    sender.send([packetTo(GROUP, [1])]);
    clock.advanceBy(10);
    expect(a.links.get("eth0")?.running).toBe(true);
    lan.join(mac);
    sender.send([packetTo(GROUP, [2])]);
    clock.advanceBy(10);
    expect(received).toEqual([2]);
  });

  it("makes IPv4 packets whose header checksum holds", () => {
    const { clock, a, b } = pair();
    let header: Uint8Array | undefined;
    open(b).onPacket(({ data }) => {
      header = data.slice(0, 20);
    });
    open(a).send([packetTo(GROUP, [1, 2])]);
    clock.advanceBy(10);
    let sum = 0;
    for (let i = 0; i < 20; i += 2) sum += ((header?.[i] ?? 0) << 8) | (header?.[i + 1] ?? 0);
    expect((sum & 0xffff) + (sum >> 16)).toBe(0xffff);
  });
});

describe("simulated hosts", () => {
  it("are unreachable when unknown, and say nothing when silent", () => {
    const { clock, network, a } = pair();
    network.hosts.listen("192.0.2.9", 80, () => {});
    network.hosts.setSilent("192.0.2.9", true);
    const log: string[] = [];
    const connect = (address: string) =>
      a.streams.connect({ address, port: 80 }, (event) => {
        log.push(`${address} ${event.type === "failed" ? event.error.code : event.type}`);
      });
    connect("192.0.2.8");
    connect("192.0.2.9");
    clock.advanceBy(2_999_999);
    expect(log).toEqual([]);
    clock.advanceBy(60_000_000);
    expect(log).toEqual(["192.0.2.8 EHOSTUNREACH"]);
  });

  it("can break a connection", () => {
    const { clock, network, a } = pair();
    network.hosts.listen("192.0.2.9", 80, (connection) => connection.onData(() => connection.reset()));
    const log: string[] = [];
    const connection = a.streams.connect({ address: "192.0.2.9", port: 80 }, (event) => {
      log.push(event.type === "failed" ? event.error.code : event.type);
    });
    connection.send(new Uint8Array([1]));
    clock.advanceBy(10_000);
    expect(log).toEqual(["connected", "ECONNRESET"]);
  });
});

describe("injected faults", () => {
  it("are met once for each time they are given, and change nothing else", () => {
    const kernel = createMemoryKernel({ links: [{ name: "eth0" }] });
    const ifindex = kernel.links.get("eth0")?.index ?? 0;
    const vip = { ifindex, address: "192.0.2.9", prefixLength: 24, scope: 0 };
    kernel.faults.inject("addresses.add", ERRNO.EPERM, 2);
    expect(refusal(() => kernel.addresses.add(vip))).toBe("EPERM");
    expect(refusal(() => kernel.addresses.add(vip))).toBe("EPERM");
    expect(refusal(() => kernel.addresses.add(vip))).toBe("none");
    kernel.faults.inject("ipvs.apply", ERRNO.EINVAL);
    const key = { type: "fwmark", family: 4, fwmark: 1 } as const;
    const remove = { type: "delete-service", key } as const;
    expect(kernel.ipvs.apply([remove, remove]).map((error) => error?.code)).toEqual(["EINVAL", "ESRCH"]);
    kernel.close();
  });
});

describe("the local memory kernel", () => {
  it("has every interface that is asked for, and connects for real", async () => {
    const kernel = createLocalMemoryKernel(["hf-vrrp0", "hf-vrrp0", "lo"]);
    expect(kernel.links.get("hf-vrrp0")).toMatchObject({ running: true });
    const code = await new Promise((done) => {
      const target = { address: "127.0.0.1", port: 1, bindAddress: "192.0.2.9", fwmark: 1 };
      kernel.streams.connect(target, (event) =>
        done(event.type === "failed" ? event.error.code : event.type),
      );
    });
    expect(code).toBe("ECONNREFUSED");
    kernel.close();
  });
});
