/**
 * Where the connections of checkers come from and go to, counted by ip_tables where they leave: under keepalived and
 * under Holdfast, IPv4 and IPv6.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOLDFAST } from "../lab/holdfast.ts";
import { KEEPALIVED } from "../lab/keepalived.ts";
import { type Host, Lab } from "../lab/netns.ts";
import { eventually, execute } from "../lab/process.ts";
import { Router } from "../lab/router.ts";

/** Checkers by keyword: what they send, and what they need besides. `%` stands for the options. */
const KINDS = {
  TCP_CHECK: ["tcp", "%"],
  HTTP_GET: ["tcp", "%\n url {\n path /\n }"],
  SSL_GET: ["tcp", "%\n url {\n path /\n }"],
  SMTP_CHECK: ["tcp", "%"],
  host: ["tcp", "host {\n %\n }"],
  DNS_CHECK: ["udp", "%"],
  UDP_CHECK: ["udp", "%"],
  PING_CHECK: ["icmp", "%"],
} as const;
type Kind = keyof typeof KINDS;
/** keepalived does not bind UDP_CHECK and PING_CHECK as it is told, nor mark the latter. */
const BOUND_BY_KEEPALIVED = (kind: Kind) => kind !== "UDP_CHECK" && kind !== "PING_CHECK";
const ALL = Object.keys(KINDS) as Kind[]; // Object.keys says string

/** Networks by family: addresses of the checker, of the server as configured, and of what is connected to instead. */
const FAMILIES = {
  IPv4: {
    tables: "iptables-legacy",
    echo: ["-p", "icmp", "--icmp-type", "echo-request"],
    own: "10.20.0.5",
    server: "10.40.0.1",
    other: (n: number) => `10.30.0.${10 + n}`,
    all: "0.0.0.0/0",
  },
  IPv6: {
    tables: "ip6tables-legacy",
    echo: ["-p", "icmpv6", "--icmpv6-type", "echo-request"],
    own: "2001:db8:20::5",
    server: "2001:db8:40::1",
    other: (n: number) => `2001:db8:30::${10 + n}`,
    all: "::/0",
  },
} as const;
type Family = (typeof FAMILIES)[keyof typeof FAMILIES];

let lab: Lab;
let host: Host;

const MODULES = [
  "ip_tables",
  "iptable_filter",
  "ip6_tables",
  "ip6table_filter",
  "xt_mark",
  "xt_tcpudp",
  "xt_comment",
];

beforeEach(() => {
  execute(["modprobe", "-a", "-d", "/run/modules", ...MODULES]);
  lab = new Lab();
  host = lab.host("director", { ipv6: true });
  for (const device of ["dummy0", "dummy1"]) {
    host.exec("ip", "link", "add", device, "type", "dummy");
    host.exec("ip", "link", "set", device, "up");
  }
  for (const { own, all } of Object.values(FAMILIES)) {
    const length = own.includes(":") ? "64" : "24";
    host.exec(
      "ip",
      "address",
      "add",
      `${own}/${length}`,
      "dev",
      "dummy0",
      ...(length === "64" ? ["nodad"] : []),
    );
    // Everything leaves by dummy0, but for what is bound to dummy1.
    host.exec("ip", "route", "add", all, "dev", "dummy0", "metric", "10");
    host.exec("ip", "route", "add", all, "dev", "dummy1", "metric", "20");
  }
});
afterEach(() => lab.dispose());

const blockOf = (kind: Kind, options: string) =>
  `${kind === "host" ? "SMTP_CHECK" : kind} {\n ${KINDS[kind][1].replace("%", options)}\n }`;

/** A configuration with a server for each kind of checker. */
function config({ server }: Family, options: (kind: Kind, n: number) => string): string {
  const reals = ALL.map(
    (kind, n) => `real_server ${server} ${8000 + n} {\n ${blockOf(kind, options(kind, n))}\n }`,
  );
  return `virtual_server ${server.replace("40", "1")} 80 {
  delay_loop 1
  warmup 0
  connect_timeout 1
  protocol TCP
  ${reals.join("\n")}
}
`;
}

function count({ tables }: Family, kind: Kind, ...matches: string[]): void {
  host.exec(tables, "-A", "OUTPUT", ...matches, "-m", "comment", "--comment", kind);
}

/** The checkers whose rule has counted something. */
function counted({ tables }: Family): string[] {
  const listed = host.exec(tables, "-nvxL", "OUTPUT");
  return [...listed.matchAll(/^ *[1-9]\d* .*\/\* (\w+) \*\/$/gm)].map(([, kind = ""]) => kind).sort();
}

/** What tells the packets of a checker: its protocol, and its ports where it has any. */
function marksOf({ echo }: Family, kind: Kind, from: number | undefined, to: number): string[] {
  const [protocol] = KINDS[kind];
  if (protocol === "icmp") return [...echo];
  const source = from === undefined ? [] : ["--sport", String(from)];
  return ["-p", protocol, ...source, "--dport", String(to)];
}

async function seeAll(family: Family, router: Router, kinds: readonly Kind[]): Promise<void> {
  const wanted = kinds.toSorted();
  router.start();
  await eventually("all are seen", () => counted(family).join(" ") === wanted.join(" "), 40_000).catch(() => {
    expect(counted(family), router.process.log).toEqual(wanted);
  });
  await router.stop();
}

describe.each([KEEPALIVED, HOLDFAST])("$name", { timeout: 180_000 }, (program) => {
  it.each(Object.keys(FAMILIES) as (keyof typeof FAMILIES)[])(
    "connects as connect_ip, connect_port, bindto, bind_port, bind_if and fwmark say, over %s",
    async (name) => {
      const family = FAMILIES[name];
      for (const [n, kind] of ALL.entries()) {
        const where = [
          "-o",
          "dummy1",
          "-s",
          family.own,
          "-d",
          family.other(n),
          "-m",
          "mark",
          "--mark",
          `${100 + n}`,
        ];
        count(family, kind, ...where, ...marksOf(family, kind, 4000 + n, 7000 + n));
      }
      const router = new Router(
        lab,
        host,
        program,
        config(
          family,
          (_, n) => `connect_ip ${family.other(n)}
 connect_port ${7000 + n}
 bindto ${family.own}
 bind_port ${4000 + n}
 bind_if dummy1
 fwmark ${100 + n}`,
        ),
        "checkers",
      );
      await seeAll(family, router, program === KEEPALIVED ? ALL.filter(BOUND_BY_KEEPALIVED) : ALL);
    },
  );

  it("connects to the server itself without them", async () => {
    const family = FAMILIES.IPv4;
    for (const [n, kind] of ALL.entries()) {
      const where = ["-o", "dummy0", "-s", family.own, "-d", family.server, "-m", "mark", "--mark", "0"];
      count(family, kind, ...where, ...marksOf(family, kind, undefined, 8000 + n));
    }
    const router = new Router(
      lab,
      host,
      program,
      config(family, () => ""),
      "checkers",
    );
    await seeAll(family, router, ALL);
  });
});
