import { VrrpReader } from "../../../src/daemon/driver/vrrp-reader.ts";
import { buildPacket, isMulticast, sealPacket } from "../../../src/wire/vrrp-packet.ts";
import { type Harness, only, type Timed } from "./harness.ts";

/** One packet that a router sent. */
export interface Packet {
  readonly data: Uint8Array;
  readonly source: string;
  readonly destination: string;
  readonly hops: number;
}

/** The packets of what a router did, as bytes. */
export function packetsOf(timed: readonly Timed[]): Packet[] {
  return only(
    timed.map(({ effect }) => effect),
    "send-advert",
  ).flatMap(({ advert, source, destinations, hops = 255, seal }) =>
    destinations.map((destination) => {
      const path = { source, destination, hops };
      const data = buildPacket(advert, path, seal?.type);
      if (seal !== undefined) sealPacket(data, advert, path, seal);
      return { data, ...path };
    }),
  );
}

/** Hands packets to a router as they would come in on eth0. */
export function deliver(packets: readonly Packet[], to: Harness): void {
  for (const { data, source, destination, hops } of packets) {
    const family = source.includes(":") ? 6 : 4;
    if (!isMulticast(destination) && destination !== to.instance().source) continue;
    const received = new VrrpReader(family).read({ data, source, destination, hops, ifindex: 2 });
    if (received !== undefined) to.feed(received);
  }
}

/** A packet with one byte of its payload changed, as somebody on the way could. */
export function forged(packet: Packet, at: number): Packet {
  const data = packet.data.slice();
  data[at] = (data[at] ?? 0) ^ 1;
  return { ...packet, data };
}
