import { describe, expect, it } from "vitest";
import { createVrrpRouter } from "../../src/core/vrrp/router.ts";
import { VrrpDriver } from "../../src/daemon/driver/vrrp.ts";
import { createMemoryKernel } from "../../src/kernel/memory/kernel.ts";
import { MemoryNetwork } from "../../src/kernel/memory/network.ts";
import { VirtualClock } from "../../src/kernel/memory/virtual-clock.ts";
import { diff } from "../../src/plan/diff.ts";
import { ERRNO } from "../../src/wire/errno.ts";
import { compileText } from "../plan/compile-text.ts";
import { keptLog, noScripts } from "./drive.ts";

const SECOND = 1_000_000;

/** A driver with a real machine on a kernel in memory, alone on its wire. */
function bench() {
  const clock = new VirtualClock();
  const network = new MemoryNetwork({ clock });
  const kernel = createMemoryKernel({
    network,
    links: [{ name: "eth0", segment: "lan", addresses: ["192.0.2.1/24"] }],
  });
  const { log, lines } = keptLog();
  const driver = new VrrpDriver(kernel, createVrrpRouter(), noScripts(log), log);
  let config = compileText("", "k.conf").config;
  const load = (text: string) => {
    const next = compileText(text, "k.conf").config;
    driver.apply(diff(config, next).changes);
    config = next;
    clock.advanceBy(5 * SECOND);
  };
  const held = () => kernel.addresses.list().filter(({ protocol }) => protocol === 18);
  const addresses = () => held().map(({ address }) => address);
  return { kernel, clock, lines, load, addresses };
}

const instance = (lines: string) =>
  `vrrp_instance VI_1 {\n interface eth0\n virtual_router_id 51\n version 3\n advert_int 1\n${lines}\n}\n`;
const vips = (...list: string[]) => instance(`virtual_ipaddress {\n${list.join("\n")}\n}`);

describe("what VRRP holds", () => {
  it("stays when the first address of its network is removed, which takes the others along", () => {
    const { load, addresses, lines } = bench();
    load(vips("10.1.0.1/24", "10.1.0.2/24", "10.1.0.3/24"));
    expect(addresses()).toEqual(["10.1.0.1", "10.1.0.2", "10.1.0.3"]);
    const before = lines.length;
    load(vips("10.1.0.2/24", "10.1.0.3/24"));
    expect(addresses()).toEqual(["10.1.0.2", "10.1.0.3"]);
    expect(lines.slice(before).join("\n")).not.toContain("STATE");
  });

  it("is asked for once when an address of its subnet is removed, however many there are, and not beside others", () => {
    const { kernel, load, addresses } = bench();
    const rest = ["10.1.0.1/24", "10.1.0.2/24", "10.1.0.3/24", "10.3.0.1/24", "10.4.0.1/32", "10.4.0.2/32"];
    load(vips(...rest, "10.1.0.4/24", "10.2.0.1/24", "10.4.0.3/32"));
    const added: string[] = [];
    const add = kernel.addresses.add.bind(kernel.addresses);
    kernel.addresses.add = (entry) => {
      added.push(entry.address);
      add(entry);
    };
    load(vips(...rest));
    expect(addresses()).toHaveLength(rest.length);
    expect(added).toEqual(["10.1.0.1"]);
  });

  it("moves from a static object to an instance and back", () => {
    const { load, addresses } = bench();
    const fixed = "static_ipaddress {\n 10.1.0.1/24 dev eth0\n}\n";
    load(fixed + vips("10.1.0.2/24"));
    expect(addresses()).toEqual(["10.1.0.1", "10.1.0.2"]);
    load(vips("10.1.0.1/24", "10.1.0.2/24"));
    expect(addresses()).toEqual(expect.arrayContaining(["10.1.0.1", "10.1.0.2"]));
    load(vips("10.1.0.2/24") + fixed);
    expect(addresses()).toEqual(expect.arrayContaining(["10.1.0.1", "10.1.0.2"]));
  });

  it("says what the kernel refuses, and tries a static object again when its interface is up", () => {
    const { kernel, load, lines, clock } = bench();
    kernel.faults.inject("routes.add", ERRNO.EINVAL);
    load("static_routes {\n 10.9.0.0/24 via 192.0.2.2 dev eth0\n}\n");
    expect(lines.filter((line) => line.startsWith("Cannot add route"))).toEqual([
      "Cannot add route prepend 10.9.0.0/24 via inet 192.0.2.2 dev eth0 proto 18: EINVAL",
    ]);
    kernel.setLink("eth0", { up: false });
    clock.advanceBy(SECOND);
    kernel.setLink("eth0", { up: true });
    clock.advanceBy(SECOND);
    expect(kernel.routes.list(18)).toMatchObject([{ destination: "10.9.0.0" }]);
  });

  it("is what the options say, once they change", () => {
    const { kernel, load } = bench();
    const own = () => kernel.addresses.list().find(({ address }) => address === "2001:db8::1");
    const excluded = (options: string) =>
      instance(
        `virtual_ipaddress {\n 192.0.2.10/24\n}\nvirtual_ipaddress_excluded {\n 2001:db8::1/64${options}\n}`,
      );
    load(excluded(""));
    expect(own()?.preferredLifetime).toBeUndefined();
    load(excluded(" preferred_lft 60 noprefixroute"));
    expect(own()).toMatchObject({ preferredLifetime: 60, flags: 0x200 });
  });
});
