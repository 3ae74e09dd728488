/** nginx, Postfix and unbound as what they are, checked by keepalived and by Holdfast at the same time. */
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { probe, requiredCapabilities } from "../lab/capabilities.ts";
import type { Lab } from "../lab/netns.ts";
import { Nginx, selfSigned } from "../lab/nginx.ts";
import { Postfix } from "../lab/postfix.ts";
import { eventually } from "../lab/process.ts";
import { type CheckCase, CLIENTS, SideBySide, type Verdict } from "../lab/side-by-side.ts";
import { Unbound } from "../lab/unbound.ts";

const peers = probe("peers");
if (!peers.present) console.log(`ipvs with real peers: skipped — ${peers.why}`);

const md5 = (text: string) => createHash("md5").update(text).digest("hex");
const BIG = "0123456789abcdef".repeat(16_384);

/** Milliseconds: three daemons and eighty checks, in a guest on a machine that may have others. */
const LONG = 300_000;

type Row = readonly [title: string, verdict: Verdict, checks: string];

const get = (...urls: string[]) =>
  `HTTP_GET {\n${urls.map((url) => `url {\n${url}\n}`).join("\n")}\nconnect_timeout 2\n}`;
const page = (text: string) => `path /page\ndigest ${md5(text)}`;

const HTTP: readonly Row[] = [
  ["a page", "up", get("path /")],
  ["the digest of a page", "up", get(page("default"))],
  ["another digest", "down", get(page("something else"))],
  [
    "the digest of a large page",
    "up",
    `HTTP_GET {\nlog_all_failures\nurl {\npath /big\ndigest ${md5(BIG)}\n}\n}`,
  ],
  ["the virtualhost of a url", "up", get(`${page("one")}\nvirtualhost one.example`)],
  ["the virtualhost of the block", "up", `HTTP_GET {\nvirtualhost two.example\nurl {\n${page("two")}\n}\n}`],
  ["the wrong virtualhost", "down", get(`${page("one")}\nvirtualhost two.example`)],
  ["404", "down", get("path /none")],
  ["404 that is wanted", "up", get("path /none\nstatus_code 404")],
  ["a page where 404 is wanted", "down", get("path /\nstatus_code 404")],
  ["a redirect", "down", get("path /moved")],
  ["a redirect that is wanted", "up", get("path /moved\nstatus_code 301-302")],
  ["204", "up", get("path /nothing")],
  ["503", "down", get("path /broken")],
  ["two pages", "up", get("path /", page("default"))],
  ["two pages, of which one is not there", "down", get("path /", "path /none")],
  ["HTTP 1.1", "up", `HTTP_GET {\nhttp_protocol 1.1\nurl {\n${page("default")}\n}\n}`],
  ["HTTP 1.0C", "up", `HTTP_GET {\nhttp_protocol 1.0C\nurl {\n${page("default")}\n}\n}`],
  ["another port", "up", `HTTP_GET {\nconnect_port 8080\nurl {\npath /\n}\n}`],
  ["a port that nobody listens on", "down", `HTTP_GET {\nconnect_port 81\nurl {\npath /\n}\n}`],
  ["HTTP to a mail server", "down", `HTTP_GET {\nconnect_port 25\nconnect_timeout 2\nurl {\npath /\n}\n}`],
];

const tls = (url: string, more = "", port = 443) =>
  `SSL_GET {\nconnect_port ${port}\n${more}\nurl {\n${url}\n}\n}`;
const named = (name: string) => `path /sni\ndigest ${md5(name)}`;

const TLS: readonly Row[] = [
  ["a page over TLS", "up", tls(page("default"))],
  ["another digest over TLS", "down", tls(page("something else"))],
  ["a large page over TLS", "up", tls(`path /big\ndigest ${md5(BIG)}`)],
  ["404 over TLS", "down", tls("path /none")],
  ["no name in the handshake", "up", tls(named(""), "virtualhost one.example")],
  [
    "the virtualhost in the handshake",
    "up",
    tls(named("one.example"), "enable_sni\nvirtualhost one.example"),
  ],
  [
    "the virtualhost of a url in the handshake",
    "up",
    tls(`${named("two.example")}\nvirtualhost two.example`, "enable_sni\nvirtualhost one.example"),
  ],
  ["no virtualhost for the handshake", "up", tls(named(""), "enable_sni")],
  ["the certificate that a server asks for", "up", tls(page("default"), "", 8444)],
  ["a server of TLS 1.0", "down", tls("path /", "", 8443)],
  ["TLS to a plain server", "down", tls("path /", "", 80)],
  ["plain to a server of TLS", "down", `HTTP_GET {\nconnect_port 443\nurl {\npath /\n}\n}`],
  ["TLS to a mail server", "down", tls("path /", "connect_timeout 2", 25)],
  ["TLS on a port that nobody listens on", "down", tls("path /", "", 81)],
];

