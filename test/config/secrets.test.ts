import { expect, it } from "vitest";
import { dumpConf } from "../../src/config/dump-conf.ts";
import { dumpJson } from "../../src/config/dump-json.ts";
import { compileText } from "./compile-text.ts";

const KEY = "0123456789abcdef0123456789abcdef";

it("keys of auth_hmac are masked wherever they are shown", () => {
  const { config } = compileText(
    `vrrp_instance V {\ninterface eth0\nvirtual_router_id 1\nauth_hmac {\nkey 1 ${KEY}\nactive_key 1\n}\n}\n`,
  );
  expect(config.vrrp_instance[0]?.auth_hmac?.key).toEqual([{ id: 1, value: KEY }]);
  expect(dumpConf(config)).not.toContain(KEY);
  expect(dumpConf(config)).toContain("key ********");
  expect(JSON.stringify(dumpJson(config, { defaults: true }))).not.toContain(KEY);
  expect(dumpConf(config, { secrets: true })).toContain(`key 1 ${KEY}`);
});
