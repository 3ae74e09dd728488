import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../lab/process.ts";
import type { KernelUnderTest } from "./host.ts";

export function linkbeatContract(start: () => KernelUnderTest): void {
  describe("linkbeat", () => {
    let host: KernelUnderTest;
    beforeEach(() => {
      host = start();
    });
    afterEach(() => host.close());

    it.each(["ETHTOOL", "IOCTL"] as const)("by %s says whether there is a link", async (method) => {
      const ask = () => host.kernel.linkbeat.ask(host.link, method);
      await eventually("the link", () => ask() === true);
      host.setCarrier(false);
      await eventually("its loss", () => ask() === false);
      host.setCarrier(true);
      await eventually("the link again", () => ask() === true);
    });

    it("is not known of what has no transceiver, or is not there", () => {
      expect(host.kernel.linkbeat.ask(host.link, "MII")).toBeUndefined();
      expect(host.kernel.linkbeat.ask("nowhere", "ETHTOOL")).toBeUndefined();
      expect(host.kernel.linkbeat.ask("nowhere", "IOCTL")).toBeUndefined();
    });
  });
}
