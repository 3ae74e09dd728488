import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LinkEvent } from "../../src/kernel/ports.ts";
import { eventually } from "../lab/process.ts";
import { type KernelUnderTest, settle } from "./host.ts";

export function linkContract(start: () => KernelUnderTest): void {
  describe("links", () => {
    let host: KernelUnderTest;
    beforeEach(() => {
      host = start();
    });
    afterEach(() => host.close());

    it("are listed with what they are", async () => {
      // A busy kernel takes a while to see that there is somebody at the other end.
      await eventually("the carrier", () => host.kernel.links.get(host.link)?.running);
      const links = host.kernel.links.list();
      expect(links.find(({ name }) => name === "lo")).toMatchObject({ index: 1, loopback: true });
      const link = links.find(({ name }) => name === host.link);
      expect(link).toMatchObject({ running: true, mtu: 1500, loopback: false });
      expect(link?.mac).toHaveLength(6);
      expect(host.kernel.links.get(host.link)).toEqual(link);
    });

    it("that are not there are not found", () => {
      expect(host.kernel.links.get("nowhere")).toBeUndefined();
      expect(host.kernel.links.get("a-name-longer-than-any-interface")).toBeUndefined();
      expect(host.kernel.links.get("")).toBeUndefined();
    });

    it("report losing and finding their carrier", async () => {
      const events: LinkEvent[] = [];
      const monitor = host.kernel.links.monitor((event) => events.push(event));
      const latest = () => events.findLast((event) => event.type === "link" && event.link.name === host.link);
      host.setCarrier(false);
      await eventually("the loss of carrier", () => latest()?.type === "link" && !running(latest()));
      expect(host.kernel.links.get(host.link)?.running).toBe(false);
      host.setCarrier(true);
      await eventually("the carrier", () => running(latest()));
      monitor.close();
    });

    it("report coming and going, until the monitor is closed", async () => {
      const events: LinkEvent[] = [];
      const monitor = host.kernel.links.monitor((event) => events.push(event));
      host.addLink("hf-extra");
      const index = host.kernel.links.get("hf-extra")?.index;
      await eventually("the new link", () => events.find((e) => e.type === "link" && e.link.index === index));
      host.removeLink("hf-extra");
      await eventually("its removal", () => events.find(({ type }) => type === "link-removed"));
      expect(events.at(-1)).toEqual({ type: "link-removed", index, name: "hf-extra" });
      monitor.close();
      monitor.close();
      const count = events.length;
      host.addLink("hf-more");
      await settle();
      expect(events).toHaveLength(count);
    });
  });
}

const running = (event: LinkEvent | undefined) => event?.type === "link" && event.link.running;
