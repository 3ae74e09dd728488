import { describe, expect, it } from "vitest";
import { dumpKeepalived } from "../../../src/config/dump-keepalived/dump-keepalived.ts";
import { compileText } from "../compile-text.ts";

function linesOf(text: string): string[] {
  return dumpKeepalived(compileText(text).config).split("\n");
}

describe("dumpKeepalived without a host", () => {
  it("writes users by name where their numbers are not known, and root's as it is", () => {
    const lines = linesOf(`global_defs {
    script_user web www
    vrrp_notify_fifo /run/a.fifo root
}`);
    expect(lines).toContain(" Default script uid:gid web:www");
    expect(lines).toContain(" VRRP notify fifo = /run/a.fifo, uid:gid 0:0");
  });

  it("has no password, not even the one of the certificate", () => {
    const text = linesOf(`SSL {
    password hidden1
}
vrrp_instance a {
    interface eth0
    virtual_router_id 1
    authentication {
        auth_type PASS
        auth_pass hidden2
    }
    virtual_ipaddress {
        10.0.0.1
    }
}
virtual_server 10.0.0.1 80 {
    protocol TCP
    real_server 10.0.1.1 80 {
    }
}`);
    expect(text).toContain(" Password : ********");
    expect(text).toContain("   Password = ********");
    expect(text.join("\n")).not.toContain("hidden");
  });

  it("has only the sections that there is something for", () => {
    const headings = linesOf("global_defs {\n}").filter((line) => line.startsWith("---"));
    expect(headings).toEqual(["------< Global definitions >------"]);
  });

  it("leaves out the source address that the interface would give", () => {
    const lines = linesOf(`vrrp_instance a {
    interface eth0
    virtual_router_id 1
    virtual_ipaddress {
        10.0.0.1
    }
}`);
    expect(lines.filter((line) => line.includes("src_ip"))).toEqual([]);
    expect(lines).toContain("     10.0.0.1 dev eth0 scope global");
  });
});
