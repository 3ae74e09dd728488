import { describe, expect, it } from "vitest";
import type { FileFacts, HostFacts } from "../../src/config/facts.ts";
import { checkHost } from "../../src/config/host-checks.ts";
import { compileText } from "./compile-text.ts";

const directory: FileFacts = { type: "directory", uid: 0, gid: 0, mode: 0o755 };
const program: FileFacts = { type: "file", uid: 0, gid: 0, mode: 0o755 };

const FACTS: HostFacts = {
  interfaces: Object.fromEntries(
    ["lo", "eth0", "eth1"].map((name) => [name, { addresses: [], flags: ["up"] }]),
  ),
  kernel: { release: "6.1.0", features: {} },
  users: { root: 0, keepalived_script: 900, www: 33 },
  groups: { root: 0, www: 33 },
  searchPath: ["/usr/bin"],
  files: {
    "/": directory,
    "/usr": directory,
    "/usr/bin": directory,
    "/usr/bin/true": program,
    "/bin": { ...directory, link: true },
    "/bin/true": program,
    "/usr/bin/nothing": null,
    "/etc": directory,
    "/etc/plain.sh": { ...program, mode: 0o644 },
    "/etc/shared.sh": { ...program, mode: 0o775 },
    "/home": directory,
    "/home/www": { ...directory, uid: 33 },
    "/home/www/x.sh": program,
    "/tmp": { ...directory, mode: 0o1777 },
    "/tmp/x.sh": program,
  },
};

function instance(body: string): string {
  return `vrrp_instance V {\ninterface eth0\nvirtual_router_id 1\n${body}\nvirtual_ipaddress {\n10.0.0.1\n}\n}\n`;
}

/** `line code` of what the host lacks. */
function check(text: string, facts: HostFacts = FACTS): string[] {
  return checkHost(compileText(text), facts).map(({ code, subject }) => `${subject?.line} ${code}`);
}

