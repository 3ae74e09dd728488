import { closeSync, openSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enterNetworkNamespace, newNetworkNamespace } from "../../native/interface.ts";
import { emptyConfig } from "../../src/config/compile.ts";
import type { LvsEffect } from "../../src/core/lvs/contract.ts";
import { createLvsDirector } from "../../src/core/lvs/director.ts";
import { createLinuxKernel } from "../../src/kernel/linux/kernel.ts";
import type { Kernel } from "../../src/kernel/ports.ts";
import { diff, forOwner } from "../../src/plan/diff.ts";
import { configOf } from "../core/lvs/world.ts";
import { findProgram } from "../lab/capabilities.ts";
import { execute } from "../lab/process.ts";

let home = -1;
let kernel: Kernel;

beforeAll(() => {
  home = openSync("/proc/thread-self/ns/net", "r");
  if (newNetworkNamespace() < 0) throw new Error("unshare");
  kernel = createLinuxKernel();
});

afterAll(() => {
  kernel?.close();
  if (home >= 0) {
    enterNetworkNamespace(`/proc/self/fd/${home}`);
    closeSync(home);
  }
});

const ruleset = () => execute(["nft", "list", "ruleset"]).trim();

/** A director whose changes of nf_tables are carried out. */
function director() {
  const machine = createLvsDirector();
  let running = emptyConfig();
  let transactions = 0;
  return {
    apply(text: string) {
      const next = text === "" ? { ...emptyConfig(), global_defs: running.global_defs } : configOf(text);
      const { changes } = forOwner(diff(running, next), "checkers");
      running = next;
      for (const effect of machine.handle({ type: "apply", changes }, 0).filter(isFirewall)) {
        kernel.firewall.apply(effect.commands);
        transactions++;
      }
      return transactions;
    },
  };
}

const isFirewall = (effect: LvsEffect) => effect.type === "firewall";

const config = (globals: string, entries: readonly string[]) => `global_defs {
    ${globals}
}
virtual_server_group G {
    ${entries.join("\n    ")}
}
virtual_server group G {
    lb_algo rr
    lb_kind TUN
    protocol TCP
    persistence_timeout 60
    real_server 10.0.1.1 80 {
    }
}
`;

