import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Capture, type CapturedAdvert, decodeAdverts } from "../lab/capture.ts";
import { type Host, Lab } from "../lab/netns.ts";
import { eventually } from "../lab/process.ts";
import { Router } from "../lab/router.ts";
import { PAIRS } from "./pair.ts";

/** An instance on both routers, with a VMAC on one of them or on both. */
interface Cell {
  readonly title: string;
  readonly vrid: number;
  readonly version: 2 | 3;
  readonly family: 4 | 6;
  readonly unicast: boolean;
  /** Adverts leave by the interface below. Unicast ones always do. */
  readonly below: boolean;
  readonly vmacs: readonly ("preferred" | "other")[];
}

const BOTH = ["preferred", "other"] as const;
const WAYS = [
  ["v2", 2, 4],
  ["v3", 3, 4],
  ["v3 IPv6", 3, 6],
] as const;
const PLACES = [
  ["on both", BOTH],
  ["on the preferred router", ["preferred"]],
  ["on the other router", ["other"]],
] as const;

const CELLS: readonly Cell[] = WAYS.flatMap(([way, version, family]) =>
  [
    ...PLACES.map(([place, vmacs]) => ({
      title: `${way}, VMAC ${place}`,
      unicast: false,
      below: false,
      vmacs,
    })),
    { title: `${way}, vmac_xmit_base`, unicast: false, below: true, vmacs: BOTH },
    { title: `${way}, unicast`, unicast: true, below: true, vmacs: BOTH },
  ].map((cell) => ({ ...cell, version, family, vrid: 0 })),
).map((cell, index) => ({ ...cell, vrid: 61 + index }));

type End = "preferred" | "other";
const PRIORITY = { preferred: 150, other: 100 } as const;
const HOST = { preferred: "1", other: "2" } as const;
const PEER = { preferred: "2", other: "1" } as const;

const virtualAddresses = ({ family, vrid }: Cell): string[] =>
  family === 4 ? [`192.0.2.${vrid + 100}/32`] : [`fe80::${vrid}/128`, `2001:db8::${vrid}/128`];

function block(cell: Cell, end: End): string {
  const { vrid, version, family, unicast, below, vmacs } = cell;
  const own = (host: string) => (family === 4 ? `192.0.2.${host}` : `fe80::${host}`);
  return [
    `vrrp_instance VI_${vrid} {\n  state BACKUP\n  interface eth0`,
    `  virtual_router_id ${vrid}\n  priority ${PRIORITY[end]}\n  version ${version}`,
    `  advert_int ${version === 2 ? 1 : 0.5}`,
    vmacs.includes(end) ? "  use_vmac" : "",
    vmacs.includes(end) && below ? "  vmac_xmit_base" : "",
    unicast ? `  unicast_src_ip ${own(HOST[end])}\n  unicast_peer {\n    ${own(PEER[end])}\n  }` : "",
    `  virtual_ipaddress {\n    ${virtualAddresses(cell).join("\n    ")}\n  }\n}`,
  ].join("\n");
}

/** The addresses of each interface of a host, with one question to the kernel. */
function addressesOf(host: Host): Map<string, string[]> {
  const listed: unknown = JSON.parse(host.exec("ip", "-j", "addr"));
  const links = listed as { ifname: string; addr_info: { local: string }[] }[]; // as `ip -j addr` lists
  return new Map(links.map(({ ifname, addr_info }) => [ifname, addr_info.map(({ local }) => local)]));
}

/** "all", "none" or "some" of a cell's addresses, on the interface where they belong. */
function held(addresses: Map<string, string[]>, cell: Cell, end: End): string {
  const here = addresses.get(cell.vmacs.includes(end) ? `vrrp.${cell.vrid}` : "eth0") ?? [];
  const found = virtualAddresses(cell).filter((each) => here.includes(each.split("/")[0] ?? ""));
  return found.length === 0 ? "none" : found.length === virtualAddresses(cell).length ? "all" : "some";
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe.each(
  PAIRS.map((programs) => [`${programs.preferred.name} over ${programs.other.name}`, programs] as const),
)("%s", (_title, programs) => {
  let lab: Lab;
  const macs = new Map<End, string>();
  const pictures: Map<Cell, { preferred: string; other: string }>[] = [];
  let adverts: CapturedAdvert[] = [];

  beforeAll(async () => {
    lab = new Lab();
    const wire = lab.switch();
    const router = (end: End) => {
      const host = lab.host(end, { ipv6: true });
      host.sysctl("net/ipv6/conf/default/addr_gen_mode", 1);
      wire.connect(host, "eth0", [`192.0.2.${HOST[end]}/24`, `fe80::${HOST[end]}/64`]);
      macs.set(end, host.exec("cat", "/sys/class/net/eth0/address").trim());
      const text = CELLS.map((cell) => block(cell, end)).join("\n");
      return { end, host, daemon: new Router(lab, host, programs[end], `${text}\n`) };
    };
    const [preferred, other] = [router("preferred"), router("other")];
    const capture = await Capture.start(lab, wire, "ip proto 112 or ip6 proto 112");
    const has =
      ({ host, end }: typeof preferred, what: "all" | "none") =>
      () => {
        const addresses = addressesOf(host);
        return CELLS.every((cell) => held(addresses, cell, end) === what);
      };
    const look = () => {
      const [first, second] = [addressesOf(preferred.host), addressesOf(other.host)];
      const at = (cell: Cell) => ({
        preferred: held(first, cell, "preferred"),
        other: held(second, cell, "other"),
      });
      pictures.push(new Map(CELLS.map((cell) => [cell, at(cell)])));
    };
    preferred.daemon.start();
    await eventually("the preferred router has everything", has(preferred, "all"), 15_000).catch(() => {});
    other.daemon.start();
    await pause(6_000);
    look();
    await preferred.daemon.stop();
    await eventually("the other router has everything", has(other, "all"), 5_000).catch(() => {});
    look();
    preferred.daemon.start();
    await eventually("the preferred router has everything again", has(preferred, "all"), 15_000).catch(
      () => {},
    );
    await eventually("the other router has nothing", has(other, "none"), 5_000).catch(() => {});
    look();
    await capture.stop();
    adverts = decodeAdverts(capture.file);
  });

  afterAll(() => lab.dispose());

  describe.each(CELLS.map((cell) => [cell.title, cell] as const))("%s", (_cell, cell) => {
    it("the other stays backup while it hears the preferred router, takes over from it, and gives way", () => {
      expect(pictures.map((each) => each.get(cell))).toEqual([
        { preferred: "all", other: "none" },
        { preferred: "none", other: "all" },
        { preferred: "all", other: "none" },
      ]);
    });
  });

  it.each(CELLS.filter(({ family }) => family === 4).map((cell) => [cell.title, cell] as const))(
    "%s: adverts leave with the virtual router's MAC address where they leave by the VMAC",
    (_cell, cell) => {
      const mine = adverts.filter(({ vrid }) => vrid === cell.vrid);
      const sent = (end: End) =>
        new Set(
          mine.filter(({ source }) => source === `192.0.2.${HOST[end]}`).map(({ sourceMac }) => sourceMac),
        );
      const virtual = `00:00:5e:00:01:${cell.vrid.toString(16).padStart(2, "0")}`;
      for (const end of BOTH) {
        const expected = cell.vmacs.includes(end) && !cell.below ? virtual : macs.get(end);
        expect(sent(end)).toEqual(new Set([expected]));
      }
      for (const { checksumsGood, ttl } of mine) expect([checksumsGood, ttl]).toEqual([true, 255]);
    },
  );
});
