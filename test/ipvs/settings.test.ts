/** What IPVS has besides its table, under keepalived and under Holdfast. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOLDFAST } from "../lab/holdfast.ts";
import { KEEPALIVED } from "../lab/keepalived.ts";
import { type Host, Lab } from "../lab/netns.ts";
import { eventually } from "../lab/process.ts";
import { Router, type RouterParts } from "../lab/router.ts";

let lab: Lab;
let host: Host;
let router: Router | undefined;
beforeEach(() => {
  lab = new Lab();
  host = lab.host("director");
  lab.switch().connect(host, "eth0", ["10.8.0.1/24"]);
});
afterEach(async () => {
  await router?.stop();
  router = undefined;
  await lab.dispose();
});

const SERVICE = `virtual_server 10.8.0.100 80 {
  lb_algo rr
  lb_kind NAT
  protocol TCP
  real_server 10.9.9.9 80 {
  }
}
`;

const daemons = () => host.exec("ipvsadm", "-L", "--daemon").trim();
const timeouts = () => host.exec("ipvsadm", "-L", "--timeout").trim();
const table = () => host.exec("ipvsadm", "-Sn").trim();

function start(program: typeof HOLDFAST, config: string, parts: RouterParts): Router {
  router = new Router(lab, host, program, config, parts);
  router.start();
  return router;
}

describe.each([KEEPALIVED, HOLDFAST])("$name", (program) => {
  it("has the synchronisation daemon follow an instance", async () => {
    const config = `global_defs {
  lvs_sync_daemon eth0 VI_1 id 51 maxlen 1400 port 8849 ttl 5 group 224.0.1.85
}
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  priority 200
  virtual_ipaddress {
    10.8.0.100
  }
}
${SERVICE}`;
    const settings = "(mcast=eth0, syncid=51, maxlen=1400, group=224.0.1.85, port=8849, ttl=5)";
    const running = start(program, config, "all");
    await eventually("the backup's daemon", () => daemons() === `backup sync daemon ${settings}`, 20_000);
    await eventually("the master's daemon", () => daemons() === `master sync daemon ${settings}`, 20_000);
    host.exec("ip", "link", "set", "eth0", "down");
    await eventually("the backup's again", () => daemons() === `backup sync daemon ${settings}`, 20_000);
    await running.stop();
    expect(daemons()).toBe("");
  });

  it("sets timeouts, and takes over or empties a table", async () => {
    host.exec("ipvsadm", "-A", "-t", "10.8.0.77:80", "-s", "rr");
    const before = timeouts();
    const config = `global_defs {
  lvs_timeouts tcp 1000 udp 100
  lvs_flush
}
${SERVICE}`;
    const running = start(program, config, "checkers");
    await eventually("the service", () => table().includes("10.8.0.100:80"), 20_000);
    expect(table()).not.toContain("10.8.0.77");
    await eventually("the timeouts", () => timeouts() !== before);
    expect(timeouts()).toBe("Timeout (tcp tcpfin udp): 1000 120 100");
    await running.stop();
    expect(table()).toBe("");
  });
});

describe("holdfast", () => {
  it("runs both daemons where they follow no instance, and ends them", async () => {
    const config = `global_defs {\n  lvs_sync_daemon eth0\n}\n${SERVICE}`;
    const running = start(HOLDFAST, config, "checkers");
    const rest = "(mcast=eth0, syncid=0, maxlen=1472, group=224.0.0.81, port=8848, ttl=1)";
    const both = `master sync daemon ${rest}\nbackup sync daemon ${rest}`;
    await eventually("both daemons", () => daemons() === both, 20_000);
    await running.stop();
    expect(daemons()).toBe("");
  });

  it.each(["lvs_flush_on_stop", "lvs_flush_onstop"])(
    "empties the table on stop when told to by %s, somebody else's services with it",
    async (keyword) => {
      const running = start(HOLDFAST, `global_defs {\n  ${keyword}\n}\n${SERVICE}`, "checkers");
      await eventually("the service", () => table().includes("10.8.0.100:80"), 20_000);
      host.exec("ipvsadm", "-A", "-t", "10.8.0.77:80", "-s", "rr");
      await running.stop();
      expect(table()).toBe("");
    },
  );
});
