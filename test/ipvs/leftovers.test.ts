/** What a daemon that was killed left in IPVS. */
import { existsSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ledgerBeside } from "../../src/daemon/places.ts";
import { HOLDFAST } from "../lab/holdfast.ts";
import { type Host, Lab } from "../lab/netns.ts";
import { eventually } from "../lab/process.ts";
import { Router, type RouterParts, type RouterProgram } from "../lab/router.ts";

let lab: Lab;
let host: Host;
beforeEach(() => {
  lab = new Lab();
  host = lab.host("director");
  lab.switch().connect(host, "eth0", ["10.8.0.1/24"]);
});
afterEach(() => lab.dispose());

/** A virtual server without a check, of an address and a port or of a mark. */
const service = (what: string) => `virtual_server ${what} {
  lb_algo rr
  lb_kind NAT
  protocol TCP
  real_server 10.9.9.9 80 {
  }
}
`;
const GROUP = `virtual_server_group G {
  10.8.0.60-62 80
  fwmark 7
}
`;
const table = () => host.exec("ipvsadm", "-Sn");
const there = (...texts: readonly string[]) =>
  eventually(texts.join(), () => texts.every((text) => table().includes(text)), 20_000);

async function start(
  config: string,
  program: RouterProgram = HOLDFAST,
  parts: RouterParts = "checkers",
): Promise<Router> {
  const router = new Router(lab, host, program, config, parts);
  await router.startOn(config);
  return router;
}

it("goes where the configuration does not name it, and no service of anybody else's", async () => {
  const kept = service("10.8.0.50 80");
  const router = await start(
    GROUP + kept + service("10.8.0.51 80") + service("fwmark 9") + service("group G"),
  );
  await there("-t 10.8.0.51:80", "-f 9", "-t 10.8.0.62:80", "-f 7");
  await router.kill();
  host.exec("ipvsadm", "-A", "-t", "10.8.0.77:80", "-s", "rr");
  // One of them is gone already: somebody was quicker.
  host.exec("ipvsadm", "-D", "-f", "7");
  await router.startOn(kept);
  await router.process.waitFor("Removing service [10.8.0.51]:tcp:80, left by an earlier run");
  await router.process.waitFor("Removing service FWM 9, left by an earlier run");
  expect(router.process.log).not.toContain("Removing service FWM 7");
  expect(
    table()
      .match(/^-A .*$/gm)
      ?.map((line) => line.split(" ").slice(1, 3).join(" ")),
  ).toEqual(["-t 10.8.0.50:80", "-t 10.8.0.77:80"]);
  expect(await router.stop()).toBe(0);
  expect(table()).toContain("10.8.0.77");
  expect(table()).not.toContain("10.8.0.50");
  expect(existsSync(ledgerBeside(router.files.checkersPid))).toBe(false);
});

describe.each(["", "VI_1 "])("a synchronisation daemon on eth0 %sand timeouts", (follows) => {
  const instance = `vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  virtual_ipaddress {
    10.8.0.100/24
  }
}
`;
  const daemons = () => host.exec("ipvsadm", "-L", "--daemon").trim();
  const timeouts = () => host.exec("ipvsadm", "-L", "--timeout").trim();
  const globals = `global_defs {\n lvs_sync_daemon eth0 ${follows}\n lvs_timeouts tcp 1000\n}\n`;
  const rest = instance + service("10.8.0.50 80");

  it("are as they were before, whether the configuration has them or not", async () => {
    const before = timeouts();
    const router = await start(globals + rest, HOLDFAST, "all");
    await eventually("a daemon", () => daemons() !== "", 20_000);
    await router.kill();
    await router.startOn(globals + rest);
    expect(timeouts()).toBe("Timeout (tcp tcpfin udp): 1000 120 300");
    expect(daemons()).not.toBe("");
    await router.kill();
    await router.startOn(rest);
    await router.process.waitFor("synchronisation daemon on eth0, left by an earlier run");
    expect(daemons()).toBe("");
    expect(timeouts()).toBe(before);
    expect(await router.stop()).toBe(0);
  });
});

it("of a stop that was to leave it goes with the configuration that has it no longer", async () => {
  const keeping: RouterProgram = {
    name: "holdfast -I",
    command: (files, parts) => [...HOLDFAST.command(files, parts), "-I"],
  };
  const both = service("10.8.0.50 80") + service("10.8.0.51 80");
  const router = await start(both, keeping);
  await there("-t 10.8.0.51:80");
  expect(await router.stop()).toBe(0);
  await there("-t 10.8.0.50:80", "-t 10.8.0.51:80");
  await router.startOn(service("10.8.0.50 80"));
  await eventually("the second is gone", () => !table().includes("10.8.0.51"));
  expect(table()).toContain("10.8.0.50");
});
