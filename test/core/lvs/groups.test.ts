import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SECOND, World } from "./world.ts";

const A = "10.0.1.1";
const B = "10.0.1.2";

const group = (name: string, ...entries: string[]) =>
  `virtual_server_group ${name} {\n${entries.join("\n")}\n}\n`;
const real = (
  server: string,
  lines = "",
  checker = "TCP_CHECK {\nconnect_port 80\nretry 1\ndelay_before_retry 1\n}",
) => `real_server ${server} {\n${lines}\n${checker}\n}`;
const service = (name: string, lines: string, reals: readonly string[]) =>
  `virtual_server group ${name} {\nlb_algo rr\nlb_kind NAT\ndelay_loop 5\nwarmup 0\n${lines}\n${reals.join("\n")}\n}\n`;

/** A director that has run for a while, with both servers up. */
function running(text: string): World {
  const world = new World();
  for (const server of [A, B]) world.healthy.add(`${server}:80`);
  world.apply(text, true).run(20).take();
  return world;
}

const TCP = service("G", "protocol TCP\nquorum 2\nquorum_up gained\nquorum_down lost", [
  real(`${A} 80`),
  real(`${B} 80`),
]);

describe("a virtual server of a group", () => {
  it("is a service for each address and each mark", () => {
    const { table } = running(group("G", "10.0.0.9 81", "10.0.0.1-3 80", "10.0.2.0/31 80", "fwmark 5") + TCP);
    expect(table.lines().filter((line) => !line.includes("->"))).toEqual([
      "6 10.0.0.1 80 rr",
      "6 10.0.0.2 80 rr",
      "6 10.0.0.3 80 rr",
      "6 10.0.0.9 81 rr",
      "6 10.0.2.0 80 rr",
      "6 10.0.2.1 80 rr",
      "fwmark 4 5 rr",
    ]);
    expect(table.lines().filter((line) => line.includes("->"))).toHaveLength(14);
  });

  it("goes across the last byte of an address", () => {
    const { table } = running(group("G", "10.0.0.254-10.0.1.1 80", "10.0.0.255 80") + TCP);
    const services = table.lines().filter((line) => !line.includes("->"));
    expect(services.map((line) => line.split(" ")[1])).toEqual([
      "10.0.0.254",
      "10.0.0.255",
      "10.0.1.0",
      "10.0.1.1",
    ]);
  });

  it("counts IPv6 addresses in all their groups", () => {
    const text = service("G", "protocol UDP", [real("fd00::99 53")]);
    const { table } = running(group("G", "fd00::ffff-fd00::1:1 53", "fwmark 7") + text);
    expect(table.lines().filter((line) => !line.includes("->"))).toEqual([
      "17 fd00::1:0 53 rr",
      "17 fd00::1:1 53 rr",
      "17 fd00::ffff 53 rr",
      "fwmark 6 7 rr",
    ]);
  });

  it("leads to the port of the entry, which only NAT changes", () => {
    const reals = [real(`${A} 80`, "lvs_method DR"), real(`${B} 8080`)];
    const text = service("G", "protocol TCP\nsorry_server 10.0.9.9 70\nsorry_server_inhibit", reals);
    const world = new World().apply(group("G", "10.0.0.1 80", "10.0.0.2 443", "fwmark 5") + text, true);
    expect(world.table.lines().filter((line) => line.includes("->"))).toEqual([
      "6 10.0.0.1 80 -> 10.0.1.1:80 g 1",
      "6 10.0.0.1 80 -> 10.0.1.2:8080 m 1",
      "6 10.0.0.1 80 -> 10.0.9.9:70 m 0",
      "6 10.0.0.2 443 -> 10.0.1.1:443 g 1",
      "6 10.0.0.2 443 -> 10.0.1.2:8080 m 1",
      "6 10.0.0.2 443 -> 10.0.9.9:70 m 0",
      "fwmark 4 5 -> 10.0.1.1:0 g 1",
      "fwmark 4 5 -> 10.0.1.2:8080 m 1",
      "fwmark 4 5 -> 10.0.9.9:70 m 0",
    ]);
  });

  it("has one checker for each server and one quorum, named by its place in the group", () => {
    const world = running(group("G", "10.0.0.1-2 80") + TCP);
    expect(world.open.size).toBe(0);
    world.healthy.delete(`${A}:80`);
    world.run(20);
    const { logs, scripts, commands } = world.take();
    expect(logs.filter((line) => /Removing|Lost/.test(line))).toEqual([
      "Removing service [10.0.1.1]:tcp:80 from VS [G]:0",
      "Lost quorum 2-0=2 > 1 for VS [G]:0",
    ]);
    expect(scripts).toEqual(["lost"]);
    expect(commands).toEqual([
      "delete destination 10.0.1.1 port 80 of [10.0.0.1]:tcp:80",
      "delete destination 10.0.1.1 port 80 of [10.0.0.2]:tcp:80",
    ]);
  });

  it("shares its marks with the group's other virtual servers, each as the first wants it", () => {
    const udp = service("G", "protocol UDP\nops", [real(`${B} 80`, "weight 7"), real("10.0.1.3 80", "", "")]);
    const world = running(group("G", "10.0.0.1 80", "fwmark 5") + TCP + udp);
    const marks = () => world.table.lines().filter((line) => line.startsWith("fwmark"));
    expect(marks()).toEqual([
      "fwmark 4 5 -> 10.0.1.1:80 m 1",
      "fwmark 4 5 -> 10.0.1.2:80 m 1",
      "fwmark 4 5 -> 10.0.1.3:80 m 1",
      "fwmark 4 5 rr",
    ]);
    expect(world.take().logs).toEqual([]);
    world.apply(group("G", "10.0.0.1 80", "fwmark 5") + udp);
    expect(marks()).toEqual([
      "fwmark 4 5 -> 10.0.1.2:80 m 7",
      "fwmark 4 5 -> 10.0.1.3:80 m 1",
      "fwmark 4 5 rr -o",
    ]);
    expect(world.table.lines()).toContain("17 10.0.0.1 80 rr -o");
    expect(world.table.lines()).not.toContain("6 10.0.0.1 80 rr");
    // What was the second of its group is the first now.
    world.healthy.delete(`${B}:80`);
    expect(world.run(20).take().logs).toContain("Removing service [10.0.1.2]:udp:80 from VS [G]:0");
  });

  it("stops without leaving anything", () => {
    const world = running(group("G", "10.0.0.1-9 80", "fwmark 5") + TCP);
    expect(world.apply().table.lines()).toEqual([]);
    expect(world.take().logs).toEqual([
      "Shutting down service [10.0.1.2]:tcp:80 from VS [G]:0",
      "Shutting down service [10.0.1.1]:tcp:80 from VS [G]:0",
    ]);
  });
});

