import { describe, expect, it } from "vitest";
import { World } from "./world.ts";

const service = (reals: string, more = "") => `
virtual_server 10.0.0.1 80 {
  delay_loop 3
  warmup 0
  protocol TCP
  lb_algo rr
  lb_kind NAT
  ${more}
  ${reals}
}
`;
const check = (program: string) => `MISC_CHECK {\nmisc_path ${program}\nmisc_dynamic\n}`;
const real = (checks: string, weight = 5) => `real_server 10.0.1.1 80 {\nweight ${weight}\n${checks}\n}`;
const weightOf = (world: World) => /:80 m (\d+)/.exec(world.table.lines().join("\n"))?.[1];

/** Weights are those that keepalived 2.2.7 had in the table for the same exit statuses. */
describe("the weight of a server whose MISC_CHECK is dynamic", () => {
  it("follows the exit status, and counts for the quorum", () => {
    const world = new World();
    world.exits.set("/a", 12);
    world.apply(service(real(check("/a")), "quorum 5"), true).run(1);
    expect(weightOf(world)).toBe("10");
    expect(world.take().logs).toContain(
      "Changing weight from 5 to 10 for active service [10.0.1.1]:tcp:80 of VS [10.0.0.1]:tcp:80",
    );
    world.exits.set("/a", 5);
    world.run(3);
    expect(world.take().logs.at(-1)).toBe("Lost quorum 5-0=5 > 3 for VS [10.0.0.1]:tcp:80");
  });

  it("is the sum of what several ask for beyond what is configured", () => {
    const world = new World();
    world.exits.set("/a", 12).set("/b", 255);
    world.apply(service(real(`${check("/a")}\n${check("/b")}`)), true).run(1);
    expect(weightOf(world)).toBe("258");
  });

  it("outlives a reload, and one that changes what is configured", () => {
    const world = new World();
    world.exits.set("/a", 12);
    world.apply(service(real(check("/a"))), true).run(1);
    world.apply(service(real(check("/a"), 7)));
    expect(weightOf(world)).toBe("10");
    world.apply(service(real("", 7)));
    expect(weightOf(world)).toBe("7");
  });
});