const TCP: readonly Row[] = [
  ["a connection", "up", "TCP_CHECK {\n}"],
  ["a connection elsewhere", "up", "TCP_CHECK {\nconnect_port 25\n}"],
  ["a connection that is refused", "down", "TCP_CHECK {\nconnect_port 81\n}"],
  ["two checkers, of which one fails", "down", "TCP_CHECK {\n}\nTCP_CHECK {\nconnect_port 81\n}"],
];

const SMTP: readonly Row[] = [
  ["a mail server", "up", "SMTP_CHECK {\nconnect_port 25\n}"],
  ["a mail server told who asks", "up", "SMTP_CHECK {\nconnect_port 25\nhelo_name checker.example.com\n}"],
  ["a mail server that refuses the name", "down", "SMTP_CHECK {\nconnect_port 25\nhelo_name -bad-.\n}"],
  [
    "a mail server on two ports",
    "up",
    "SMTP_CHECK {\nconnect_port 25\nhost {\nconnect_ip ADDRESS\nconnect_port 587\nconnect_timeout 8\n}\n}",
  ],
  [
    "a mail server on two ports, of which one is closed",
    "down",
    "SMTP_CHECK {\nconnect_port 25\nhost {\nconnect_ip ADDRESS\nconnect_port 81\nconnect_timeout 8\n}\n}",
  ],
  [
    "hosts instead of the block",
    "up",
    "SMTP_CHECK {\nhost {\nconnect_port 25\nconnect_timeout 8\n}\nhost {\nconnect_port 587\nconnect_timeout 8\n}\n}",
  ],
  ["no mail server", "down", "SMTP_CHECK {\nconnect_timeout 1\n}"],
];

const dns = (type: string, name: string) =>
  `DNS_CHECK {\nconnect_port 53\nconnect_timeout 2\ntype ${type}\nname ${name}\n}`;

const DNS: readonly Row[] = [
  ...["A", "AAAA", "NS", "CNAME", "SOA", "MX", "TXT"].map(
    (type): Row => [`DNS type ${type}`, "up", dns(type, "www.example.com")],
  ),
  ["DNS without a record of the type", "up", dns("TXT", "only-a.example.com")],
  ["DNS without the name", "down", dns("A", "none.example.com")],
  ["DNS that refuses", "down", dns("A", "www.refused.example")],
  ["DNS with a default question", "down", "DNS_CHECK {\nconnect_port 53\nconnect_timeout 2\n}"],
  ["DNS on a port that nobody listens on", "down", "DNS_CHECK {\nconnect_port 54\n}"],
];

/** A DNS query and the beginning of its answer. */
const QUERY = "abcd01000001000000000000037777770765786d706c6503636f6d0000010001".replace(
  "0765786d",
  "076578616d",
);

const DATAGRAMS: readonly Row[] = [
  [
    "UDP that answers",
    "up",
    `UDP_CHECK {\nconnect_port 53\npayload ${QUERY}\nrequire_reply abcd8\n}`.replace("abcd8", "abcd"),
  ],
  [
    "UDP with another answer",
    "down",
    `UDP_CHECK {\nconnect_port 53\npayload ${QUERY}\nrequire_reply abce\n}`,
  ],
  ["UDP with any answer", "up", `UDP_CHECK {\nconnect_port 53\npayload ${QUERY}\nrequire_reply\n}`],
  [
    "UDP with too short an answer",
    "down",
    `UDP_CHECK {\nconnect_port 53\npayload ${QUERY}\nrequire_reply abcd\nmin_reply_length 200\n}`,
  ],
  [
    "UDP with too long an answer",
    "down",
    `UDP_CHECK {\nconnect_port 53\npayload ${QUERY}\nrequire_reply abcd\nmax_reply_length 20\n}`,
  ],
  [
    "UDP that nobody answers",
    "down",
    "UDP_CHECK {\nconnect_port 53\nconnect_timeout 1\npayload 00\nrequire_reply\n}",
  ],
  ["UDP that nobody has to answer", "up", "UDP_CHECK {\nconnect_port 53\nconnect_timeout 1\npayload 00\n}"],
  ["UDP that is refused", "down", "UDP_CHECK {\nconnect_port 54\n}"],
  ["a ping", "up", "PING_CHECK {\n}"],
];