describe("checks against a host", () => {
  it("have nothing to say when all is there", () => {
    expect(check(instance("notify_master true\nnotify_backup /usr/bin/true root"))).toEqual([]);
  });

  it("find interfaces that do not exist, wherever they are named", () => {
    const text = `vrrp_instance V {
interface ens3
virtual_router_id 1
track_interface {
eth1
eth7
}
virtual_ipaddress {
10.0.0.1 dev eth8
}
}
`;
    expect(check(text)).toEqual(["2 no-such-interface", "9 no-such-interface", "6 no-such-interface"]);
    const [first] = checkHost(compileText(instance("").replace("eth0", "eth00")), FACTS);
    expect(first).toMatchObject({ severity: "error", suggestions: ["eth0"] });
  });

  it("find VRFs of routes that are none, where facts know what interfaces are", () => {
    const route = (vrf: string) => instance(`virtual_routes {\n10.1.0.0/16 via 10.0.0.2 vrf ${vrf}\n}`);
    const kinds = (kind?: string | null): HostFacts => ({
      ...FACTS,
      interfaces: {
        ...FACTS.interfaces,
        blue: { addresses: [], flags: [], ...(kind !== undefined && { kind }) },
      },
    });
    expect(check(route("blue"), kinds("vrf"))).toEqual([]);
    expect(check(route("blue"), kinds("veth"))).toEqual(["5 no-such-vrf"]);
    expect(check(route("blue"), kinds(null))).toEqual(["5 no-such-vrf"]);
    expect(check(route("blue"), kinds())).toEqual([]);
    expect(check(route("blue"))).toEqual(["5 no-such-vrf"]);
    const [first] = checkHost(compileText(route("bleu")), kinds("vrf"));
    expect(first).toMatchObject({ severity: "error", suggestions: ["blue"] });
  });

  it("find scripts that are missing, no files, or not executable", () => {
    expect(check(instance("notify_master /usr/bin/nothing"))).toEqual(["4 no-such-script"]);
    expect(check(instance("notify_master nothing"))).toEqual(["4 no-such-script"]);
    expect(check(instance("notify_master /never/looked/at"))).toEqual([]);
    expect(check(instance("notify_master /usr/bin"))).toEqual(["4 script-not-executable"]);
    expect(check(instance("notify_master /etc/plain.sh"))).toEqual(["4 script-not-executable"]);
  });

  it("find users and groups that do not exist", () => {
    expect(check(instance("notify_master /usr/bin/true nobody"))).toEqual(["4 no-notify-user"]);
    expect(check(instance("notify_master /usr/bin/true root wheel"))).toEqual(["4 no-notify-user"]);
    expect(check(instance("notify_master /usr/bin/true root :"))).toEqual([]);
    expect(check(`${instance("notify_master /usr/bin/true")}global_defs {\nscript_user ghost\n}\n`)).toEqual([
      "10 no-such-user",
      "4 no-notify-user",
    ]);
  });

  it("find scripts that nobody runs, and where they are tracked", () => {
    const { keepalived_script: _, ...users } = FACTS.users;
    const tracked = `global_defs {
enable_script_security
}
vrrp_script s {
script /usr/bin/true
}
${instance("track_script {\ns\n}")}`;
    expect(check(tracked)).toEqual([]);
    expect(check(tracked, { ...FACTS, users })).toEqual(["5 no-such-user", "11 no-such-user"]);
    const [first] = checkHost(compileText(tracked), { ...FACTS, users });
    expect(first?.related?.map(({ range }) => range.line)).toEqual([6]);
    const owned = tracked.replace("}\nvrrp_instance", "user ghost\n}\nvrrp_instance");
    expect(check(owned)).toEqual(["6 no-such-user", "12 no-such-user"]);
  });

  it("find what others than root can change and root runs", () => {
    expect(check(instance("notify_master /etc/shared.sh root"))).toEqual(["4 insecure-script"]);
    expect(check(instance("notify_master /home/www/x.sh root"))).toEqual(["4 insecure-script"]);
    expect(check(instance("notify_master /home/www/x.sh www"))).toEqual([]);
    expect(check(instance("notify_master /home/www/x.sh"))).toEqual([]);
    const { keepalived_script: _, ...users } = FACTS.users;
    expect(check(instance("notify_master /home/www/x.sh"), { ...FACTS, users })).toEqual([
      "4 insecure-script",
    ]);
    expect(check(instance("notify_master /tmp/x.sh root"))).toEqual([]);
    expect(check(instance("notify_master /bin/true root"))).toEqual(["4 insecure-script"]);
    expect(check(instance("notify_master /bin/true www"))).toEqual([]);
  });

  it("find names of tables, protocols and realms that the host does not have", () => {
    const text = instance(`virtual_routes {
10.1.0.0/24 dev eth0 table blue
10.2.0.0/24 dev eth0 table green realms near/far
10.3.0.0/24 dev eth0 table 7
}
virtual_rules {
from 10.0.0.1 table red preference 1
from 10.0.0.1 table 7 preference 2 ipproto carp
}`);
    const names = {
      "rt_tables/blue": 5,
      "rt_tables/green": null,
      "rt_realms/near": 1,
      "rt_realms/far": null,
      "protocols/carp": null,
    };
    expect(check(text, { ...FACTS, names })).toEqual(["6 unknown-name", "6 unknown-name", "11 unknown-name"]);
    expect(check(text)).toEqual([]);
  });

  it("find regular expressions that PCRE2 refuses, or that nobody can run", () => {
    const url = (regex: string) => `url {\npath /\nregex ${regex}\nregex_options caseless dotall\n}\n`;
    const real = (address: string) =>
      `real_server ${address} 80 {\nHTTP_GET {\n${url("a(b")}${url("good")}}\n}\n`;
    const text = `virtual_server 10.0.0.1 80 {\nprotocol TCP\nlb_algo rr\nlb_kind NAT\n${real("10.0.1.1")}${real("10.0.1.2")}}\n`;
    const refused = { "caseless dotall /a(b/": "missing closing parenthesis at offset 3" };
    const lines = (code: string, all: readonly number[]) => all.map((line) => `${line} ${code}`);
    expect(check(text, { ...FACTS, pcre2: { version: "10.42", refused } })).toEqual(
      lines("invalid-regex", [9, 23]),
    );
    expect(check(text, { ...FACTS, pcre2: { version: null, refused: {} } })).toEqual(
      lines("no-pcre2", [9, 14, 23, 28]),
    );
    expect(check(text)).toEqual([]);
  });

  it("find files that hold no key of auth_hmac, or that others can read", () => {
    const keyFile = { ...program, mode: 0o600 };
    const files = {
      ...FACTS.files,
      "/k/a": keyFile,
      "/k/open": { ...keyFile, mode: 0o640 },
      "/k/dir": directory,
    };
    const keyBytes = { "/k/a": 32, "/k/open": 32, "/k/short": 5, "/k/digits": null };
    const facts = {
      ...FACTS,
      files: { ...files, "/k/none": null, "/k/short": keyFile, "/k/digits": keyFile },
      keyBytes,
    };
    const using = (path: string) => instance(`auth_hmac {\nkey 1 file:${path}\nactive_key 1\n}`);
    expect(check(using("/k/a"), facts)).toEqual([]);
    expect(check(using("/never/looked/at"), facts)).toEqual([]);
    expect(check(using("relative"), facts)).toEqual([]);
    for (const path of ["/k/none", "/k/short", "/k/digits"])
      expect(check(using(path), facts)).toEqual(["5 unusable-key-file"]);
    expect(check(using("/k/open"), facts)).toEqual(["5 exposed-key-file"]);
    expect(check(using("/k/dir"), facts)).toEqual(["5 unusable-key-file", "5 exposed-key-file"]);
  });

  it("find a mail server that the name service does not know", () => {
    const text = "global_defs {\n  smtp_server mail.example 2525\n}\n";
    const resolves = (known: boolean) => ({ ...FACTS, resolves: { "mail.example": known } });
    expect(check(text, resolves(false))).toEqual(["2 unresolved-name"]);
    expect(check(text, resolves(true))).toEqual([]);
    expect(check(text)).toEqual([]);
  });
});