describe.runIf(findProgram("nft"))("nftables_ipvs", () => {
  it("is a table that nft reads as it was meant", () => {
    const { apply } = director();
    apply(config("nftables_ipvs", ["10.0.0.1 80", "10.0.0.5-9 443", "fd00::/112 80", "10.0.0.7"]));
    expect(ruleset()).toMatchInlineSnapshot(`
      "table ip keepalived_ipvs {
      	map tcp_map {
      		type ipv4_addr . inet_service : mark
      		flags interval
      		elements = { 10.0.0.1 . 80 : 0x000003e8,
      			     10.0.0.5-10.0.0.9 . 443 : 0x000003e8 }
      	}

      	map tcp_all_ports_map {
      		type ipv4_addr . inet_service : mark
      		flags interval
      		elements = { 10.0.0.7 . 0-65535 : 0x000003e8 }
      	}

      	chain in {
      		type filter hook input priority filter - 1; policy accept;
      		meta mark set ip daddr . tcp dport map @tcp_map counter packets 0 bytes 0 return
      		meta mark set ip daddr . tcp dport map @tcp_all_ports_map counter packets 0 bytes 0 return
      	}
      }
      table ip6 keepalived_ipvs {
      	map tcp_map {
      		type ipv6_addr . inet_service : mark
      		flags interval
      		elements = { fd00::/112 . 80 : 0x000003e8 }
      	}

      	chain in {
      		type filter hook input priority filter - 1; policy accept;
      		meta mark set ip6 daddr . tcp dport map @tcp_map counter packets 0 bytes 0 return
      	}
      }"
    `);
    expect(apply(config("nftables_ipvs", ["10.0.0.6-12 443"]))).toBe(2);
    expect(ruleset()).toMatchInlineSnapshot(`
      "table ip keepalived_ipvs {
      	map tcp_map {
      		type ipv4_addr . inet_service : mark
      		flags interval
      		elements = { 10.0.0.6-10.0.0.12 . 443 : 0x000003e8 }
      	}

      	map tcp_all_ports_map {
      		type ipv4_addr . inet_service : mark
      		flags interval
      	}

      	chain in {
      		type filter hook input priority filter - 1; policy accept;
      		meta mark set ip daddr . tcp dport map @tcp_map counter packets 0 bytes 0 return
      		meta mark set ip daddr . tcp dport map @tcp_all_ports_map counter packets 0 bytes 0 return
      	}
      }
      table ip6 keepalived_ipvs {
      	map tcp_map {
      		type ipv6_addr . inet_service : mark
      		flags interval
      	}

      	chain in {
      		type filter hook input priority filter - 1; policy accept;
      		meta mark set ip6 daddr . tcp dport map @tcp_map counter packets 0 bytes 0 return
      	}
      }"
    `);
    apply("");
    expect(ruleset()).toBe("");
  });

  it("marks what is sent to the addresses and ports of a group, and nothing else", () => {
    execute(["ip", "link", "set", "lo", "up"]);
    for (const last of [1, 2, 7]) execute(["ip", "address", "add", `10.0.0.${last}/32`, "dev", "lo"]);
    const { apply } = director();
    apply(config("nftables_ipvs", ["10.0.0.1 80", "10.0.0.7"]));
    const counting = "type filter hook input priority 0; policy accept; meta mark 1000 tcp flags syn counter";
    execute(["nft", `table ip seen { chain in { ${counting}; }; }`]);
    const marked = () => /counter packets (\d+)/.exec(execute(["nft", "list", "table", "ip", "seen"]))?.[1];
    /** Nobody listens: one packet there, and a reset back. */
    const knock = (address: string, port: number) =>
      execute(["bash", "-c", `exec 2>/dev/null; : </dev/tcp/${address}/${port} || true`]);
    knock("10.0.0.2", 80);
    knock("10.0.0.1", 81);
    expect(marked()).toBe("0");
    knock("10.0.0.1", 80);
    expect(marked()).toBe("1");
    knock("10.0.0.7", 9999);
    expect(marked()).toBe("2");
    apply("");
    execute(["nft", "delete", "table", "ip", "seen"]);
  });

  it("hooks in with its priority, under its name, and takes marks from the first that is given", () => {
    const { apply } = director();
    apply(
      config("nftables_ipvs mine\n    nftables_ipvs_priority -20\n    nftables_ipvs_start_fwmark 7", [
        "10.0.0.1 80",
      ]),
    );
    expect(ruleset()).toContain("table ip mine {");
    expect(ruleset()).toContain("type filter hook input priority -20; policy accept;");
    expect(ruleset()).toContain("elements = { 10.0.0.1 . 80 : 0x00000007 }");
    apply("");
  });

  it("replaces what a killed daemon has left", () => {
    director().apply(config("nftables_ipvs", ["10.0.0.1 80", "10.0.0.2 80"]));
    const { apply } = director();
    apply(config("nftables_ipvs", ["10.0.0.3 80"]));
    expect(ruleset()).toContain("elements = { 10.0.0.3 . 80 : 0x000003e8 }");
    apply("");
    expect(ruleset()).toBe("");
  });

  it("takes thousands of addresses in one transaction", () => {
    const { apply } = director();
    const entries = Array.from({ length: 8_000 }, (_, i) => `10.${i >> 8}.${i & 255}.1 80`);
    expect(apply(config("nftables_ipvs", entries))).toBe(1);
    expect(kernel.firewall.elements({ family: "ip", name: "keepalived_ipvs" }, "tcp_map")).toHaveLength(
      8_000,
    );
    apply("");
  });
});
