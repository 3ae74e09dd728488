import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DatagramTarget, StreamConnection, StreamEvent } from "../../src/kernel/ports.ts";
import { decodeEchoReply, encodeEchoRequest } from "../../src/wire/icmp.ts";
import { eventually } from "../lab/process.ts";
import { type EchoServer, type KernelUnderTest, settle } from "./host.ts";

export function datagramContract(start: () => KernelUnderTest): void {
  describe("datagrams", () => {
    let host: KernelUnderTest;
    let server: EchoServer;
    beforeEach(async () => {
      host = start();
      server = await host.serve();
    });
    afterEach(async () => {
      host.close();
      await server.close();
    });

    function connect(
      target: Partial<DatagramTarget> = {},
      describeData = (bytes: Uint8Array) => Buffer.from(bytes).toString(),
    ): { log: string[]; connection: StreamConnection } {
      const log: string[] = [];
      const { address, port } = server;
      const all: DatagramTarget = { protocol: "udp", address, port, ...target };
      const connection = host.kernel.datagrams.connect(all, (event) => {
        log.push(describeEvent(event, describeData));
      });
      return { log, connection };
    }

    it("carry one datagram each, also an empty one", async () => {
      const { log, connection } = connect();
      expect(log).toEqual([]);
      await eventually("the start", () => log.length > 0);
      for (const [before, text] of ["one", "", "two"].entries()) {
        connection.send(Buffer.from(text));
        await eventually("the answer", () => log.length > before + 1);
      }
      await settle();
      expect(log).toEqual(["connected", "data echo one", "data ", "data echo two"]);
      connection.close();
    });

    it("tell that nobody listens", async () => {
      const { log, connection } = connect({ port: server.refusedPort });
      await eventually("the start", () => log.length > 0);
      connection.send(Buffer.from("anybody?"));
      await eventually("the refusal", () => log.length > 1);
      await settle();
      expect(log).toEqual(["connected", "failed ECONNREFUSED"]);
    });

    it("fail later for what can be told at once", async () => {
      const bound = connect({ bindAddress: "192.0.2.77" });
      const nowhere = connect({ protocol: "icmp", bindInterface: "nowhere" });
      expect([...bound.log, ...nowhere.log]).toEqual([]);
      await eventually("both refusals", () => bound.log.length > 0 && nowhere.log.length > 0);
      expect(bound.log).toEqual(["failed EADDRNOTAVAIL"]);
      expect(nowhere.log).toEqual(["failed ENODEV"]);
    });

    it("carry echo requests to a host, and its replies", async () => {
      const { log, connection } = connect({ protocol: "icmp" }, (bytes) =>
        JSON.stringify(decodeEchoReply(4, bytes)),
      );
      await eventually("the start", () => log.length > 0);
      connection.send(encodeEchoRequest(4, { identifier: 0x1234, sequence: 7 }, Buffer.from("hello")));
      await eventually("the reply", () => log.length > 1);
      expect(log).toEqual(["connected", 'data {"identifier":4660,"sequence":7}']);
      connection.close();
    });

    it("say nothing after close", async () => {
      const early = connect();
      early.connection.close();
      early.connection.close();
      const failed = connect({ bindAddress: "192.0.2.77" });
      failed.connection.close();
      const asked = connect();
      await eventually("the start", () => asked.log.length > 0);
      asked.connection.send(Buffer.from("too late"));
      asked.connection.close();
      await settle();
      expect([early.log, failed.log, asked.log]).toEqual([[], [], ["connected"]]);
    });
  });
}

function describeEvent(event: StreamEvent, describeData: (bytes: Uint8Array) => string): string {
  if (event.type === "data") return `data ${describeData(event.bytes)}`;
  return event.type === "failed" ? `failed ${event.error.code}` : event.type;
}
