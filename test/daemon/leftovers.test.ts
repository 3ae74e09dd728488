import {
  chmodSync,
  existsSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ledgerBeside } from "../../src/daemon/places.ts";
import { HOLDFAST } from "../lab/holdfast.ts";
import { type Host, Lab } from "../lab/netns.ts";
import { eventually, signalProcess } from "../lab/process.ts";
import type { Router, RouterProgram } from "../lab/router.ts";
import { instance, nextPid, pidIn, startDaemon } from "./daemon.ts";

// What a daemon that was killed left, and the next configuration does not name.

let lab: Lab;
let host: Host;
beforeEach(async () => {
  lab = new Lab();
  host = lab.host("router", { ipv6: true });
  host.sysctl("net/ipv6/conf/default/accept_dad", 0);
  const wire = lab.switch();
  wire.connect(host, "eth0", ["192.0.2.1/24", "2001:db8:1::1/64"]);
  wire.connect(host, "eth1", ["198.51.100.1/24"]);
  // The kernel's own, which come once it has noticed that the links are up: what is compared later has them.
  for (const device of ["eth0", "eth1"])
    await eventually("a link-local address", () =>
      host.addresses(device).some((each) => each.startsWith("fe80")),
    );
});
afterEach(() => lab.dispose());

const EVERYTHING = `global_defs {
  disable_local_igmp
}
static_ipaddress {
  10.1.0.1/24 dev eth1
}
static_routes {
  10.9.0.0/24 via 198.51.100.2 dev eth1
}
static_rules {
  from 10.1.0.0/24 table 100 priority 200
}
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  priority 200
  version 3
  advert_int 0.1
  virtual_ipaddress {
    192.0.2.10/24
    192.0.2.11/24
  }
  virtual_routes {
    10.20.0.0/24 via 192.0.2.2
    2001:db8:40::/48 via 2001:db8:1::2
  }
  virtual_rules {
    from 192.0.2.10 table 100 priority 100
  }
}
vrrp_instance VI_2 {
  interface eth0
  virtual_router_id 52
  priority 200
  version 3
  advert_int 0.1
  use_vmac
  no_accept
  virtual_ipaddress {
    192.0.2.20/24
  }
}
`;
/** Something to run for that has nothing of all that. */
const ANOTHER = instance(["192.0.2.100/24"]);

const parameter = (path: string): string => host.exec("cat", `/proc/sys/net/${path}`).trim();

/** Everything of the host that VRRP could have changed, in the kernel's words. */
function everything(): Record<string, string> {
  const list = (...words: string[]) => host.exec("ip", ...words);
  return {
    links: list("-br", "link").replaceAll(/ +/g, " "),
    addresses: list("-br", "addr").replaceAll(/ +/g, " "),
    routes: list("route", "show", "table", "all", "proto", "18"),
    routes6: list("-6", "route", "show", "table", "all", "proto", "18"),
    rules: list("rule"),
    tables: host.exec("nft", "list", "tables"),
    parameters: [
      ...["all", "default", "eth0"].map((name) => parameter(`ipv4/conf/${name}/rp_filter`)),
      ...["arp_ignore", "arp_filter"].map((name) => parameter(`ipv4/conf/eth0/${name}`)),
      parameter("ipv4/igmp_link_local_mcast_reports"),
    ].join(" "),
  };
}

const start = (config: string, program?: RouterProgram) => startDaemon(lab, host, config, program);

async function startWithEverything(): Promise<Router> {
  const router = start(EVERYTHING);
  for (const [device, address] of [
    ["eth0", "192.0.2.11"],
    ["vrrp.52", "192.0.2.20"],
  ] as const)
    await host.waitForAddress(device, address);
  await eventually("the last rule", () => host.exec("ip", "rule").includes("192.0.2.10"));
  return router;
}

const ledgerOf = ({ files }: Router): string => ledgerBeside(files.vrrpPid);

