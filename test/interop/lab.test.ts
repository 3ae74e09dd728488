import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { Capture, decodeAdverts, decodeArp } from "../lab/capture.ts";
import { KEEPALIVED } from "../lab/keepalived.ts";
import { Lab } from "../lab/netns.ts";
import { Router } from "../lab/router.ts";

let lab: Lab | undefined;
afterEach(() => lab?.dispose());

/** Where the VRRP checksum of a file's first packet stands: file, record, Ethernet and IP headers, then 6. */
const FIRST_CHECKSUM = 24 + 16 + 14 + 20 + 6;

const CONFIG = `vrrp_instance VI_1 {
  state MASTER
  interface eth0
  virtual_router_id 7
  priority 200
  version 3
  advert_int 0.1
  virtual_ipaddress {
    192.0.2.100/24
  }
}
`;

/** The judge is judged: a keepalived's packets are good, the same packets with one bit flipped are not. */
describe("the capture of a switch", () => {
  it("tells good adverts from damaged ones", async () => {
    lab = new Lab();
    const wire = lab.switch();
    const host = lab.host("router");
    wire.connect(host, "eth0", ["192.0.2.1/24"]);
    const capture = await Capture.start(lab, wire, "ip proto 112");
    const announcements = await Capture.start(lab, wire, "arp");
    const router = new Router(lab, host, KEEPALIVED, CONFIG);
    router.start();
    await router.waitForState("VI_1", "MASTER");
    await host.waitForAddress("eth0", "192.0.2.100");
    await capture.recorded(5);
    expect(await router.stop()).toBe(0);
    await capture.stop();
    await announcements.stop();

    const adverts = decodeAdverts(capture.file);
    expect(adverts.length).toBeGreaterThanOrEqual(5);
    expect(adverts.every(({ checksumsGood }) => checksumsGood)).toBe(true);
    expect(adverts.at(-1)?.priority).toBe(0);
    expect(adverts[0]).toMatchObject({
      source: "192.0.2.1",
      vrid: 7,
      priority: 200,
      interval: 100_000,
      ttl: 255,
    });
    expect(decodeArp(announcements.file).map(({ target }) => target)).toContain("192.0.2.100");

    const bytes = readFileSync(capture.file);
    bytes.writeUInt8(bytes.readUInt8(FIRST_CHECKSUM) ^ 1, FIRST_CHECKSUM);
    const damaged = lab.path("damaged.pcap");
    writeFileSync(damaged, bytes);
    expect(decodeAdverts(damaged).map(({ checksumsGood }) => checksumsGood)).toEqual(
      adverts.map((_, index) => index !== 0),
    );
  });
});