describe("a reload that changes a group", () => {
  it("adds and removes the services concerned, and touches no checker", () => {
    const world = running(group("G", "10.0.0.1-3 80", "fwmark 5") + TCP);
    const deadline = world.director.deadline();
    world.apply(group("G", "10.0.0.2-4 80", "fwmark 6") + TCP);
    expect(world.director.deadline()).toBe(deadline);
    const { commands, logs, scripts } = world.take();
    expect(commands.sort()).toEqual([
      "add destination 10.0.1.1 port 80 of FWM 6",
      "add destination 10.0.1.1 port 80 of [10.0.0.4]:tcp:80",
      "add destination 10.0.1.2 port 80 of FWM 6",
      "add destination 10.0.1.2 port 80 of [10.0.0.4]:tcp:80",
      "add service FWM 6",
      "add service [10.0.0.4]:tcp:80",
      "delete service FWM 5",
      "delete service [10.0.0.1]:tcp:80",
    ]);
    expect({ logs, scripts }).toEqual({ logs: [], scripts: [] });
  });

  it("gives new services what its servers are worth by now", () => {
    const world = running(group("G", "10.0.0.1 80") + TCP);
    world.healthy.delete(`${A}:80`);
    world.run(20).take();
    world.apply(group("G", "10.0.0.1-2 80") + TCP);
    expect(world.take().commands).toEqual([
      "add service [10.0.0.2]:tcp:80",
      "add destination 10.0.1.2 port 80 of [10.0.0.2]:tcp:80",
    ]);
  });

  it("moves an address from one group to another without a gap", () => {
    const other = service("H", "protocol TCP", [real(`${A} 80`), real(`${B} 80`)]);
    const world = running(group("G", "10.0.0.1 80", "10.0.0.2 80") + group("H", "10.0.0.3 80") + TCP + other);
    world.apply(group("G", "10.0.0.1 80") + group("H", "10.0.0.2-3 80") + TCP + other);
    for (const command of world.take().commands) expect(command).not.toContain("service");
    expect(world.table.lines().filter((line) => !line.includes("->"))).toHaveLength(3);
    world.now += SECOND;
    world.apply(group("H", "10.0.0.2-3 80") + other);
    expect(world.take().commands).toEqual(["delete service [10.0.0.1]:tcp:80"]);
  });
});