describe("what a daemon that was killed left", () => {
  it("goes at the next start where the configuration does not name it: every address, route, rule, link, table and parameter", async () => {
    host.sysctl("net/ipv4/conf/all/rp_filter", 1);
    const before = everything();
    const router = await startWithEverything();
    expect(everything().tables).toContain("keepalived");
    await router.kill();
    const left = everything();
    for (const part of ["links", "addresses", "routes", "routes6", "rules", "tables", "parameters"])
      expect(left[part]).not.toBe(before[part]);
    await router.startOn(ANOTHER);
    await host.waitForAddress("eth0", "192.0.2.100");
    for (const what of ["address 192.0.2.11/24", "route 10.20.0.0/24", "VMAC interface vrrp.52"])
      expect(router.process.log).toContain(`Removing ${what}`);
    expect(await router.stop()).toBe(0);
    expect(everything()).toEqual(before);
    expect(existsSync(ledgerOf(router))).toBe(false);
  });

  it("is taken over where the configuration names it, and parameters are put back to what they were before the first", async () => {
    host.sysctl("net/ipv4/conf/all/rp_filter", 1);
    host.sysctl("net/ipv4/conf/eth0/arp_ignore", 2);
    const before = everything();
    const router = await startWithEverything();
    const vmac = host.exec("ip", "-j", "link", "show", "vrrp.52");
    await router.kill();
    await router.startOn(EVERYTHING);
    await host.waitForAddress("vrrp.52", "192.0.2.20");
    expect(JSON.parse(host.exec("ip", "-j", "link", "show", "vrrp.52"))[0].ifindex).toBe(
      JSON.parse(vmac)[0].ifindex,
    );
    expect(parameter("ipv4/conf/all/rp_filter")).toBe("0");
    expect(router.process.log).not.toMatch(/Removing (address|route|rule|VMAC)/);
    expect(await router.stop()).toBe(0);
    expect(everything()).toEqual(before);
  });

  it("goes, too, when only the child was killed, and a reload came while there was none", async () => {
    const router = start(instance(["192.0.2.10/24", "192.0.2.11/24"]));
    await host.waitForAddress("eth0", "192.0.2.11");
    const child = pidIn(router.files.vrrpPid);
    router.configure(instance(["192.0.2.11/24"]));
    signalProcess(child, "SIGSTOP");
    router.reload();
    await router.process.waitFor("Reloading");
    signalProcess(child, "SIGKILL");
    await nextPid(router.files.vrrpPid, child);
    await router.process.waitFor("Removing address 192.0.2.10/24, left by an earlier run");
    await host.waitForAddress("eth0", "192.0.2.11");
    expect(host.holds("eth0", "192.0.2.10")).toBe(false);
    expect(await router.stop()).toBe(0);
  });

  it("of a stop that was to leave it goes with the configuration that has it no longer", async () => {
    const keeping: RouterProgram = {
      name: "holdfast -V",
      command: (files, parts) => [...HOLDFAST.command(files, parts), "-V"],
    };
    const router = start(instance(["192.0.2.10/24", "192.0.2.11/24"]), keeping);
    await host.waitForAddress("eth0", "192.0.2.11");
    expect(await router.stop()).toBe(0);
    expect(host.holds("eth0", "192.0.2.10")).toBe(true);
    await router.startOn(instance(["192.0.2.11/24"]));
    await eventually("the first address is gone", () => !host.holds("eth0", "192.0.2.10"));
    await host.waitForAddress("eth0", "192.0.2.11");
  });

  it("stays, and is said, when it is another daemon's or nobody left word of it", async () => {
    const router = start(instance(["192.0.2.10/24"]));
    await host.waitForAddress("eth0", "192.0.2.10");
    host.exec("ip", "route", "add", "10.77.0.0/24", "dev", "eth0", "proto", "18");
    await router.kill();
    await router.startOn(ANOTHER);
    await router.process.waitFor("route 10.77.0.0/24 table 254 is marked as keepalived's and is not in this");
    expect(host.exec("ip", "route")).toContain("10.77.0.0/24");
    expect(host.holds("eth0", "192.0.2.10")).toBe(false);
  });
});

describe("the file that says so", () => {
  it("is not read while a daemon that has the same pid file runs", async () => {
    const first = start(instance(["192.0.2.10/24"]));
    await host.waitForAddress("eth0", "192.0.2.10");
    const { vrrpPid } = first.files;
    const text = readFileSync(ledgerOf(first), "utf8");
    const second = start(ANOTHER.replace("51", "52"), {
      name: "holdfast -r",
      command: (files, parts) => HOLDFAST.command({ ...files, vrrpPid }, parts),
    });
    await second.process.waitFor(`${vrrpPid} is held by another process`);
    await host.waitForAddress("eth0", "192.0.2.100");
    expect(host.holds("eth0", "192.0.2.10")).toBe(true);
    expect(await second.stop()).toBe(0);
    expect(readFileSync(ledgerOf(first), "utf8")).toBe(text);
    expect(await first.stop()).toBe(0);
  });

  const forgeries: readonly [string, (path: string) => void][] = [
    ["others may write to it", (path) => chmodSync(path, 0o666)],
    [
      "it is a link",
      (path) => {
        renameSync(path, `${path}.elsewhere`);
        symlinkSync(`${path}.elsewhere`, path);
      },
    ],
    ["it is none", (path) => writeFileSync(path, "{")],
  ];
  it.each(forgeries)("is not believed when %s", async (_why, forge) => {
    const router = start(instance(["192.0.2.10/24"]));
    await host.waitForAddress("eth0", "192.0.2.10");
    expect(statSync(ledgerOf(router)).mode & 0o777).toBe(0o600);
    await router.kill();
    forge(ledgerOf(router));
    await router.startOn(ANOTHER);
    await router.process.waitFor("which says what to clear up after a kill");
    expect(host.holds("eth0", "192.0.2.10")).toBe(true);
    await host.waitForAddress("eth0", "192.0.2.100");
    expect(await router.stop()).toBe(0);
  });

  it("says nothing of another boot, and holds no secret", async () => {
    const secret = "authentication {\n auth_type PASS\n auth_pass hunter22\n}";
    const router = start(
      instance(["192.0.2.10/24"], secret).replace("version 3", "version 2").replace("0.1", "1"),
    );
    await eventually("the file", () => existsSync(ledgerOf(router)));
    const text = readFileSync(ledgerOf(router), "utf8");
    expect(text).toContain("192.0.2.10");
    expect(text).not.toContain("hunter22");
    await host.waitForAddress("eth0", "192.0.2.10", true, 15_000);
    await router.kill();
    writeFileSync(ledgerOf(router), text.replace(/"place":"1 [0-9a-f]{8}/, '"place":"1 00000000'));
    await router.startOn(ANOTHER);
    await router.process.waitFor("address 192.0.2.10/24 is marked as keepalived's");
    expect(host.holds("eth0", "192.0.2.10")).toBe(true);
  });
});
