/** What the keywords of announcements do, from the text of a configuration to frames on the wire. */
import { describe, expect, it } from "vitest";
import { announcements, either, globals, master, onWire, vrrp, type Wire } from "./wire-bench.ts";

/** Runs for a minute alone, then what the test wants to see. */
function minute(text: string): Wire {
  const wire = master(text);
  wire.pass(60);
  return wire;
}

/** How often something was said at each second. */
function counts(times: readonly number[]): Record<number, number> {
  const found: Record<number, number> = {};
  for (const time of times) found[time] = (found[time] ?? 0) + 1;
  return found;
}

/** Both sets of a new master, with what the test leaves as it is. */
const USUAL = { 0: 5, 5: 5 };
/** When announcements began again after a neighbour said that its priority is lower. */
function afterLower(text: string): number[] {
  const wire = minute(text);
  const before = wire.announced.length;
  wire.say({ priority: 50 });
  const at = wire.now();
  wire.pass(30);
  return wire.announced.slice(before).map((each) => Math.round((each.at - at) / 1_000_000));
}

describe("announcements of a new master", () => {
  it("are five, and five again after 5 s", () => {
    expect(counts(announcements(minute(vrrp())))).toEqual(USUAL);
  });

  it.each(either("vrrp_garp_master_repeat 2", "garp_master_repeat 2"))("garp_master_repeat %s", (_, text) => {
    expect(counts(announcements(minute(text)))).toEqual({ 0: 2, 5: 2 });
  });

  it.each(either("vrrp_garp_master_delay 9", "garp_master_delay 9"))("garp_master_delay %s", (_, text) => {
    expect(counts(announcements(minute(text)))).toEqual({ 0: 5, 9: 5 });
  });

  it.each(
    either(
      "vrrp_garp_master_refresh 20\nvrrp_garp_master_refresh_repeat 3",
      "garp_master_refresh 20\ngarp_master_refresh_repeat 3",
    ),
  )("garp_master_refresh and garp_master_refresh_repeat %s", (_, text) => {
    const found = counts(announcements(minute(text)));
    expect(Object.values(found)).toEqual([5, 5, 3, 3, 3].slice(0, Object.keys(found).length));
    const [, second = 0, third = 0, fourth = 0] = Object.keys(found).map(Number);
    expect(second).toBe(5);
    expect(fourth - third).toBeCloseTo(20, 3);
  });

  it("vrrp_min_garp: one, and no second set", () => {
    expect(counts(announcements(minute(globals("vrrp_min_garp") + vrrp())))).toEqual({ 0: 1 });
  });
});

describe("announcements after an advert of lower priority", () => {
  it("are as many as those of a new master", () => {
    expect(counts(afterLower(vrrp()))).toEqual({ 0: 5, 5: 5 });
  });

  it.each(either("vrrp_garp_lower_prio_repeat 2", "garp_lower_prio_repeat 2"))(
    "garp_lower_prio_repeat %s",
    (_, text) => expect(counts(afterLower(text))).toEqual({ 0: 2, 5: 2 }),
  );

  it.each(either("vrrp_garp_lower_prio_delay 11", "garp_lower_prio_delay 11"))(
    "garp_lower_prio_delay %s",
    (_, text) => expect(counts(afterLower(text))).toEqual({ 0: 5, 11: 5 }),
  );
});

describe("gaps between announcements", () => {
  const several = vrrp("garp_master_repeat 1\ngarp_master_delay 0", "192.0.2.100\n192.0.2.101\n192.0.2.102");
  const all = (wire: Wire) => {
    const began = wire.announced[0]?.at ?? 0;
    return wire.announced.map(({ at }) => (at - began) / 1_000_000);
  };

  it("vrrp_garp_interval", () => {
    expect(all(minute(several))).toEqual([0, 0, 0]);
    expect(all(minute(globals("vrrp_garp_interval 0.5") + several))).toEqual([0, 0.5, 1]);
  });

  it("vrrp_gna_interval, of IPv6 alone", () => {
    const v6 = vrrp("version 3\ngarp_master_repeat 1\ngarp_master_delay 0", "fe80::100\n2001:db8::1");
    const global = globals("vrrp_gna_interval 0.25");
    expect(all(minute(global + v6))).toEqual([0, 0.25]);
    expect(all(minute(global + several))).toEqual([0, 0, 0]);
  });

  it("garp_group: garp_interval and gna_interval among its interfaces, or of its interface", () => {
    const two = vrrp(
      "garp_master_repeat 1\ngarp_master_delay 0",
      "192.0.2.100\n192.0.2.101\n198.51.100.100 dev eth1",
    );
    const group = (which: string) => `garp_group {\ngarp_interval 0.5\ngna_interval 0.75\n${which}\n}\n`;
    expect(all(minute(group("interfaces {\neth0\neth1\n}") + two))).toEqual([0, 0.5, 1]);
    const one = minute(group("interface eth0") + two);
    expect(announcements(one, "192.0.2.101")).toEqual([0.5]);
    expect(announcements(one, "198.51.100.100", "wan").every((at) => at <= 0.5)).toBe(true);
    const v6 = vrrp("version 3\ngarp_master_repeat 1\ngarp_master_delay 0", "fe80::100\n2001:db8::1");
    expect(all(minute(group("interface eth0") + v6))).toEqual([0, 0.75]);
  });
});

describe("announcements on other interfaces", () => {
  const lines = "garp_master_repeat 1\ngarp_master_delay 0";
  const addresses = "192.0.2.100\n198.51.100.100 dev eth1";

  it.each(either("vrrp_garp_extra_if all 10", "garp_extra_if all 10"))("garp_extra_if %s", (_, text) => {
    const made = text.replace(
      "virtual_ipaddress {\n192.0.2.100/24",
      `${lines}\nvirtual_ipaddress {\n${addresses}`,
    );
    const times = announcements(minute(made), "198.51.100.100", "wan");
    expect(times.length).toBeGreaterThan(4);
    expect((times[3] ?? 0) - (times[2] ?? 0)).toBeCloseTo(10, 3);
  });

  it.each(either("vrrp_vmac_garp_intvl all 10", "vmac_garp_intvl all 10"))(
    "vmac_garp_intvl %s, its older name",
    (_, text) => {
      const made = text.replace(
        "virtual_ipaddress {\n192.0.2.100/24",
        `${lines}\nvirtual_ipaddress {\n${addresses}`,
      );
      expect(announcements(minute(made), "198.51.100.100", "wan").length).toBeGreaterThan(4);
      expect(announcements(minute(vrrp(lines, addresses)), "198.51.100.100", "wan")).toHaveLength(1);
    },
  );
});

it("a backup announces nothing", () => {
  const wire = onWire(vrrp());
  for (let second = 0; second < 10; second++) {
    wire.say({});
    wire.pass(1);
  }
  expect(wire.announced).toEqual([]);
});
