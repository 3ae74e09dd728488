/**
 * What the keywords of virtual servers come to in IPVS and in scripts, under keepalived and under Holdfast: both the same,
 * and as it stands here.
 */
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOLDFAST } from "../lab/holdfast.ts";
import { KEEPALIVED } from "../lab/keepalived.ts";
import { type Host, Lab } from "../lab/netns.ts";
import { eventually, execute, processTree } from "../lab/process.ts";
import { Router, type RouterProgram } from "../lab/router.ts";

const PROGRAMS = [KEEPALIVED, HOLDFAST];
/** Starting takes long in the guest. */
const LONG = 30_000;

let lab: Lab;
let host: Host;

beforeEach(() => {
  execute(["modprobe", "-q", "-d", "/run/modules", "ip_vs_pe_sip"]);
  lab = new Lab();
  host = lab.host("director", { ipv6: true });
  host.exec("ip", "link", "add", "dummy0", "type", "dummy");
  host.exec("ip", "link", "set", "dummy0", "up");
});
afterEach(() => lab.dispose());

/** The kernel's order of services and servers is that of its hash tables and of time; what counts is the set. */
const table = (): string[] => host.exec("ipvsadm", "-Sn").split("\n").filter(Boolean).sort();

async function showing({ program, process }: Router, wanted: readonly string[]): Promise<void> {
  const text = wanted.toSorted().join("\n");
  try {
    await eventually(`${program.name}: the table`, () => table().join("\n") === text, LONG);
  } catch {
    expect(table(), `${program.name}: ${process.log}`).toEqual(wanted.toSorted());
  }
}

function starting(program: RouterProgram, config: string): Router {
  const text = `global_defs {\n  script_user root\n  enable_script_security\n}\n${config}`;
  const router = new Router(lab, host, program, text, "checkers");
  router.start();
  return router;
}

const service = (head: string, lines: readonly string[], server = "10.9.0.2 80") => `virtual_server ${head} {
  delay_loop 1
  warmup 0
  ${lines.join("\n  ")}
  real_server ${server} {
  }
}
`;

/** A configuration of services, each with the lines that `ipvsadm -Sn` has for it; `-a` lines without their `-t ADDRESS`. */
type Expected = readonly (readonly [config: string, ...lines: string[]])[];

const NAT = "-r 10.9.0.2:80 -m -w 1";
const tcp = (n: number, more: readonly string[], flags: string, server = NAT) =>
  [
    service(`10.1.0.${n} 80`, ["protocol TCP", ...more]),
    `-A -t 10.1.0.${n}:80 ${flags}`,
    `-a -t 10.1.0.${n}:80 ${server}`,
  ] as const;

/** A check that no server passes. */
const NEVER = `MISC_CHECK {
      misc_path /bin/false
    }`;

