import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ReceivedPacket, VrrpSocket, VrrpSocketOptions } from "../../src/kernel/ports.ts";
import { gratuitousArp } from "../../src/wire/arp.ts";
import { internetChecksum } from "../../src/wire/checksum.ts";
import { formatMac } from "../../src/wire/ethernet.ts";
import { IPV4_HEADER } from "../../src/wire/ipv4.ts";
import { eventually } from "../lab/process.ts";
import { type KernelUnderTest, refusal, settle } from "./host.ts";
import { packetTo } from "./outgoing.ts";

const GROUP = "224.0.0.18";
const GROUP6 = "ff02::12";

const BUSY = 20;

/** A process that has something else to do for so many milliseconds. */
function beBusy(): void {
  const until = performance.now() + BUSY;
  while (performance.now() < until);
}

/** Nothing waits in memory. */
const waited = (packet: ReceivedPacket | undefined): boolean =>
  packet !== undefined && (packet.age === undefined || packet.age >= (BUSY - 1) * 1_000);

/** Linux begins to stamp packets a moment after it was asked to: the first may seem to be new. */
async function waitsAtLast(received: readonly ReceivedPacket[], send: () => void): Promise<void> {
  const before = received.length;
  for (let sent = 1; sent < 50 && (sent === 1 || !waited(received.at(-1))); sent++) {
    send();
    beBusy();
    await eventually("the packet", () => received.length === before + sent);
  }
  expect(waited(received.at(-1))).toBe(true);
}

