import { describe, expect, it } from "vitest";
import { emptyConfig } from "../../../src/config/compile.ts";
import type { LvsEffect, LvsEvent } from "../../../src/core/lvs/contract.ts";
import { createLvsDirector } from "../../../src/core/lvs/director.ts";
import { diff, forOwner } from "../../../src/plan/diff.ts";
import { configOf, SECOND } from "./world.ts";

const VIP = "10.0.0.1";

function pool(service: string, more = "ha_suspend"): string {
  return `virtual_server ${service} {
  delay_loop 2
  warmup 0
  protocol TCP
  ${more}
  real_server 10.0.1.1 80 {
    TCP_CHECK {
    }
  }
  real_server 10.0.1.2 80 {
    MISC_CHECK {
      misc_path /bin/check
    }
  }
}
`;
}

/** A director whose effects are looked at, not carried out. */
class Director {
  readonly machine = createLvsDirector();
  private running = emptyConfig();
  now = 0;

  apply(text: string): string[] {
    const next = configOf(text);
    const { changes } = forOwner(diff(this.running, next), "checkers");
    this.running = next;
    return this.feed({ type: "apply", changes });
  }

  feed(event: LvsEvent): string[] {
    return this.machine.handle(event, this.now).flatMap(shown);
  }

  address(address: string, present: boolean): string[] {
    return this.feed({ type: "address", address, present });
  }

  /** What happens at the next deadline. */
  next(): string[] {
    this.now = this.machine.deadline() ?? Number.NaN;
    return this.feed({ type: "timer" });
  }
}

/** What checkers do, and the logs about them. */
function shown(effect: LvsEffect): string[] {
  if (effect.type === "log") return / healthchecker /.test(effect.message) ? [effect.message] : [];
  return ["connect", "run-check", "close"].includes(effect.type) ? [effect.type] : [];
}

const both = (verb: string, vs = `[${VIP}]:tcp:80`): string[] =>
  [1, 2].map((n) => `${verb} healthchecker for service [10.0.1.${n}]:tcp:80 for VS ${vs}`);

describe("ha_suspend", () => {
  it("starts no checks before the address is there, and checks from then on", () => {
    const director = new Director();
    director.feed({ type: "addresses", present: ["10.0.0.9"] });
    expect(director.apply(pool(`${VIP} 80`))).toEqual(both("Deactivating"));
    expect(director.machine.deadline()).toBeUndefined();
    expect(director.address("10.0.0.8", true)).toEqual([]);
    expect(director.address(VIP, true)).toEqual(both("Activating"));
    expect(director.next().sort()).toEqual(["connect", "run-check"]);
  });

  it("ends what is under way when the address goes, and starts again with it", () => {
    const director = new Director();
    director.feed({ type: "addresses", present: [VIP] });
    expect(director.apply(pool(`${VIP} 80`))).toEqual(both("Activating"));
    director.next();
    const gone = director.address(VIP, false);
    expect(gone.filter((what) => what !== "close")).toEqual(both("Suspending"));
    expect(gone.filter((what) => what === "close")).toHaveLength(2);
    expect(director.machine.deadline()).toBeUndefined();
    director.now += 10 * SECOND;
    expect(director.address(VIP, true)).toEqual(both("Activating"));
    expect(director.next().sort()).toEqual(["connect", "run-check"]);
  });

  it("comes and goes with a reload", () => {
    const director = new Director();
    director.apply(pool(`${VIP} 80`, ""));
    expect(director.apply(pool(`${VIP} 80`))).toEqual(both("Suspending"));
    expect(director.apply(pool(`${VIP} 80`, ""))).toEqual(both("Activating"));
  });

  it("goes by any address of a group, in a range, too", () => {
    const director = new Director();
    const group = "virtual_server_group G {\n  10.0.0.5 80\n  10.0.2.250-10.0.3.5 80\n}\n";
    expect(director.apply(group + pool("group G"))).toEqual(both("Deactivating", "[G]:0"));
    expect(director.address("10.0.3.2", true)).toEqual(both("Activating", "[G]:0"));
    expect(director.address("10.0.0.5", true)).toEqual([]);
    expect(director.address("10.0.3.2", false)).toEqual([]);
    expect(director.address("10.0.0.5", false)).toEqual(both("Suspending", "[G]:0"));
    expect(director.address("10.0.3.6", true)).toEqual([]);
  });
});
