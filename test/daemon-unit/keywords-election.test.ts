/** What the keywords of elections do: who sends adverts when a neighbour speaks, and whose adverts count. */
import { describe, expect, it } from "vitest";
import { either, globals, last, master, onWire, type Said, vrrp, type Wire } from "./wire-bench.ts";

/** Says the same every second; the states after each. */
function hear(wire: Wire, seconds: number, said: Said = {}): string[] {
  return Array.from({ length: seconds }, () => {
    wire.say(said);
    wire.pass(1);
    return wire.state();
  });
}

/** Whether the first advert came so many seconds after the start. */
const firstAt = (wire: Wire) => Math.round((wire.adverts[0]?.at ?? 0) / 10_000) / 100;

const UNICAST = "unicast_peer {\n192.0.2.2\n}";
const PEER = { destination: "192.0.2.1" };

describe("who becomes master, and when", () => {
  it.each(either("vrrp_down_timer_adverts 7", "down_timer_adverts 7"))("down_timer_adverts %s", (_, text) => {
    const wire = onWire(text);
    wire.pass(10);
    expect(firstAt(wire)).toBe(7.61);
  });

  it("vrrp_startup_delay", () => {
    const wire = onWire(globals("vrrp_startup_delay 5") + vrrp());
    wire.pass(20);
    expect(firstAt(wire)).toBe(8.61);
  });

  it("vrrp_delay_after_boot counts from boot", () => {
    const text = globals("vrrp_delay_after_boot 50") + vrrp();
    const early = onWire(text, { startedAt: 40_000_000 });
    early.pass(20);
    expect(firstAt(early)).toBe(13.61);
    const late = onWire(text, { startedAt: 400_000_000 });
    late.pass(20);
    expect(firstAt(late)).toBe(3.61);
  });

  it("state MASTER: an address owner does not wait", () => {
    const wire = onWire(vrrp("priority 255\nstate MASTER"));
    wire.pass(0.1);
    expect(firstAt(wire)).toBe(0);
    const waiting = onWire(vrrp("priority 254\nstate MASTER"));
    waiting.pass(2);
    expect(waiting.adverts).toEqual([]);
  });

  it("nopreempt leaves a master of lower priority alone; preempt, its opposite, does not", () => {
    const low = { priority: 50 };
    expect(hear(onWire(vrrp("nopreempt")), 10, low)).toEqual(Array(10).fill("BACKUP"));
    expect(hear(onWire(vrrp("preempt")), 10, low).at(-1)).toBe("MASTER");
    expect(hear(onWire(vrrp()), 10, low).at(-1)).toBe("MASTER");
  });

  it("preempt_delay puts up with it for a while", () => {
    const states = hear(onWire(vrrp("preempt_delay 8")), 12, { priority: 50 });
    expect(states.indexOf("MASTER")).toBeGreaterThanOrEqual(8);
    expect(states.indexOf("MASTER")).toBeLessThan(12);
  });

  it.each(either("vrrp_lower_prio_no_advert", "lower_prio_no_advert"))(
    "lower_prio_no_advert %s",
    (_, text) => {
      const answered = (wire: Wire) => {
        wire.pass(0.5);
        const before = wire.adverts.length;
        wire.say({ priority: 50 });
        return wire.adverts.length > before;
      };
      expect(answered(master(vrrp()))).toBe(true);
      expect(answered(master(text))).toBe(false);
    },
  );

  it.each(either("vrrp_higher_prio_send_advert", "higher_prio_send_advert"))(
    "higher_prio_send_advert %s: a last one",
    (_, text) => {
      const lastWord = (wire: Wire) => {
        const before = wire.adverts.length;
        wire.say({ priority: 200 });
        expect(wire.state()).toBe("BACKUP");
        return wire.adverts.length - before;
      };
      expect(lastWord(master(vrrp()))).toBe(0);
      expect(lastWord(master(text))).toBe(1);
    },
  );

  it.each(either("vrrp_owner_ignore_adverts", "owner_ignore_adverts"))(
    "owner_ignore_adverts %s: the owner listens to nobody",
    (_, text) => {
      const owner = (from: string) =>
        from
          .replace("priority 100", "priority 255")
          .replace("interface eth0", "interface eth0\nstate MASTER");
      const rival = { priority: 255, source: "192.0.2.200" };
      const one = master(owner(vrrp()));
      one.say(rival);
      expect(one.state()).toBe("BACKUP");
      const deaf = master(owner(text));
      deaf.say(rival);
      expect(deaf.state()).toBe("MASTER");
    },
  );

  it("dont_track_primary goes on without its interface's carrier", () => {
    const cut = (lines: string) => {
      const wire = master(vrrp(lines));
      wire.kernel.setLink("eth0", { carrier: false });
      wire.pass(0.1);
      return wire.state();
    };
    expect(cut("")).toBe("FAULT");
    expect(cut("dont_track_primary")).toBe("MASTER");
  });
});

