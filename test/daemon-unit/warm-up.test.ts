import { describe, expect, it } from "vitest";
import { WarmUp } from "../../src/daemon/driver/warm-up.ts";
import { emptied } from "../../src/daemon/parts.ts";
import { diff } from "../../src/plan/diff.ts";
import { compileText } from "../plan/compile-text.ts";

const instance = (name: string, id: number, more: string) =>
  `vrrp_instance ${name} {\n interface lan7\n virtual_router_id ${id}\n notify /bin/true\n${more}\n}\n`;
const PASS = "authentication {\n auth_type PASS\n auth_pass secret\n }";
const AH = "authentication {\n auth_type AH\n auth_pass secret\n }";
const HMAC = "auth_hmac {\n key 1 abcdefghijklmnopqrstuvwxyz0123456789\n active_key 1\n }";

describe("WarmUp", () => {
  it.each([
    ["version 2", `virtual_ipaddress {\n 10.0.0.1/24 dev lan8\n }\n ${PASS}`],
    ["AH", `virtual_ipaddress {\n 10.0.0.1/24\n }\n ${AH}`],
    ["version 3, unicast", "version 3\n virtual_ipaddress {\n 10.0.0.1\n }\n unicast_peer {\n 10.1.1.1\n }"],
    ["IPv6", "version 3\n virtual_ipaddress {\n fe80::77\n }"],
    ["auth_hmac", `version 3\n virtual_ipaddress {\n 10.0.0.1\n }\n ${HMAC}`],
    ["as master, without preemption", "state MASTER\n priority 255\n virtual_ipaddress {\n 10.0.0.1\n }"],
  ])("plays takeovers of any instance: %s", (_, more) => {
    const { config } = compileText(instance("A", 7, more), "k.conf");
    const warmUp = new WarmUp(diff(emptied(config), config).changes);
    for (let round = 0; round < 6; round++) warmUp.play();
    expect(warmUp.takeovers).toEqual([3]);
    warmUp.stop();
  });

  it("plays no more than four instances, and none where there are none", () => {
    const many = Array.from({ length: 9 }, (_, i) =>
      instance(`I${i}`, i + 1, `virtual_ipaddress {\n 10.0.0.${i + 1}\n }`),
    );
    const { config } = compileText(many.join(""), "k.conf");
    const warmUp = new WarmUp(diff(emptied(config), config).changes);
    warmUp.play();
    expect(warmUp.takeovers).toEqual([1, 1, 1, 1]);
    warmUp.stop();
    expect(new WarmUp([]).takeovers).toEqual([]);
  });
});
