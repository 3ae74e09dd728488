/** Groups of virtual servers on a real IPVS, beside keepalived wherever that does what its manual says. */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Lab } from "../lab/netns.ts";
import { parseCase } from "./case.ts";
import { PlacePool } from "./place-pool.ts";
import { type Comparison, compareSequence, differencesOf } from "./sequence.ts";
import { ServerFarm } from "./server-farm.ts";

// The guest is slow, and most of a case is waiting, for one of the places at first.
vi.setConfig({ testTimeout: 600_000 });

let lab: Lab;
let pool: PlacePool;
let cases = 0;

beforeAll(async () => {
  lab = new Lab();
  pool = new PlacePool(await ServerFarm.start(lab, ["http/80"]), 4);
}, 180_000);
afterAll(() => lab.dispose());

/** The case at both programs: what differs, what Holdfast has after each step, and their logs. */
async function run(text: string) {
  cases += 1;
  const name = `groups-${cases}`;
  const { comparisons, log } = await pool.use((places) =>
    compareSequence(lab, name, parseCase(text), places),
  );
  return {
    differences: differencesOf(comparisons),
    tables: comparisons.map(({ holdfast }) => holdfast),
    log,
  };
}

const servicesOf = (table: Comparison["holdfast"] = []) => table.filter((line) => line.startsWith("-A"));

const group = (name: string, ...entries: string[]) =>
  `virtual_server_group ${name} {\n${entries.map((entry) => `    ${entry}\n`).join("")}}\n`;

const server = (address: string, ...lines: string[]) => `    real_server ${address} {
${lines.map((line) => `        ${line}\n`).join("")}        TCP_CHECK {
            connect_port 80
        }
    }
`;

const service = (name: string, lines: readonly string[], ...servers: string[]) =>
  `virtual_server group ${name} {\n    $FAST\n${lines.map((line) => `    ${line}\n`).join("")}${servers.join("")}}\n`;

const NAT = ["lb_algo rr", "lb_kind NAT", "protocol TCP"];
const A = server("10.9.0.2 80", "weight 3");
const B = server("10.9.0.3 80");

describe("virtual_server_group", () => {
  it.concurrent("is a service for each address of its ranges and each mark, with one pool of servers", async () => {
    const groups = group(
      "G",
      "10.1.0.9 8080",
      "10.1.0.1-3 80",
      "10.1.1.0/30 443",
      "10.1.1.252-10.1.1.255 81",
      "fwmark 5",
    );
    const text = groups + service("G", [...NAT, "quorum 2", "sorry_server 10.9.0.9 80"], A, B);
    const { differences, tables, log } = await run(
      `${text}---- down 10.9.0.2\n---- down 10.9.0.3\n---- up 10.9.0.2 10.9.0.3\n`,
    );
    expect(differences, log).toEqual({});
    expect(servicesOf(tables[0])).toHaveLength(13);
    expect(tables[1]).not.toEqual(tables[0]);
    expect(tables[3]).toEqual(tables[0]);
    expect(tables.at(-1)).toEqual([]);
    // Both name it by its place in the group.
    expect(log.match(/Lost quorum .* for VS \[G\]:0/g)).toHaveLength(2);
  });

  it.concurrent("serves several virtual servers, one of each protocol, and has its marks once", async () => {
    const text =
      group("G", "10.1.0.1-2 80", "fwmark 5") +
      service("G", NAT, A, B) +
      service("G", ["lb_algo wrr", "lb_kind NAT", "protocol UDP", "ops"], A, B);
    const { differences, tables, log } = await run(`${text}---- down 10.9.0.3\n---- up 10.9.0.3\n`);
    expect(differences, log).toEqual({});
    expect(servicesOf(tables[0])).toHaveLength(5);
    expect(log.match(/Removing service \[10\.9\.0\.3\]:udp:80 from VS \[G\]:1/g)).toHaveLength(2);
  });

  it.concurrent("leads to the port of the entry by DR and tunnels, to that of the server by NAT", async () => {
    const lines = [
      "lb_algo wlc",
      "lb_kind DR",
      "protocol TCP",
      "persistence_timeout 60",
      "sorry_server 10.9.0.9",
    ];
    const text =
      group("G", "10.1.0.1 80", "10.1.0.2 443", "10.1.0.3", "fwmark 5") +
      service(
        "G",
        lines,
        A,
        server("10.9.0.3", "inhibit_on_failure"),
        server("10.9.0.4 80", "lvs_method TUN"),
      ) +
      group("N", "10.2.0.1 80", "10.2.0.2 443") +
      service("N", [...NAT, "sorry_server 10.9.0.9 70"], server("10.9.0.2 8080"), server("10.9.0.3"));
    const { differences, log } = await run(`${text}---- down 10.9.0.3\n---- down 10.9.0.2 10.9.0.4\n`);
    expect(differences, log).toEqual({});
  });

  it.concurrent("has IPv6, and both families behind tunnels", async () => {
    const tunnel = ["lb_algo rr", "lb_kind TUN", "protocol TCP", "persistence_timeout 60"];
    const direct = ["lb_algo rr", "lb_kind DR", "protocol UDP"];
    const text =
      group("M", "10.1.0.1 80", "2001:db8:1::1 80", "fwmark 5 inet", "fwmark 5 inet6") +
      service("M", tunnel, A, server("2001:db8:9::2 80")) +
      group("V", "2001:db8:2::1-3 53", "2001:db8:3::/126 53", "fwmark 7") +
      service("V", direct, server("2001:db8:9::2 53"));
    const { differences, tables, log } = await run(`${text}---- down 10.9.0.2\n`);
    expect(differences, log).toEqual({});
    expect(servicesOf(tables[0])).toHaveLength(12);
  });

  it.concurrent("comes and goes by single services at a reload", async () => {
    const serving = service("G", NAT, A, B);
    const { differences, tables, log } = await run(
      `${group("G", "10.1.0.1 80", "10.1.0.2 80", "10.1.0.4 81")}${serving}---- reload\n${group("G", "10.1.0.2 80", "10.1.0.3 80", "fwmark 9")}${serving}`,
    );
    expect(servicesOf(tables[1]), log).toEqual([
      "-A -f 9 -s rr",
      "-A -t 10.1.0.2:80 -s rr",
      "-A -t 10.1.0.3:80 -s rr",
    ]);
    expect(tables[1]?.filter((line) => line.startsWith("-a"))).toHaveLength(6);
    expect(tables.at(-1)).toEqual([]);
    // keepalived takes servers out of services that are gone, and leaves the services.
    expect(differences).toEqual({
      "2 reload": ["only keepalived: -A -t 10.1.0.1:80 -s rr", "only keepalived: -A -t 10.1.0.4:81 -s rr"],
      "3 stop": [
        "only keepalived: -A -f 9 -s rr",
        "only keepalived: -A -t 10.1.0.1:80 -s rr",
        "only keepalived: -A -t 10.1.0.3:80 -s rr",
        "only keepalived: -A -t 10.1.0.4:81 -s rr",
      ],
    });
  });

  it.concurrent("follows ranges that shift at a reload, with the servers as they are by then, where keepalived does not", async () => {
    const serving = service("G", [...NAT, "inhibit_on_failure"], A, B);
    const { tables, log } = await run(
      `${group("G", "10.1.0.1-3 80")}${serving}---- down 10.9.0.3\n---- reload\n${group("G", "10.1.0.2-4 80")}${serving}---- up 10.9.0.3\n`,
    );
    const expected = (weight: number) =>
      [2, 3, 4]
        .flatMap((last) => [
          `-A -t 10.1.0.${last}:80 -s rr`,
          `-a -t 10.1.0.${last}:80 -r 10.9.0.2:80 -m -w 3`,
          `-a -t 10.1.0.${last}:80 -r 10.9.0.3:80 -m -w ${weight}`,
        ])
        .sort();
    expect(tables[2], log).toEqual(expected(0));
    expect(tables[3], log).toEqual(expected(1));
    expect(tables.at(-1)).toEqual([]);
  });
});