describe("groups that overlap", () => {
  const ENTRIES = [
    "10.0.0.1 80",
    "10.0.0.2 80",
    "10.0.0.1-3 80",
    "10.0.0.2-4 80",
    "10.0.0.3 81",
    "fwmark 5",
    "fwmark 6",
  ];
  const SERVICES: Readonly<Record<string, readonly string[]>> = {
    "10.0.0.1 80": ["10.0.0.1 80"],
    "10.0.0.2 80": ["10.0.0.2 80"],
    "10.0.0.1-3 80": ["10.0.0.1 80", "10.0.0.2 80", "10.0.0.3 80"],
    "10.0.0.2-4 80": ["10.0.0.2 80", "10.0.0.3 80", "10.0.0.4 80"],
    "10.0.0.3 81": ["10.0.0.3 81"],
    "fwmark 5": ["fwmark 4 5"],
    "fwmark 6": ["fwmark 4 6"],
  };
  const PROTOCOLS = { TCP: 6, UDP: 17 } as const;
  const member = fc.record({
    group: fc.constantFrom("G", "H"),
    protocol: fc.constantFrom("TCP" as const, "UDP" as const),
    servers: fc.subarray(["10.0.1.1", "10.0.1.2", "10.0.1.3"], { minLength: 1 }),
  });
  // A group of marks only has no protocol.
  const entries = fc
    .tuple(fc.subarray(ENTRIES.slice(0, 5), { minLength: 1 }), fc.subarray(ENTRIES.slice(5)))
    .map(([a, b]) => [...a, ...b]);
  const configuration = fc.record({
    groups: fc.record({ G: entries, H: entries }),
    members: fc.uniqueArray(member, {
      maxLength: 4,
      selector: ({ group, protocol }) => `${group} ${protocol}`,
    }),
  });

  it("have each service once, with the servers of all that want it, after any sequence of reloads", () => {
    fc.assert(
      fc.property(fc.array(configuration, { minLength: 1, maxLength: 5 }), (configurations) => {
        const world = new World();
        for (const [index, { groups, members }] of configurations.entries()) {
          const wanted = new Map<string, Set<string>>();
          for (const { group, protocol, servers } of members)
            for (const name of groups[group].flatMap((entry) => SERVICES[entry] ?? [])) {
              const key = name.startsWith("fwmark") ? name : `${PROTOCOLS[protocol]} ${name}`;
              const destinations = wanted.get(key) ?? new Set();
              for (const server of servers) destinations.add(server);
              wanted.set(key, destinations);
            }
          const text = members.map(({ group, protocol, servers }) =>
            service(
              group,
              `protocol ${protocol}`,
              servers.map((server) => `real_server ${server} 80 {\n}`),
            ),
          );
          world.apply(group("G", ...groups.G) + group("H", ...groups.H) + text.join(""), index === 0);
          const lines = [...wanted].flatMap(([key, servers]) => [
            `${key} rr`,
            ...[...servers].map((server) => `${key} -> ${server}:80 m 1`),
          ]);
          expect(world.table.lines()).toEqual(lines.sort());
        }
        expect(world.apply().table.lines()).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
