import { describe, expect, it } from "vitest";
import { compile } from "../../src/config/compile.ts";
import { dumpConf } from "../../src/config/dump-conf.ts";
import { originOfKeyword } from "../../src/config/open.ts";
import { scriptUses } from "../../src/config/scripts.ts";
import { diff } from "../../src/plan/diff.ts";
import { renderText } from "../../src/plan/render-text.ts";
import { MemoryHost } from "../../src/source/memory-host.ts";

/** What a real server may hold, with something to say about it or to change in it once it is known where it stands. */
const CHECKERS: Readonly<Record<string, string>> = {
  "a source of the other family": "TCP_CHECK {\n bindto 2001:db8::1\n}",
  "a target of the other family than the source":
    "SMTP_CHECK {\n bindto 10.0.0.9\n host {\n bindto 10.0.0.9\n connect_ip 2001:db8::1\n }\n}",
  "a link that is not named": "TCP_CHECK {\n connect_ip fe80::1\n}",
  "lengths that no answer has": "UDP_CHECK {\n min_reply_length 9\n max_reply_length 8\n}",
  "a session that is not there":
    "BFD_CHECK {\n name none\n}\nBFD_CHECK {\n name some\n}\nBFD_CHECK {\n name some\n}",
  "a file that is not there": "FILE_CHECK {\n track_file none\n}",
  "a slow server": "connect_timeout 9\ndelay_loop 3\nnotify_up /bin/x\nTCP_CHECK {\n}",
  "a slow checker": "HTTP_GET {\n url {\n path /\n }\n connect_timeout 9\n delay_loop 3\n}",
  "a slow script": 'MISC_CHECK {\n misc_path "/bin/x"\n misc_timeout 9\n delay_loop 3\n user nobody\n}',
};

/**
 * A configuration whose real servers all hold the same, or but for the weight; `unlike` each other by a comment, they
 * and their checkers are all read.
 */
function repeated(checker: string, unlike: boolean, weights: "same" | "other", path = "/"): string {
  let blocks = 0;
  let weight = 1;
  const head = (text: string) => (unlike ? `${text} { # ${blocks++}` : `${text} {`);
  const checkers = () => checker.replaceAll(/(\w+) \{/g, (_, keyword: string) => head(keyword));
  const real = (server: string) =>
    `${head(`real_server ${server}`)}\nweight ${weights === "same" ? weight : weight++}\n${checkers()}\n}\n`;
  const service = (address: string, port: number) =>
    `${head(`virtual_server ${address} 80`)}\nlb_kind DR\nprotocol TCP\n${[1, 2, 3, 4].map((n) => real(`10.0.1.${n} ${port}`)).join("")}}\n`;
  return `bfd_instance some {
neighbor_ip 10.0.0.8
}
${service("10.0.0.1", 80)}${service("10.0.0.2", 80)}${service("10.0.0.3", 81)}virtual_server 10.0.0.4 80 {
real_server 10.0.1.9 80 {
HTTP_GET {
url {
path ${path}
}
}
}
}
`;
}

/** Instances that hold the same, much of which a check takes back. */
function instances(unlike: boolean): string {
  const body =
    "interface eth0\nvirtual_router_id 7\npriority 300\nnopreempt\nstate MASTER\nversion 3\nvrrp_strict\nauthentication {\nauth_type PASS\nauth_pass x\n}\nunicast_ttl 3\nmcast_dst_ip 224.0.0.9\nvirtual_ipaddress {\n10.0.0.1\n10.0.0.1\n2001:db8::1\n}\ntrack_script {\nnone\n}\nnotify /bin/x\n";
  return ["a", "b", "c", "d"]
    .map((name) => `vrrp_instance ${name} {${unlike ? ` # ${name}` : ""}\n${body}}\n`)
    .join("");
}

function compiled(text: string): ReturnType<typeof compile> {
  return compile(new MemoryHost({ "/x": text }), "/x");
}

function expectSame(alike: string, unlike: string): void {
  const [one, other] = [compiled(alike), compiled(unlike)];
  expect(one.diagnostics.length).toBeGreaterThan(0);
  expect(one.diagnostics).toEqual(other.diagnostics);
  expect(dumpConf(one.config)).toBe(dumpConf(other.config));
  const places = ({ config, sources }: typeof one) =>
    scriptUses(config).map(({ origin, userOrigin = origin, end = origin }) =>
      [origin, userOrigin, end].map((place) => sources.range(place).line),
    );
  expect(places(one)).toEqual(places(other));
}

describe("blocks that share origins and parts", () => {
  it.each(Object.entries(CHECKERS))("are judged like those that do not: %s", (_, checker) => {
    expectSame(repeated(checker, false, "same"), repeated(checker, true, "same"));
    expectSame(repeated(checker, false, "other"), repeated(checker, true, "other"));
  });

  it("are judged like those that do not: instances", () => {
    expectSame(instances(false), instances(true));
  });

  it("share nothing once they are added to", () => {
    const names = ["a", "b", "c", "d"];
    const instance = (name: string, at: number) =>
      `vrrp_instance ${name} {\nversion 2\ninterface eth0\nvirtual_router_id ${at + 1}\nvirtual_ipaddress {\n10.0.0.${at + 1}\n}
authentication {\nauth_type PASS\nauth_pass one\n}\n${name === "c" ? "authentication {\nauth_pass two\n}\n" : ""}}\n`;
    const { config } = compiled(names.map(instance).join(""));
    const blocks = config.vrrp_instance.map(({ authentication }) => authentication);
    expect(blocks.map((block) => block?.auth_pass)).toEqual(["one", "one", "two", "one"]);
    const lines = blocks.map((block) => (block ? originOfKeyword(block, "auth_pass") - block.$.at : 0) / 256);
    expect(lines).toEqual([2, 2, 5, 2]);
  });

  it.each(Object.entries(CHECKERS))("are compared like those that do not: %s", (_, checker) => {
    const changed = checker.replaceAll("9", "7").replaceAll("none", "any").replaceAll("up", "down");
    const plan = (unlike: boolean, weights: "same" | "other"): string => {
      const before = compiled(repeated(checker, unlike, weights));
      const after = compiled(repeated(changed, unlike, weights, "/a"));
      return renderText(diff(before.config, after.config), {
        before: (origin) => before.sources.range(origin),
        after: (origin) => after.sources.range(origin),
      });
    };
    expect(plan(false, "same")).toContain("real_server");
    expect(plan(false, "same")).toBe(plan(true, "same"));
    expect(plan(false, "other")).toBe(plan(true, "other"));
  });
});
