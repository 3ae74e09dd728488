import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StreamConnection, StreamEvent, StreamTarget } from "../../src/kernel/ports.ts";
import { eventually } from "../lab/process.ts";
import { type EchoServer, type KernelUnderTest, settle } from "./host.ts";

export function streamContract(start: () => KernelUnderTest): void {
  describe("streams", () => {
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

    function connect(target: Partial<StreamTarget> = {}): { log: string[]; connection: StreamConnection } {
      const log: string[] = [];
      const { address, port } = server;
      const connection = host.kernel.streams.connect({ address, port, ...target }, (event) => {
        log.push(describeEvent(event));
      });
      return { log, connection };
    }

    it("connect, carry bytes and see the end", async () => {
      const { log, connection } = connect();
      expect(log).toEqual([]);
      connection.send(Buffer.from("hello"));
      await eventually("the end", () => log.includes("ended"));
      expect(log).toEqual(["connected", "data echo hello", "ended"]);
      connection.close();
    });

    it("tell a refusal, later and only once", async () => {
      const { log, connection } = connect({ port: server.refusedPort });
      expect(log).toEqual([]);
      await eventually("the refusal", () => log.length > 0);
      await settle();
      expect(log).toEqual(["failed ECONNREFUSED"]);
      connection.close();
    });

    it("fail later, too, for what can be told at once", async () => {
      const bound = connect({ bindAddress: "192.0.2.77" });
      const nowhere = connect({ bindInterface: "nowhere" });
      expect([...bound.log, ...nowhere.log]).toEqual([]);
      await eventually("both refusals", () => bound.log.length > 0 && nowhere.log.length > 0);
      expect(bound.log).toEqual(["failed EADDRNOTAVAIL"]);
      expect(nowhere.log).toEqual(["failed ENODEV"]);
    });

    it("connect from the address, interface and mark they are told", async () => {
      const { log } = connect({ bindAddress: "127.0.0.1", bindInterface: "lo", fwmark: 7 });
      await eventually("the connection", () => log.length > 0);
      expect(log).toEqual(["connected"]);
    });

    it("say nothing after close", async () => {
      const early = connect();
      early.connection.close();
      early.connection.close();
      const refused = connect({ port: server.refusedPort });
      refused.connection.close();
      const failed = connect({ bindAddress: "192.0.2.77" });
      failed.connection.close();
      await settle();
      expect([early.log, refused.log, failed.log]).toEqual([[], [], []]);
    });
  });
}

function describeEvent(event: StreamEvent): string {
  if (event.type === "data") return `data ${Buffer.from(event.bytes).toString()}`;
  return event.type === "failed" ? `failed ${event.error.code}` : event.type;
}
