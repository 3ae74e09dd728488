import { describe, expect, it } from "vitest";
import { withoutRefusedScripts } from "../../src/daemon/scripts/refused.ts";
import { compileText } from "../config/compile-text.ts";

const server = (path: string) => `virtual_server 10.0.0.1 80 {
    real_server 10.0.0.2 80 {
        MISC_CHECK {
            misc_path ${path}
            user root
        }
        TCP_CHECK {
        }
    }
}
`;

const checksOf = (path: string) => {
  const { config, messages } = withoutRefusedScripts(compileText(server(path)).config);
  const real = config.virtual_server[0]?.real_server[0];
  return { misc: real?.MISC_CHECK.length, tcp: real?.TCP_CHECK.length, messages };
};

describe("scripts of checks", () => {
  it("are disabled where there is no such program, and nobody is down for it", () => {
    const { misc, tcp, messages } = checksOf("/no/such/script");
    expect([misc, tcp]).toEqual([0, 1]);
    expect(messages).toEqual([expect.stringMatching(/^Disabling misc script \/no\/such\/script due to /)]);
  });

  it("stay where there is one", () => {
    expect(checksOf("/bin/sh")).toEqual({ misc: 1, tcp: 1, messages: [] });
  });
});