export function packetContract(start: () => KernelUnderTest): void {
  describe("packets", () => {
    let host: KernelUnderTest;
    beforeEach(() => {
      host = start();
    });
    afterEach(() => host.close());

    function open(side: "kernel" | "peer", options: Partial<VrrpSocketOptions>): VrrpSocket {
      const interfaceName = side === "kernel" ? host.link : host.peerLink;
      const make = () => {
        const ifindex = host[side].links.get(interfaceName)?.index ?? 0;
        return host[side].packets.openVrrp({ family: 4, ifindex, interfaceName, ...options });
      };
      return side === "peer" ? host.onPeer(make) : make();
    }

    function collect(socket: VrrpSocket): ReceivedPacket[] {
      const packets: ReceivedPacket[] = [];
      socket.onPacket((packet) => packets.push({ ...packet, data: packet.data.slice() }));
      return packets;
    }

    it("to the group reach everybody who joined on the segment, and not the sender", async () => {
      const mine = collect(open("kernel", { group: GROUP }));
      const other = collect(open("kernel", { group: GROUP }));
      const sender = open("peer", { group: GROUP, source: "192.0.2.2" });
      const own = collect(sender);
      const unjoined = collect(open("kernel", {}));
      sender.send([packetTo(GROUP, [0x31, 1, 2, 3])]);
      await eventually("the advert", () => mine.length === 1 && other.length === 1);
      await settle();
      const [packet] = mine;
      expect(packet).toMatchObject({ source: "192.0.2.2", destination: GROUP, hops: 255 });
      expect(packet?.ifindex).toBe(host.kernel.links.get(host.link)?.index);
      expect(packet?.data.subarray(20)).toEqual(new Uint8Array([0x31, 1, 2, 3]));
      expect(packet?.data.subarray(0, 2)).toEqual(new Uint8Array([0x45, 0xc0]));
      expect(packet?.data.subarray(8, 10)).toEqual(new Uint8Array([255, 112]));
      expect(own).toEqual([]);
      expect(unjoined).toEqual([]);
    });

    it("say how long they have waited, where they can wait", async () => {
      const mine = collect(open("kernel", { group: GROUP }));
      const sender = open("peer", { group: GROUP, source: "192.0.2.2" });
      await waitsAtLast(mine, () => sender.send([packetTo(GROUP, [1])]));
    });

    it("to peers go to each of them, and only to them", async () => {
      const mine = collect(open("kernel", { source: "192.0.2.1" }));
      const sender = open("peer", { source: "192.0.2.2" });
      sender.send([packetTo("192.0.2.1", [1])]);
      sender.send([packetTo("192.0.2.77", [2]), packetTo("192.0.2.1", [2])]);
      await eventually("both", () => mine.length === 2);
      expect(mine.map(({ data, destination }) => [data[20], destination])).toEqual([
        [1, "192.0.2.1"],
        [2, "192.0.2.1"],
      ]);
    });

    it("keep the TTL and identification that they are sent with, and get an identification where they have none", async () => {
      const mine = collect(open("kernel", { source: "192.0.2.1" }));
      const sender = open("peer", { source: "192.0.2.2" });
      const numbered = packetTo("192.0.2.1", [1], { ttl: 7 });
      numbered.data.set([0x12, 0x34], 4);
      sender.send([numbered, packetTo("192.0.2.1", [2], { ttl: 7 })]);
      await eventually("both", () => mine.length === 2);
      expect(mine.map(({ hops }) => hops)).toEqual([7, 7]);
      expect(mine[0]?.data.subarray(4, 6)).toEqual(new Uint8Array([0x12, 0x34]));
      expect(internetChecksum(mine[0]?.data.subarray(0, IPV4_HEADER) ?? new Uint8Array(1))).toBe(0);
      expect(mine[1]?.data.subarray(4, 6)).not.toEqual(new Uint8Array([0, 0]));
    });

    it("of another protocol reach the sockets of that protocol only", async () => {
      const plain = collect(open("kernel", { group: GROUP }));
      const authenticated = collect(open("kernel", { group: GROUP, protocol: 51 }));
      open("peer", { group: GROUP, protocol: 51 }).send([packetTo(GROUP, [7], { protocol: 51 })]);
      await eventually("the packet", () => authenticated.length === 1);
      await settle();
      expect(plain).toEqual([]);
    });

    it("come in bursts without loss, in order", async () => {
      const receiver = open("kernel", { group: GROUP });
      const mine = collect(receiver);
      receiver.setReceiveBuffer(1_048_576);
      const sender = open("peer", { group: GROUP, source: "192.0.2.2" });
      sender.send(Array.from({ length: 60 }, (_, i) => packetTo(GROUP, [i])));
      for (let i = 60; i < 100; i++) sender.send([packetTo(GROUP, [i])]);
      await eventually("all of them", () => mine.length === 100);
      expect(mine.map(({ data }) => data[20])).toEqual(Array.from({ length: 100 }, (_, i) => i));
    });

    it("of IPv6 carry destination and hop limit too", async () => {
      const index = (side: "kernel" | "peer") =>
        host[side].links.get(side === "kernel" ? host.link : host.peerLink)?.index ?? 0;
      const at = { prefixLength: 64, scope: 253 };
      host.kernel.addresses.add({ ifindex: index("kernel"), address: "fe80::1:1", ...at });
      host.onPeer(() => host.peer.addresses.add({ ifindex: index("peer"), address: "fe80::1:2", ...at }));
      const mine = collect(open("kernel", { family: 6, group: GROUP6, source: "fe80::1:1" }));
      const sender = open("peer", { family: 6, group: GROUP6, source: "fe80::1:2" });
      const send = () => sender.send([{ data: new Uint8Array([0x31, 7]), destination: GROUP6 }]);
      send();
      const packet = await eventually("the advert", () => mine[0]);
      expect(packet).toMatchObject({ source: "fe80::1:2", destination: GROUP6, hops: 255 });
      expect(packet.data).toEqual(new Uint8Array([0x31, 7]));
      await waitsAtLast(mine, send);
    });

    it("do not arrive without a cable, nor after close", async () => {
      const receiver = open("kernel", { group: GROUP });
      const mine = collect(receiver);
      const sender = open("peer", { group: GROUP, source: "192.0.2.2" });
      host.setCarrier(false);
      refusal(() => sender.send([packetTo(GROUP, [1])])); // a kernel may refuse or swallow it
      await settle();
      expect(mine).toEqual([]);
      host.setCarrier(true);
      receiver.close();
      receiver.close();
      sender.send([packetTo(GROUP, [2])]);
      await settle();
      expect(mine).toEqual([]);
    });

    it("need an interface and a source that exist", () => {
      expect(refusal(() => open("kernel", { interfaceName: "nowhere", ifindex: 999 }))).toBe("ENODEV");
      expect(refusal(() => open("kernel", { source: "192.0.2.77" }))).toBe("EADDRNOTAVAIL");
    });

    it("may be frames: a gratuitous ARP moves an address", async () => {
      const link = host.kernel.links.get(host.link);
      const mac = link?.mac ?? new Uint8Array(6);
      const frames = ["192.0.2.100", "192.0.2.101"].map((address) => gratuitousArp(mac, address));
      host.kernel.packets.sendFrames(link?.index ?? 0, frames);
      await eventually("the neighbours", () => host.neighbour("192.0.2.101"));
      expect(host.neighbour("192.0.2.100")).toBe(formatMac(mac));
      expect(refusal(() => host.kernel.packets.sendFrames(9999, frames))).toBe("ENXIO");
    });
  });
}