const SCRIPTS: readonly Row[] = [
  ["a script that succeeds", "up", "MISC_CHECK {\nmisc_path /usr/bin/true\nmisc_timeout 20\n}"],
  ["a script that takes too long", "down", 'MISC_CHECK {\nmisc_path "/usr/bin/sleep 30"\nmisc_timeout 1\n}'],
  [
    "a script that weighs",
    "up",
    "MISC_CHECK {\nmisc_path DIRECTORY/twelve\nmisc_timeout 20\nmisc_dynamic\n}",
  ],
  ["a script that weighs unasked", "down", "MISC_CHECK {\nmisc_path DIRECTORY/twelve\nmisc_timeout 20\n}"],
  ["a script of nobody's", "up", "MISC_CHECK {\nmisc_path DIRECTORY/nobody\nmisc_timeout 20\nuser nobody\n}"],
  ["a script of root's", "down", "MISC_CHECK {\nmisc_path DIRECTORY/nobody\nmisc_timeout 20\nuser root\n}"],
  ["a script that fails", "down", "MISC_CHECK {\nmisc_path /usr/bin/false\nmisc_timeout 20\n}"],
];

const ABSENT: readonly Row[] = [
  ["nobody's connection", "down", "TCP_CHECK {\nconnect_timeout 1\n}"],
  ["nobody's page", "down", `HTTP_GET {\nconnect_timeout 1\nurl {\npath /\n}\n}`],
  ["nobody's mail", "down", "SMTP_CHECK {\nconnect_timeout 0.5\n}"],
  ["nobody's name", "down", "DNS_CHECK {\nconnect_timeout 0.5\n}"],
  ["nobody's answer", "down", "UDP_CHECK {\nconnect_timeout 5\n}"],
  ["nobody's ping", "down", "PING_CHECK {\nconnect_timeout 1\n}"],
];

