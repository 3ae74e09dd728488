import { expect, it } from "vitest";
import { diff } from "../../src/plan/diff.ts";
import { renderJson } from "../../src/plan/render-json.ts";
import { compileText } from "./compile-text.ts";

const pool = (weight: number, password: string) => `
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 51
    authentication {
        auth_type PASS
        auth_pass ${password}
    }
    virtual_ipaddress {
        10.0.0.1/24
    }
}
virtual_server 10.0.0.1 80 {
    protocol TCP
    delay_loop 2.5
    real_server 10.0.1.1 80 {
        weight ${weight}
        TCP_CHECK {
            connect_port 8080
        }
    }
}
`;

/** The printed changes, as a reader of the JSON sees them. */
function changes(keep: boolean) {
  const running = compileText(pool(1, "one"), "old.conf");
  const next = compileText(pool(0, "two"), "new.conf");
  const locate = { before: running.locate, after: next.locate };
  return JSON.parse(JSON.stringify(renderJson(diff(running.config, next.config), locate, { keep }))).changes;
}

it("shows whole objects: defaults resolved, times in seconds, secrets masked", () => {
  const [instance, server] = changes(false);
  expect(instance).toMatchObject({
    address: "vrrp_instance[VI_1]",
    before: { priority: 100, advert_int: 1, authentication: { auth_type: "PASS", auth_pass: "********" } },
    after: { name: "VI_1", interface: "eth0", authentication: { auth_pass: "********" } },
  });
  expect(server).toMatchObject({
    address: "virtual_server[10.0.0.1:tcp:80]/real_server[10.0.1.1:80]",
    impact: "drains",
    before: { server: { address: "10.0.1.1", port: 80 }, weight: 1 },
    after: { weight: 0, TCP_CHECK: [{ connect_port: 8080, delay_loop: 2.5, connect_timeout: 5 }] },
  });
});

it("shows what is inside an object as objects of its own, and what stays only when asked to", () => {
  expect(changes(false)).toHaveLength(2);
  const all = changes(true);
  const [instance, vip, service] = all.slice(1);
  expect(all.map(({ kind }: { kind: string }) => kind)).toEqual(["keep", "update", "keep", "keep", "update"]);
  expect(instance.after).not.toHaveProperty("virtual_ipaddress");
  expect(vip).toMatchObject({ kind: "keep", reasons: [], after: { address: "10.0.0.1", excluded: false } });
  expect(service.after).not.toHaveProperty("real_server");
});
