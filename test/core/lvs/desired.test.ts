import { expect, it } from "vitest";
import { destinationOf, serviceOf, sorryDestinationOf } from "../../../src/core/lvs/desired.ts";
import { realServerName, virtualServerName } from "../../../src/core/lvs/names.ts";
import { serviceKeysOf } from "../../../src/core/lvs/services.ts";
import { configOf } from "./world.ts";

/** What becomes of one virtual server. */
function desired(name: string, lines: string, real: string) {
  const [server] = configOf(`virtual_server ${name} {\n${lines}\n${real}\n}`).virtual_server;
  const [first] = server?.real_server ?? [];
  const [key] = server ? serviceKeysOf(server, [], server.real_server) : [];
  if (!server || !first || !key) throw new Error(`no service: ${name}`);
  return {
    names: [virtualServerName(server), realServerName(server, first)],
    service: serviceOf(server, key),
    destination: destinationOf(server, first, first.weight, key),
    sorry: server.sorry_server && sorryDestinationOf(server, server.sorry_server, 1, key),
  };
}

const v4 = "real_server 10.0.1.1 80 {\n}";
const plain = { scheduler: "wlc", flags: 0, timeout: 0, netmask: 0xffffffff, persistenceEngine: "" };
const key = { type: "address", protocol: 6, address: "10.0.0.1", port: 80 } as const;

it.each([
  ["no persistence", "protocol TCP", { ...plain, key }],
  ["persistence", "protocol TCP\npersistence_timeout 50", { ...plain, key, flags: 1, timeout: 50 }],
  [
    "persistence without a time",
    "protocol TCP\npersistence_timeout",
    { ...plain, key, flags: 1, timeout: 360 },
  ],
  [
    "granularity alone",
    "protocol TCP\npersistence_granularity 255.255.255.0",
    { ...plain, key, flags: 1, timeout: 360, netmask: 0xffffff00 },
  ],
  [
    "a scheduler and an engine",
    "protocol TCP\nlb_algo sh\npersistence_engine sip\npersistence_timeout 50",
    { ...plain, key, scheduler: "sh", flags: 1, timeout: 50, persistenceEngine: "sip" },
  ],
  ["an engine without persistence", "protocol TCP\npersistence_engine sip", { ...plain, key }],
  ["one packet scheduling", "protocol UDP\nops", { ...plain, key: { ...key, protocol: 17 }, flags: 4 }],
  [
    "flags of its scheduler by name",
    "protocol TCP\nlb_algo sh\nsh-port\nsh-fallback",
    { ...plain, key, scheduler: "sh", flags: 24 },
  ],
  ["flags of its scheduler by number", "protocol TCP\nflag-1\nflag-3", { ...plain, key, flags: 40 }],
  ["no protocol", "", { ...plain, key: { ...key, protocol: 17 } }],
  ["SCTP", "protocol SCTP", { ...plain, key: { ...key, protocol: 132 } }],
])("makes a service with %s", (_, lines, service) => {
  expect(desired("10.0.0.1 80", lines, v4).service).toEqual(service);
});

it("makes a service of all ports persistent", () => {
  const { service } = desired("10.0.0.1", "protocol TCP", "real_server 10.0.1.1 {\n}");
  expect(service).toEqual({ ...plain, key: { ...key, port: 0 }, flags: 1, timeout: 360 });
});

it("makes an IPv6 service, whose netmask is a prefix length", () => {
  const real = "real_server fd00::2 80 {\n}";
  expect(desired("fd00::1 80", "protocol TCP", real).service).toMatchObject({ netmask: 128 });
  const granular = desired("fd00::1 80", "protocol TCP\npersistence_granularity 64", real);
  expect(granular.service).toMatchObject({ netmask: 64, flags: 1, key: { address: "fd00::1" } });
  expect(granular.names).toEqual(["[fd00::1]:tcp:80", "[fd00::2]:tcp:80"]);
});

it.each([
  ["its servers", "", "real_server fd00::2 80 {\n}", 6],
  ["ip_family", "ip_family inet6\nlb_kind TUN", "real_server 10.0.1.1 80 {\n}", 6],
  ["all of them alike, behind tunnels", "lb_kind TUN", "real_server fd00::2 80 {\n}", 6],
  [
    "nothing, behind tunnels to both families",
    "lb_kind TUN",
    "real_server fd00::2 80 {\n}\nreal_server 10.0.1.1 80 {\n}",
    4,
  ],
  [
    "nothing, when a sorry server behind a tunnel is of the other",
    "lb_kind TUN\nsorry_server 10.0.9.9 80",
    "real_server fd00::2 80 {\n}",
    4,
  ],
  [
    "a sorry server without a tunnel",
    "lb_kind TUN\nsorry_server fd00::9 80\nsorry_server_lvs_method DR",
    "real_server 10.0.1.1 80 {\n}",
    6,
  ],
])("takes the family of a mark from %s", (_, lines, real, family) => {
  expect(desired("fwmark 9", lines, real).service.key).toEqual({ type: "fwmark", family, fwmark: 9 });
});

it("gives servers behind a mark no protocol, and a port only where it translates", () => {
  const lines = "protocol TCP\nsorry_server 10.0.9.9 80\nlb_kind";
  const { names, destination, sorry } = desired("fwmark 9", `${lines} DR`, v4);
  expect(names).toEqual(["FWM 9", "[10.0.1.1]:none:0"]);
  expect([destination.port, sorry?.port]).toEqual([0, 0]);
  const translated = desired("fwmark 9", `${lines} NAT`, v4);
  expect(translated.names).toEqual(["FWM 9", "[10.0.1.1]:none:80"]);
  expect([translated.destination.port, translated.sorry?.port]).toEqual([80, 80]);
});

it("makes destinations", () => {
  const real = "real_server 10.0.1.1 80 {\nweight 3\nlvs_method TUN\nuthreshold 10\nlthreshold 5\n}";
  const { destination, sorry } = desired(
    "10.0.0.1 80",
    "protocol TCP\nlb_kind DR\nsorry_server 10.0.9.9 8080",
    real,
  );
  expect(destination).toEqual({
    address: "10.0.1.1",
    port: 80,
    forward: 2,
    weight: 3,
    upperThreshold: 10,
    lowerThreshold: 5,
  });
  expect(sorry).toEqual({
    address: "10.0.9.9",
    port: 80,
    forward: 3,
    weight: 1,
    upperThreshold: 0,
    lowerThreshold: 0,
  });
});