/** Checkers of one server start in any order. */
const isSeveral = (checks: string) => (checks.match(/_CHECK|host \{/g) ?? []).length > 1;
const caseOf = ([title, verdict, checks]: Row): CheckCase => ({
  title,
  verdict,
  checks,
  unordered: isSeveral(checks),
});
const CASES: readonly CheckCase[] = [
  ...[...HTTP, ...TLS, ...TCP, ...SMTP, ...DNS, ...DATAGRAMS, ...SCRIPTS].map(caseOf),
  ...ABSENT.map((row) => ({ ...caseOf(row), absent: true })),
];
const expected = Object.fromEntries(CASES.map(({ title, verdict }) => [title, verdict]));

function sites(lab: Lab): string {
  const root = lab.path("www");
  for (const [name, text] of Object.entries({ default: "default", one: "one", two: "two" })) {
    mkdirSync(`${root}/${name}`, { recursive: true });
    writeFileSync(`${root}/${name}/page`, text);
    writeFileSync(`${root}/${name}/index.html`, text);
    writeFileSync(`${root}/${name}/big`, BIG);
  }
  const client = selfSigned(lab, CLIENT);
  const pages = (name: string) => `root ${root}/${name};
  location = /moved { return 301 /; }
  location = /nothing { return 204; }
  location = /broken { return 503; }
  location = /sni { return 200 "$ssl_server_name"; }`;
  const listen = (port: number, more: string) => `listen ${port} ${more};\n  listen [::]:${port} ${more};`;
  const site = (name: string, isDefault = "") => {
    const { key, certificate } = selfSigned(lab, `${name}.example`);
    const secrets = `ssl_certificate ${certificate};\n  ssl_certificate_key ${key};`;
    const special = `server {
  ${listen(8443, "ssl")}
  ssl_protocols TLSv1;
  ${secrets}
  ${pages(name)}
}
server {
  ${listen(8444, "ssl")}
  ssl_verify_client on;
  ssl_client_certificate ${client.certificate};
  ${secrets}
  ${pages(name)}
}`;
    return `server {
  ${listen(80, isDefault)}
  ${listen(8080, isDefault)}
  ${listen(443, `ssl ${isDefault}`)}
  server_name ${name}.example;
  ${secrets}
  ${pages(name)}
}
${isDefault && special}`;
  };
  return [site("default", "default_server"), site("one"), site("two")].join("\n");
}

/** Programs in the lab's directory: one that weighs 10, and one that only nobody succeeds with. */
function writeScripts(lab: Lab): void {
  const scripts = { twelve: "exit 12", nobody: '[ "$(id -un)" = nobody ]' };
  for (const [name, line] of Object.entries(scripts)) {
    writeFileSync(lab.path(name), `#!/bin/sh\n${line}\n`);
    chmodSync(lab.path(name), 0o755);
  }
}

/** The checkers' own certificate. */
const CLIENT = "client.example";

const NAMES = [
  'local-zone: "example.com." static',
  ...[
    "www.example.com. A 192.0.2.1",
    "www.example.com. AAAA 2001:db8::1",
    "example.com. SOA ns.example.com. root.example.com. 1 3600 900 604800 60",
    "example.com. NS ns.example.com.",
    "www.example.com. MX 10 mail.example.com.",
    "www.example.com. NS ns.example.com.",
    "www.example.com. SOA ns.example.com. root.example.com. 1 3600 900 604800 60",
    "only-a.example.com. A 192.0.2.1",
  ].map((data) => `local-data: "${data}"`),
  `local-data: 'www.example.com. TXT "text"'`,
  'local-zone: "refused.example." refuse',
  'local-zone: "." static',
];

/** What stays up when every peer is gone. */
const WITHOUT_PEERS = new Set(["a ping", ...SCRIPTS.map(([title]) => title)]);
const deserted = Object.fromEntries(
  CASES.map(({ title, verdict }) => [title, WITHOUT_PEERS.has(title) ? verdict : "down"]),
);

describe.runIf(peers.present || requiredCapabilities().has("peers")).each([4, 6] as const)(
  "over IPv%i",
  (family) => {
    let both: SideBySide;
    let nginx: Nginx;
    let unbound: Unbound;
    let running: { stop(): Promise<void> }[] = [];
    const startPeers = async () => {
      const { lab, servers } = both;
      nginx = await Nginx.start(lab, servers, sites(lab), 80);
      const postfix = await Postfix.start(lab, servers, [25, 587]);
      unbound = await Unbound.start(lab, servers, NAMES);
      running = [nginx, postfix, unbound];
    };
    beforeAll(async () => {
      both = new SideBySide(family);
      both.prepare(CASES);
      writeScripts(both.lab);
      await startPeers();
      const [certificate, key] = ["pem", "key"].map((kind) => both.lab.path(`${CLIENT}.${kind}`));
      await both.start(`SSL {\n  certificate ${certificate}\n  key ${key}\n}`);
    }, LONG);
    afterAll(() => both.dispose());

    /**
     * Without those whose words are a matter of luck: whether the kernel gives a host up before the check does, which of
     * two pages was to be asked for when the server went, and, where every failure is told, whether a check was under way.
     */
    const differencesBut = (...titles: string[]) => both.differences(titles);

    it("judges as keepalived", { timeout: LONG }, async () => {
      expect(await both.settled(expected)).toEqual(expected);
      const isSame = ([theirs, ours] = both.tables()) => theirs === ours;
      await eventually("the same tables", isSame, 20_000).catch(() => {});
      const [theirs, ours] = both.tables();
      expect(ours).toBe(theirs);
      expect(ours).toContain("-w 10");
    });

    /** What each client has asked, once both have asked the same; as it stands after a while, otherwise. */
    const asked = async (by: (client: string) => readonly string[]) => {
      const ofBoth = () => CLIENTS[family].map((client) => [...new Set(by(client))].sort());
      const isSame = ([theirs, ours] = ofBoth()) => theirs?.join("\n") === ours?.join("\n");
      await eventually("the same questions", isSame, 20_000).catch(() => {});
      return ofBoth();
    };

    it("asks as keepalived", async () => {
      const requests = await asked((by) =>
        nginx
          .requests()
          .filter(({ client, request }) => client === by && request.startsWith("GET "))
          .map(({ client: _, ...one }) => JSON.stringify(one)),
      );
      expect(requests[1]).toEqual(requests[0]);
      expect(requests[1]?.length).toBeGreaterThan(15);
      const queries = await asked((client) => unbound.queries(client));
      expect(queries[1]).toEqual(queries[0]);
      expect(queries[1]).toContain("www.example.com. MX IN");
    });

    it("says what keepalived says", async () => {
      expect(await differencesBut("nobody's mail")).toEqual({});
    });

    it("sees them stop and start as keepalived", { timeout: LONG }, async () => {
      for (const peer of running.splice(0)) await peer.stop();
      expect(await both.settled(deserted)).toEqual(deserted);
      await startPeers();
      expect(await both.settled(expected)).toEqual(expected);
      expect(await differencesBut("nobody's mail", "two pages", "the digest of a large page")).toEqual({});
    });
  },
);