describe("nftables_ipvs", () => {
  const globals = (lines: string) => `global_defs {\n    ${lines}\n}\n`;

  it.concurrent("makes a service of one mark for each virtual server of a group of addresses", async () => {
    const tunnel = ["lb_algo rr", "lb_kind TUN", "protocol TCP"];
    const rest =
      service("G", ["lb_algo rr", "lb_kind DR", "protocol TCP"], A, B) +
      service("G", ["lb_algo wrr", "lb_kind NAT", "protocol UDP", "ops"], A, B) +
      group("M", "10.3.0.1 80", "2001:db8:3::1 80") +
      service("M", tunnel, A, server("2001:db8:9::2 80")) +
      group("MARKED", "10.4.0.1 80", "fwmark 77") +
      service("MARKED", NAT, A) +
      `virtual_server 10.5.0.1 80 {\n    $FAST\n    lb_algo rr\n    lb_kind NAT\n    protocol TCP\n${A}}\n`;
    const start = globals("nftables_ipvs") + group("G", "10.1.0.1 80", "10.1.0.5-9 80") + rest;
    const { differences, tables, log } = await run(`${start}---- down 10.9.0.3\n---- up 10.9.0.3\n`);
    expect(differences, log).toEqual({});
    expect(servicesOf(tables[0])).toEqual([
      "-A -f 1000 -s rr",
      "-A -f 1001 -s wrr -o",
      "-A -f 1002 -6 -s rr",
      "-A -f 1002 -s rr",
      "-A -f 77 -s rr",
      "-A -t 10.4.0.1:80 -s rr",
      "-A -t 10.5.0.1:80 -s rr",
    ]);
    expect(tables.at(-1)).toEqual([]);
  });

  it.concurrent("starts at nftables_ipvs_start_fwmark, whatever table and nftables_ipvs_priority are", async () => {
    const lines = "nftables_ipvs lab\n    nftables_ipvs_priority -5\n    nftables_ipvs_start_fwmark 5000";
    const text = globals(lines) + group("G", "10.1.0.1 80") + service("G", NAT, A);
    const { differences, tables, log } = await run(text);
    expect(differences, log).toEqual({});
    expect(servicesOf(tables[0])).toEqual(["-A -f 5000 -s rr"]);
  });
});
