import { afterEach, describe, expect, it } from "vitest";
import { compile } from "../../src/config/compile.ts";
import { openKernel } from "../../src/daemon/driver/kernels.ts";
import { createLinuxKernel } from "../../src/kernel/linux/kernel.ts";
import type { Kernel, NetlinkBuffers } from "../../src/kernel/ports.ts";
import { MemoryHost } from "../../src/source/memory-host.ts";
import { execute } from "../lab/process.ts";

let kernel: Kernel | undefined;
afterEach(() => {
  kernel?.close();
  kernel = undefined;
});

/** Receive buffers of netlink sockets of this process as ss shows them: twice what was asked for. */
function buffersOf(buffers: NetlinkBuffers): number[] {
  return buffersOfKernel(() => createLinuxKernel(buffers));
}

function buffersOfKernel(open: () => Kernel): number[] {
  const shown = (): string[] => execute(["ss", "-f", "netlink", "-m", "-n"]).match(/rb\d+/g) ?? [];
  const before = shown();
  kernel = open();
  kernel.links.list();
  kernel.links.monitor(() => {});
  const after = shown();
  for (const one of before) if (after.includes(one)) after.splice(after.indexOf(one), 1);
  // ss lists one that listens to a group twice.
  return [...new Set(after.map((text) => Number(text.slice(2))))].sort((a, b) => a - b);
}

describe("vrrp_netlink_*_rcv_bufs", () => {
  it("are the receive buffers of what asks and of what listens", () => {
    const buffers = { commands: { bytes: 40_000, force: false }, monitors: { bytes: 50_000, force: false } };
    expect(buffersOf(buffers)).toEqual([80_000, 100_000]);
  });

  it("go above the limit of the system only by force", () => {
    const limit = Number(execute(["cat", "/proc/sys/net/core/rmem_max"]));
    const bytes = limit + 100_000;
    expect(buffersOf({ commands: { bytes, force: true }, monitors: { bytes, force: false } })).toEqual([
      2 * limit,
      2 * bytes,
    ]);
  });

  it("leave room for as many requests at once as fit", () => {
    kernel = createLinuxKernel({ commands: { bytes: 2_304, force: false } });
    const [loopback] = kernel.links.list();
    const address = { ifindex: loopback?.index ?? 0, prefixLength: 32, scope: 0 };
    const all = Array.from({ length: 50 }, (_, i) => ({ ...address, address: `192.0.2.${i + 1}` }));
    for (const one of all) kernel.addresses.add(one);
    expect(kernel.addresses.list().filter(({ address: text }) => text.startsWith("192.0.2."))).toHaveLength(
      50,
    );
    for (const one of all) kernel.addresses.delete(one);
  });
});

describe("lvs_netlink_*_rcv_bufs", () => {
  it("are those of the checkers' sockets, and no others", async () => {
    const text = `global_defs {
  lvs_netlink_cmd_rcv_bufs 40000
  lvs_netlink_monitor_rcv_bufs 50000
  vrrp_netlink_cmd_rcv_bufs 60000
  vrrp_netlink_monitor_rcv_bufs 70000
}`;
    const { config } = compile(new MemoryHost({ "test.conf": text }), "test.conf");
    const ofCheckers = await openKernel("linux", config, "checkers");
    expect(buffersOfKernel(() => ofCheckers)).toEqual([80_000, 100_000]);
    kernel?.close();
    const ofVrrp = await openKernel("linux", config, "vrrp");
    expect(buffersOfKernel(() => ofVrrp)).toEqual([120_000, 140_000]);
  });

  it("with lvs_netlink_cmd_rcv_bufs_force and lvs_netlink_monitor_rcv_bufs_force go above the limit", async () => {
    const bytes = Number(execute(["cat", "/proc/sys/net/core/rmem_max"])) + 100_000;
    const text = `global_defs {
  lvs_netlink_cmd_rcv_bufs ${bytes}
  lvs_netlink_cmd_rcv_bufs_force
  lvs_netlink_monitor_rcv_bufs ${bytes + 1_000}
  lvs_netlink_monitor_rcv_bufs_force
}`;
    const { config } = compile(new MemoryHost({ "test.conf": text }), "test.conf");
    const opened = await openKernel("linux", config, "checkers");
    expect(buffersOfKernel(() => opened)).toEqual([2 * bytes, 2 * bytes + 2_000]);
  });
});