const SCHEDULERS = ["rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "mh", "dh", "fo", "ovf", "sed", "nq"];

const STATIC: Readonly<Record<string, Expected>> = {
  "schedulers by either keyword, and their flags": [
    ...SCHEDULERS.map((name, i) => tcp(i + 1, [`${i % 2 ? "lb_algo" : "lvs_sched"} ${name}`], `-s ${name}`)),
    tcp(20, [], "-s wlc"),
    tcp(21, ["lb_algo sh", "sh-port"], "-s sh -b sh-port"),
    tcp(22, ["lb_algo sh", "sh-fallback"], "-s sh -b sh-fallback"),
    tcp(23, ["lb_algo mh", "mh-port", "mh-fallback"], "-s mh -b mh-fallback,mh-port"),
    tcp(24, ["lb_algo rr", "flag-1"], "-s rr -b flag-1"),
    tcp(25, ["lb_algo rr", "flag-2", "flag-3"], "-s rr -b flag-2,flag-3"),
    tcp(26, ["lb_algo sh", "hashed"], "-s sh"),
  ],
  "persistence: timeout, granularity and engine": [
    tcp(1, ["persistence_timeout 50"], "-s wlc -p 50"),
    tcp(2, ["persistence_timeout"], "-s wlc -p 360"),
    tcp(
      3,
      ["persistence_timeout 50", "persistence_granularity 255.255.255.0"],
      "-s wlc -p 50 -M 255.255.255.0",
    ),
    [
      service(
        "2001:db8::1 80",
        ["protocol TCP", "persistence_timeout 60", "persistence_granularity 64"],
        "2001:db8::2 80",
      ),
      "-A -t [2001:db8::1]:80 -s wlc -p 60 -M 64",
      "-a -t [2001:db8::1]:80 -r [2001:db8::2]:80 -m -w 1",
    ],
    [
      service("10.1.0.4 5060", ["protocol UDP", "persistence_timeout 70", "persistence_engine sip"]),
      "-A -u 10.1.0.4:5060 -s wlc -p 70 --pe sip",
      `-a -u 10.1.0.4:5060 ${NAT}`,
    ],
  ],
  "protocols, one packet at a time, and marks of either family": [
    [
      service("10.1.0.1 53", ["protocol UDP", "ops"]),
      "-A -u 10.1.0.1:53 -s wlc -o",
      `-a -u 10.1.0.1:53 ${NAT}`,
    ],
    [
      service("10.1.0.2 80", ["protocol SCTP"]),
      "-A --sctp-service 10.1.0.2:80 -s wlc",
      `-a --sctp-service 10.1.0.2:80 ${NAT}`,
    ],
    [service("fwmark 7", ["lb_kind DR"]), "-A -f 7 -s wlc", "-a -f 7 -r 10.9.0.2:0 -g -w 1"],
    [
      service("fwmark 8", ["lb_kind TUN", "ip_family inet6"]),
      "-A -f 8 -6 -s wlc",
      "-a -f 8 -6 -r 10.9.0.2:0 -i -w 1 --tun-type ipip",
    ],
  ],
  "forwarding methods and the options of tunnels": [
    tcp(1, ["lb_kind DR"], "-s wlc", "-r 10.9.0.2:80 -g -w 1"),
    tcp(2, ["lvs_method TUN"], "-s wlc", "-r 10.9.0.2:80 -i -w 1 --tun-type ipip"),
    tcp(
      3,
      ["lb_kind TUN type gue port 6080"],
      "-s wlc",
      "-r 10.9.0.2:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-nocsum",
    ),
    tcp(
      4,
      ["lb_kind TUN type gue port 6081 remcsum"],
      "-s wlc",
      "-r 10.9.0.2:80 -i -w 1 --tun-type gue --tun-port 6081 --tun-remcsum",
    ),
    tcp(5, ["lb_kind TUN type gre csum"], "-s wlc", "-r 10.9.0.2:80 -i -w 1 --tun-type gre --tun-csum"),
    [
      `virtual_server 10.1.0.6 80 {
  protocol TCP
  lb_kind TUN type gre
  alpha
  sorry_server 2001:db8::9 80
  sorry_server_lvs_method TUN type gue port 6083 csum
  real_server 10.9.0.2 80 {
    lvs_method DR
    inhibit_on_failure
    ${NEVER}
  }
  real_server 2001:db8::2 80 {
    inhibit_on_failure
    ${NEVER}
  }
}
`,
      "-A -t 10.1.0.6:80 -s wlc",
      "-a -t 10.1.0.6:80 -r 10.9.0.2:80 -g -w 0",
      "-a -t 10.1.0.6:80 -r [2001:db8::2]:80 -i -w 0 --tun-type gre --tun-nocsum",
      "-a -t 10.1.0.6:80 -r [2001:db8::9]:80 -i -w 1 --tun-type gue --tun-port 6083 --tun-csum",
    ],
  ],
};

describe("in the table of IPVS", { timeout: 240_000 }, () => {
  it.each(Object.entries(STATIC))("%s", async (_, expected) => {
    for (const program of PROGRAMS) {
      const router = starting(program, expected.map(([config]) => config).join(""));
      await showing(
        router,
        expected.flatMap(([, ...lines]) => lines),
      );
      await router.stop();
      await showing(router, []);
    }
  });

  it("weights, of the service and of a server, and thresholds", async () => {
    const config = `virtual_server 10.1.0.1 80 {
  protocol TCP
  weight 7
  real_server 10.9.0.2 80 {
  }
  real_server 10.9.0.3 80 {
    weight 0
    uthreshold 100
    lthreshold 50
  }
}
`;
    for (const program of PROGRAMS) {
      const router = starting(program, config);
      await showing(router, [
        "-A -t 10.1.0.1:80 -s wlc",
        "-a -t 10.1.0.1:80 -r 10.9.0.2:80 -m -w 7",
        "-a -t 10.1.0.1:80 -r 10.9.0.3:80 -m -w 0",
      ]);
      // Upper, lower, active and inactive connections.
      expect(host.exec("ipvsadm", "-Ln", "--thresholds")).toMatch(/10\.9\.0\.3:80 +100 +50 +0 +0/);
      await router.stop();
    }
  });

  it("changes the options of a tunnel with a reload", async () => {
    const config = (tunnel: string) => service("10.1.0.1 80", ["protocol TCP", `lb_kind ${tunnel}`]);
    for (const program of PROGRAMS) {
      const router = starting(program, config("TUN type gue port 6080 csum"));
      const line = (options: string) => [
        "-A -t 10.1.0.1:80 -s wlc",
        `-a -t 10.1.0.1:80 -r 10.9.0.2:80 -i -w 1 --tun-type ${options}`,
      ];
      await showing(router, line("gue --tun-port 6080 --tun-csum"));
      router.configure(config("TUN type gue port 6090"));
      router.reload();
      await showing(router, line("gue --tun-port 6090 --tun-nocsum"));
      router.configure(config("TUN"));
      router.reload();
      await showing(router, line("ipip"));
      await router.stop();
    }
  });
});

/** A program whose exit status the test says, and that leaves a line for each run. */
class Switch {
  readonly path: string;
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
    this.path = lab.path(`${name}.sh`);
    writeFileSync(
      this.path,
      `#!/bin/sh\necho x >>${lab.path(`${name}.runs`)}\n[ ! -e ${lab.path(`${name}.down`)} ]\n`,
    );
    chmodSync(this.path, 0o755);
  }

  set(up: boolean): void {
    const flag = lab.path(`${this.#name}.down`);
    if (up) rmSync(flag, { force: true });
    else writeFileSync(flag, "");
  }

  get runs(): number {
    const path = lab.path(`${this.#name}.runs`);
    return existsSync(path) ? readFileSync(path, "utf8").length / 2 : 0;
  }

  /** Whether the daemon has it running now. */
  isRunningBelow(daemon: number): boolean {
    return processTree(daemon).some((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(this.path);
      } catch {
        return false; // ended meanwhile
      }
    });
  }

  reset(): void {
    this.set(true);
    rmSync(lab.path(`${this.#name}.runs`), { force: true });
  }
}

