import { describe, expect, it } from "vitest";
import { configTestStatus } from "../../src/config/config-test.ts";
import type { HostFacts } from "../../src/config/facts.ts";
import { checkHost } from "../../src/config/host-checks.ts";
import { compileText } from "./compile-text.ts";

const FACTS: HostFacts = {
  interfaces: { eth0: { addresses: ["10.0.0.9/24"], flags: ["up"] } },
  users: { root: 0 },
  groups: { root: 0 },
  searchPath: ["/usr/bin"],
  files: {
    "/usr/bin/true": { type: "file", uid: 0, gid: 0, mode: 0o755 },
    "/usr/bin/gone": null,
    "/k/own": { type: "file", uid: 0, gid: 0, mode: 0o600 },
    "/k/open": { type: "file", uid: 0, gid: 0, mode: 0o640 },
    "/k/gone": null,
    "/usr/bin": { type: "directory", uid: 0, gid: 0, mode: 0o755 },
  },
  kernel: { release: "6.1.0", features: {} },
};

/** The status that `keepalived -t` 2.2.7 and 2.4.3 were seen to end with, for each of these texts. */
function status(text: string): number {
  const compiled = compileText(text);
  const diagnostics = [...compiled.diagnostics, ...checkHost(compiled, FACTS)];
  return configTestStatus({ ...compiled, diagnostics }, FACTS).status;
}

function instance(body = "", name = "eth0"): string {
  return `vrrp_instance V {\ninterface ${name}\nvirtual_router_id 1\npriority 100\n${body}\nvirtual_ipaddress {\n10.0.0.1\n}\n}\n`;
}

const script = (program: string) => `vrrp_script s {\nscript ${program}\n}\n`;
const SECURE = "global_defs {\nenable_script_security\nscript_user root\n}\n";

describe("exit status of the configuration test", () => {
  it("is 0 when all is well", () => {
    expect(status(instance())).toBe(0);
    expect(status(`${SECURE}${script("/usr/bin/true")}${instance()}`)).toBe(0);
  });

  it("is 2 when a keyword lacks its value", () => {
    expect(status(instance("preempt_delay"))).toBe(2);
    expect(status(instance("virtual_routes {\n10.0.0.0/8 dev eth0 metric\n}"))).toBe(2);
    expect(status(instance("virtual_routes {\n10.0.0.0/8 dev eth0 encap\n}"))).toBe(5);
  });

  it("is 5 for errors and for advice", () => {
    expect(status(instance("priorty 1"))).toBe(5);
    expect(status(instance("state MASTER\nnopreempt"))).toBe(5);
    expect(status(instance("", "eth7"))).toBe(5);
  });

  it("is 6 when root would run scripts without script security", () => {
    expect(status(`${script("/usr/bin/true")}${instance()}`)).toBe(6);
    expect(status(instance("notify_master true"))).toBe(6);
    expect(status(instance("notify_master true\npriorty 1"))).toBe(6);
  });

  it("is 6 when a key file of auth_hmac is open to others, whatever else is wrong", () => {
    const signed = (path: string) => `auth_hmac {\nkey 1 file:${path}\nactive_key 1\n}`;
    expect(status(instance(signed("/k/own")))).toBe(0);
    expect(status(instance(signed("/k/gone")))).toBe(5);
    expect(status(instance(signed("/k/open")))).toBe(6);
    expect(status(`${SECURE}${instance(`${signed("/k/open")}\npriorty 1`)}`)).toBe(6);
    expect(status(instance(signed("/k/open"), "nosuch"))).toBe(6);
    expect(status(instance(`${signed("/k/open")}\npreempt_delay`))).toBe(2);
  });

  it("looks at no script of VRRP when an interface does not exist", () => {
    expect(status(instance("notify_master true", "eth7"))).toBe(5);
    const server = "virtual_server 10.0.0.1 80 {\nprotocol TCP\nlb_algo rr\nlb_kind NAT\nquorum_up true\n";
    const real = "real_server 10.0.0.2 80 {\n}\n}\n";
    expect(status(`${instance("", "eth7")}${server}${real}`)).toBe(6);
  });

  it("counts a vrrp_script that does not exist, and no notify script", () => {
    expect(status(`${script("/usr/bin/gone")}${instance()}`)).toBe(5);
    expect(status(instance("notify /usr/bin/gone"))).toBe(0);
  });
});
