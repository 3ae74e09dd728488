/** What tracking keywords do to the priority in adverts, from the text of a configuration to the wire. */
import { expect, it } from "vitest";
import { last, onWire, vrrp, type Wire } from "./wire-bench.ts";

const settled = () => new Promise((done) => setImmediate(done));
const priority = (wire: Wire) => {
  wire.pass(1);
  return last(wire).advert.priority;
};

/** A master that tracks the programs called web. */
async function tracking(lines: string): Promise<Wire> {
  const block = `vrrp_track_process p {\nprocess web\nweight 20\n${lines}\n}\n`;
  const wire = onWire(block + vrrp("track_process {\np\n}"));
  await settled();
  wire.pass(5);
  return wire;
}

it("vrrp_track_process: quorum and quorum_max", async () => {
  const wire = await tracking("quorum 2\nquorum_max 3");
  const { machine } = wire.kernel;
  const counts = [priority(wire)];
  for (let running = 1; running <= 4; running++) {
    machine.start(["web"]);
    counts.push(priority(wire));
  }
  expect(counts).toEqual([100, 100, 120, 120, 100]);
});

it("vrrp_track_process: delay, of forks and of ends", async () => {
  const wire = await tracking("quorum 1\nquorum_max 1\ndelay 3");
  const { machine } = wire.kernel;
  const first = machine.start(["web"]);
  expect(priority(wire)).toBe(120);
  const second = machine.fork(first);
  expect([priority(wire), priority(wire), priority(wire), priority(wire)]).toEqual([120, 120, 120, 100]);
  machine.end(second);
  expect([priority(wire), priority(wire), priority(wire), priority(wire)]).toEqual([100, 100, 100, 120]);
});

it("vrrp_sync_group: track_interface counts for every member", () => {
  const group = "vrrp_sync_group G {\ngroup {\nVI\nVI_2\n}\ntrack_interface {\neth1 weight -30\n}\n}\n";
  const wire = onWire(group + vrrp() + vrrp("", "192.0.2.101", "VI_2", 52));
  const latest = () => {
    wire.pass(2);
    return [51, 52].map(
      (id) => wire.adverts.findLast(({ advert }) => advert.virtualRouterId === id)?.advert.priority,
    );
  };
  wire.pass(4);
  expect(latest()).toEqual([100, 100]);
  wire.kernel.setLink("eth1", { carrier: false });
  expect(latest()).toEqual([70, 70]);
});