const checked = (
  address: string,
  { path }: Switch,
  more: readonly string[] = [],
) => `  real_server ${address} 80 {
    ${more.join("\n    ")}
    MISC_CHECK {
      misc_path ${path}
      misc_timeout 20
    }
  }
`;

/** A script that notes its name and arguments in a file. */
function noting(name: string): string {
  const path = lab.path(`${name}.sh`);
  writeFileSync(path, `#!/bin/sh\necho ${name} "$@" >>${lab.path("notes")}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** What has been noted since last asked, as soon as there are so many notes. */
async function notes(count: number): Promise<string[]> {
  const path = lab.path("notes");
  const read = () => (existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean) : []);
  await eventually(`${count} notes`, () => read().length >= count, LONG);
  const all = read();
  rmSync(path, { force: true });
  return all.sort();
}

const FAST = "delay_loop 1\n  warmup 0\n  delay_before_retry 0.1\n  protocol TCP";

describe("as servers come and go", { timeout: 240_000 }, () => {
  it("inhibit_on_failure leaves a server at weight 0, of all servers or of one", async () => {
    const [one, two] = [new Switch("one"), new Switch("two")];
    const config = `virtual_server 10.1.0.1 80 {
  ${FAST}
  inhibit_on_failure
${checked("10.9.0.2", one)}}
virtual_server 10.1.0.2 80 {
  ${FAST}
${checked("10.9.0.2", one, ["inhibit_on_failure"])}${checked("10.9.0.3", two)}}
`;
    const lines = (weight: number, ...more: string[]) => [
      "-A -t 10.1.0.1:80 -s wlc",
      `-a -t 10.1.0.1:80 -r 10.9.0.2:80 -m -w ${weight}`,
      "-A -t 10.1.0.2:80 -s wlc",
      `-a -t 10.1.0.2:80 -r 10.9.0.2:80 -m -w ${weight}`,
      ...more,
    ];
    for (const program of PROGRAMS) {
      for (const each of [one, two]) each.reset();
      const router = starting(program, config);
      await showing(router, lines(1, "-a -t 10.1.0.2:80 -r 10.9.0.3:80 -m -w 1"));
      for (const each of [one, two]) each.set(false);
      await showing(router, lines(0));
      await router.stop();
    }
  });

  it("quorum and hysteresis decide, scripts are told, and the sorry server stands in", async () => {
    const switches = ["one", "two", "three"].map((name) => new Switch(name));
    const [one, two, three] = switches as [Switch, Switch, Switch];
    const config = `virtual_server 10.1.0.1 80 {
  ${FAST}
  quorum 4
  hysteresis 2
  quorum_up ${noting("quorum_up")}
  quorum_down ${noting("quorum_down")}
  sorry_server 10.9.0.9 8080
${checked("10.9.0.2", one, ["weight 2", `notify_up ${noting("notify_up")}`, `notify_down ${noting("notify_down")}`])}
${checked("10.9.0.3", two, ["weight 2"])}
${checked("10.9.0.4", three, ["weight 2"])}}
virtual_server 10.1.0.2 80 {
  ${FAST}
  quorum 3
  sorry_server 10.9.0.9 80
  sorry_server_inhibit
${checked("10.9.0.3", two, ["weight 3"])}}
`;
    const sorry = "-r 10.9.0.9:8080 -m -w 1";
    const at = (first: readonly string[], second: readonly string[]) => [
      "-A -t 10.1.0.1:80 -s wlc",
      ...first.map((line) => `-a -t 10.1.0.1:80 ${line}`),
      "-A -t 10.1.0.2:80 -s wlc",
      ...second.map((line) => `-a -t 10.1.0.2:80 ${line}`),
    ];
    const real = (n: number, weight = 2) => `-r 10.9.0.${n}:80 -m -w ${weight}`;
    const inhibited = [real(3, 3), real(9, 0)];
    for (const program of PROGRAMS) {
      for (const each of switches) each.reset();
      const router = starting(program, config);
      await showing(router, at([real(2), real(3), real(4)], inhibited));
      expect(await notes(1), program.name).toEqual(["quorum_up"]);
      one.set(false);
      await showing(router, at([real(3), real(4)], inhibited));
      expect(await notes(1), program.name).toEqual(["notify_down"]);
      two.set(false);
      // 2 is not below 4 - 2.
      await showing(router, at([real(4)], [real(9, 1)]));
      three.set(false);
      await showing(router, at([sorry], [real(9, 1)]));
      expect(await notes(1), program.name).toEqual(["quorum_down"]);
      two.set(true);
      await showing(router, at([sorry], inhibited));
      one.set(true);
      await router.process.waitFor(/(Adding|Enabling) service \[10.9.0.2\]/, LONG);
      expect(await notes(1), program.name).toEqual(["notify_up"]);
      expect(table()).toEqual(at([sorry], inhibited).sort());
      three.set(true);
      await showing(router, at([real(2), real(3), real(4)], inhibited));
      expect(await notes(1), program.name).toEqual(["quorum_up"]);
      await router.stop();
    }
  });

  it("alpha has servers out before their first check, omega tells scripts of the end", async () => {
    const [one, two] = [new Switch("one"), new Switch("two")];
    const config = `virtual_server 10.1.0.1 80 {
  ${FAST}
  alpha
  omega
  quorum_down ${noting("quorum_down")}
${checked("10.9.0.2", one, [`notify_up ${noting("notify_up")}`, `notify_down ${noting("notify_down")}`])}${checked("10.9.0.3", two)}}
`;
    for (const program of PROGRAMS) {
      for (const each of [one, two]) each.reset();
      two.set(false);
      const router = starting(program, config);
      await showing(router, ["-A -t 10.1.0.1:80 -s wlc", "-a -t 10.1.0.1:80 -r 10.9.0.2:80 -m -w 1"]);
      expect(router.process.log, program.name).not.toMatch(/(Removing|Disabling) service \[10.9.0.3\]/);
      expect(await notes(1), program.name).toEqual(["notify_up"]);
      await router.stop();
      expect(await notes(2), program.name).toEqual(["notify_down", "quorum_down"]);
    }
  });

  it("ha_suspend checks servers only while the address of the service is there", async () => {
    const [one, two] = [new Switch("one"), new Switch("two")];
    const config = `virtual_server 10.1.0.1 80 {
  ${FAST}
  ha_suspend
${checked("10.9.0.2", one)}}
virtual_server 10.1.0.2 80 {
  ${FAST}
${checked("10.9.0.2", two)}}
`;
    const seen = (state: string) =>
      `${state} healthchecker for service [10.9.0.2]:tcp:80 for VS [10.1.0.1]:tcp:80`;
    for (const program of PROGRAMS) {
      for (const each of [one, two]) each.reset();
      const router = starting(program, config);
      const passing = (each: Switch, count: number) => {
        const before = each.runs;
        return eventually(`${program.name}: checks`, () => each.runs >= before + count, LONG);
      };
      await passing(two, 3);
      expect(one.runs, program.name).toBe(0);
      await router.process.waitFor(seen("Deactivating"), LONG);
      host.exec("ip", "address", "add", "10.1.0.1/32", "dev", "dummy0");
      await passing(one, 2);
      host.exec("ip", "address", "add", "10.1.0.1/24", "dev", "lo");
      host.exec("ip", "address", "del", "10.1.0.1/32", "dev", "dummy0");
      await passing(one, 2);
      one.set(false);
      const failed = (lines: readonly string[]) =>
        !lines.some((line) => line.startsWith("-a -t 10.1.0.1:80"));
      await eventually("it has failed", () => failed(table()), LONG);
      host.exec("ip", "address", "del", "10.1.0.1/24", "dev", "lo");
      await router.process.waitFor(seen("Suspending"), LONG);
      await passing(two, 1);
      await eventually("its last run has ended", () => !one.isRunningBelow(router.process.pid), LONG);
      one.set(true);
      const before = one.runs;
      await passing(two, 3);
      expect(one.runs, program.name).toBe(before);
      expect(failed(table()), program.name).toBe(true);
      await router.stop();
    }
  });
});
