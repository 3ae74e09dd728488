import { describe, expect, it } from "vitest";
import { formatFacts, type HostFacts, parseFacts } from "../../src/config/facts.ts";

const FACTS: HostFacts = {
  interfaces: {
    lo: { addresses: [], flags: ["up"], kind: null },
    eth0: { addresses: ["10.0.0.9/24"], flags: ["up", "multicast"] },
    blue: { addresses: [], flags: [], kind: "vrf" },
  },
  users: { root: 0, www: 33 },
  groups: { root: 0 },
  searchPath: ["/usr/bin"],
  files: {
    "/bin": { type: "directory", uid: 0, gid: 0, mode: 0o1777, link: true },
    "/bin/x": { type: "file", uid: 33, gid: 0, mode: 0o755 },
    "/bin/none": null,
  },
  keyBytes: { "/k/a": 32, "/k/b": null },
  pcre2: { version: "10.42", refused: { "caseless /a(b/": "missing closing parenthesis at offset 3" } },
  kernel: { release: "6.1.0", features: { ipvs: true } },
};

describe("facts of a host as JSON", () => {
  it("are read as they were written, with modes as chmod takes them", () => {
    const json = formatFacts(FACTS);
    expect(parseFacts(json)).toEqual(FACTS);
    expect(JSON.parse(json).files["/bin"].mode).toBe("1777");
  });

  it("are refused with the place of what is wrong", () => {
    const broken = (change: (facts: Record<string, unknown>) => void): unknown => {
      const facts: Record<string, unknown> = JSON.parse(formatFacts(FACTS));
      change(facts);
      return parseFacts(JSON.stringify(facts));
    };
    expect(broken((facts) => delete facts.users)).toEqual({ problem: "users is not an object" });
    expect(
      broken((facts) => {
        facts.interfaces = { eth0: { addresses: [7], flags: [] } };
      }),
    ).toEqual({ problem: "interfaces.eth0.addresses[0] is not a text" });
    expect(
      broken((facts) => {
        facts.files = { "/x": { type: "socket", uid: 0, gid: 0, mode: "0755" } };
      }),
    ).toEqual({ problem: "files./x.type is not file, directory or other" });
    const without = { ...FACTS, pcre2: { version: null, refused: {} } };
    expect(parseFacts(formatFacts(without))).toEqual(without);
    expect(
      broken((facts) => {
        facts.pcre2 = { version: 10, refused: {} };
      }),
    ).toEqual({ problem: "pcre2.version is not a text" });
    expect(parseFacts("[]")).toHaveProperty("problem");
    expect(parseFacts("{")).toHaveProperty("problem");
  });
});
