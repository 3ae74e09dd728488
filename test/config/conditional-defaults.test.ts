import { describe, expect, it } from "vitest";
import { dumpConf } from "../../src/config/dump-conf.ts";
import { compileText } from "./compile-text.ts";

/** What keepalived 2.4.3 dumps for the same lines. */
describe("vrrp_min_garp", () => {
  const instance =
    "vrrp_instance A {\n interface e0\n virtual_router_id 1\n virtual_ipaddress {\n 10.0.0.1\n }\n}\n";
  const sets = (globals: string) => {
    const { config } = compileText(`global_defs {\n${globals}\n}\n${instance}`);
    const [a] = config.vrrp_instance;
    return [
      [a?.garp_master_repeat, a?.garp_master_delay],
      [a?.garp_lower_prio_repeat, a?.garp_lower_prio_delay],
      [a?.garp_master_refresh_repeat],
    ];
  };

  it("changes the defaults of the sets, and with them what instances inherit", () => {
    expect(sets("vrrp_min_garp")).toEqual([[1, 0], [1, 0], [0]]);
    expect(sets("vrrp_min_garp off")).toEqual([[5, 5_000_000], [5, 5_000_000], [1]]);
  });

  it("leaves what is written", () => {
    expect(sets("vrrp_garp_master_repeat 4\nvrrp_min_garp")).toEqual([[4, 0], [4, 0], [0]]);
    expect(sets("vrrp_min_garp\nvrrp_garp_master_delay 3\nvrrp_garp_master_refresh_repeat 2")).toEqual([
      [1, 3_000_000],
      [1, 3_000_000],
      [2],
    ]);
  });

  it("is the same after a dump with defaults: what follows from it is not written", () => {
    const { config } = compileText("global_defs {\nvrrp_min_garp\n}\n");
    const dumped = dumpConf(config, { defaults: true });
    expect(dumped).not.toContain("vrrp_garp_master_refresh_repeat");
    expect(dumpConf(compileText(dumped).config, { defaults: true })).toBe(dumped);
  });
});