describe("whose adverts count", () => {
  it.each([
    ["of global_defs", `${globals("vrrp_check_unicast_src")}${vrrp(UNICAST)}`],
    ["of the instance", vrrp(`${UNICAST}\ncheck_unicast_src`)],
  ])("check_unicast_src %s: those of peers", (_, text) => {
    const stranger = { ...PEER, source: "192.0.2.77" };
    const open = master(vrrp(UNICAST));
    open.say(stranger);
    expect(open.state()).toBe("BACKUP");
    const checked = master(text);
    checked.say(stranger);
    expect(checked.state()).toBe("MASTER");
    checked.say(PEER);
    expect(checked.state()).toBe("BACKUP");
  });

  it("unicast_peer: min_ttl and max_ttl", () => {
    const wire = master(vrrp("unicast_peer {\n192.0.2.2 min_ttl 60 max_ttl 64\n}"));
    wire.say({ ...PEER, hops: 59 });
    wire.say({ ...PEER, hops: 65 });
    expect(wire.state()).toBe("MASTER");
    wire.say({ ...PEER, hops: 60 });
    expect(wire.state()).toBe("BACKUP");
  });

  it.each(either("vrrp_skip_check_adv_addr", "skip_check_adv_addr"))(
    "skip_check_adv_addr %s: the list of a master's first advert alone is compared",
    (_, text) => {
      const errors = (wire: Wire) => {
        hear(wire, 3, { addresses: [] });
        return wire.instance().counters.addressList;
      };
      expect(errors(onWire(vrrp()))).toBe(3);
      expect(errors(onWire(text))).toBe(1);
    },
  );

  it("log_unknown_vrids", () => {
    const line = "Unknown VRID(99) received on interface(eth0) from 192.0.2.2. ignoring...";
    const wire = onWire(globals("log_unknown_vrids") + vrrp());
    wire.say({ virtualRouterId: 99 });
    expect(wire.lines).toContain(line);
    const quiet = onWire(vrrp());
    quiet.say({ virtualRouterId: 99 });
    expect(quiet.lines).not.toContain(line);
  });

  it.each([
    ["of global_defs", globals("vrrp_strict") + vrrp()],
    ["of the instance", vrrp("strict_mode on")],
  ])("strict mode %s: no answer to a lower priority", (_, text) => {
    const wire = master(text);
    wire.pass(0.5);
    const before = wire.adverts.length;
    wire.say({ priority: 50 });
    expect(wire.adverts.length).toBe(before);
    expect(last(wire).advert.priority).toBe(100);
  });

  it("old_unicast_checksum never: an advert summed up as of old is none", () => {
    const old = { ...PEER, version: 3, checksum: { destination: "224.0.0.18" } } as const;
    const text = (how: string) => vrrp(`version 3\n${UNICAST}\n${how}`);
    const strict = master(text("old_unicast_checksum never"));
    strict.say(old);
    expect(strict.state()).toBe("MASTER");
    const lenient = master(text(""));
    lenient.say(old);
    expect(lenient.state()).toBe("BACKUP");
  });
});
