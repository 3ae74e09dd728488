import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Capture, type CapturedAdvert, decodeAdverts } from "../lab/capture.ts";
import { type Host, Lab } from "../lab/netns.ts";
import { eventually } from "../lab/process.ts";
import { Router } from "../lab/router.ts";
import { PAIRS } from "./pair.ts";

/** One way of talking VRRP: an instance of its own on both routers. */
interface Cell {
  readonly title: string;
  readonly vrid: number;
  readonly version: 2 | 3;
  readonly authentication: "none" | "PASS" | "AH";
  readonly family: 4 | 6;
  readonly unicast: boolean;
}

const WAYS = [
  ["v2", 2, "none", 4],
  ["v2 PASS", 2, "PASS", 4],
  ["v2 AH", 2, "AH", 4],
  ["v3", 3, "none", 4],
  ["v3 IPv6", 3, "none", 6],
] as const;

const CELLS: readonly Cell[] = WAYS.flatMap(([title, version, authentication, family], way) =>
  [false, true].map((unicast, index) => ({
    title: `${title}, ${unicast ? "unicast" : "multicast"}`,
    vrid: 51 + 2 * way + index,
    version,
    authentication,
    family,
    unicast,
  })),
);

/** The same on both routers but for priority and addresses; versions 2 and 3 have different intervals. */
function block(cell: Cell, self: string, peer: string, priority: number): string {
  const { vrid, version, authentication, unicast } = cell;
  const own = (host: string) => (cell.family === 4 ? `192.0.2.${host}` : `fe80::${host}`);
  return [
    `vrrp_instance VI_${vrid} {`,
    "  state BACKUP\n  interface eth0",
    `  virtual_router_id ${vrid}\n  priority ${priority}\n  version ${version}`,
    `  advert_int ${version === 2 ? 1 : 0.5}`,
    unicast ? `  unicast_src_ip ${own(self)}\n  unicast_peer {\n    ${own(peer)}\n  }` : "",
    authentication === "none"
      ? ""
      : `  authentication {\n    auth_type ${authentication}\n    auth_pass s3cret\n  }`,
    `  virtual_ipaddress {\n    ${virtualAddresses(cell).join("\n    ")}\n  }\n}`,
  ].join("\n");
}

/** RFC 9568 §5.2.9: with IPv6 a link local address comes first. */
const virtualAddresses = ({ family, vrid }: Cell): string[] =>
  family === 4 ? [`192.0.2.${vrid + 100}/32`] : [`fe80::${vrid}/128`, `2001:db8::${vrid}/128`];

const holds = (host: Host, cell: Cell): boolean =>
  virtualAddresses(cell).every((address) => host.holds("eth0", address.split("/")[0] ?? ""));

const holdsNone = (host: Host, cell: Cell): boolean =>
  !virtualAddresses(cell).some((address) => host.holds("eth0", address.split("/")[0] ?? ""));

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Who held the addresses of each cell at one moment. */
type Picture = ReadonlyMap<
  Cell,
  { readonly preferred: boolean; readonly other: boolean; readonly torn: boolean }
>;

function picture(preferred: Host, other: Host): Picture {
  return new Map(
    CELLS.map((cell) => {
      const [first, second] = [holds(preferred, cell), holds(other, cell)];
      const torn = (!first && !holdsNone(preferred, cell)) || (!second && !holdsNone(other, cell));
      return [cell, { preferred: first, other: second, torn }];
    }),
  );
}

describe.each(
  PAIRS.map((programs) => [`${programs.preferred.name} over ${programs.other.name}`, programs] as const),
)("%s", (_title, programs) => {
  let lab: Lab;
  const pictures: Picture[] = [];
  let adverts: CapturedAdvert[] = [];

  beforeAll(async () => {
    lab = new Lab();
    const wire = lab.switch();
    const router = (name: "preferred" | "other", self: string, peer: string, priority: number) => {
      const host = lab.host(name, { ipv6: true });
      // Only the addresses given here: which of several link local ones is first is nobody's business.
      host.sysctl("net/ipv6/conf/default/addr_gen_mode", 1);
      wire.connect(host, "eth0", [`192.0.2.${self}/24`, `fe80::${self}/64`]);
      const text = CELLS.map((cell) => block(cell, self, peer, priority)).join("\n");
      return { host, daemon: new Router(lab, host, programs[name], `${text}\n`) };
    };
    const preferred = router("preferred", "1", "2", 150);
    const other = router("other", "2", "1", 100);
    const capture = await Capture.start(lab, wire, "ip proto 112 or ip proto 51");
    const settled = (host: Host) => () => CELLS.every((cell) => holds(host, cell));

    preferred.daemon.start();
    await eventually("the preferred router has everything", settled(preferred.host), 15_000);
    other.daemon.start();
    await pause(6_000);
    pictures.push(picture(preferred.host, other.host));
    await preferred.daemon.stop();
    await eventually("the other router has everything", settled(other.host), 5_000).catch(() => {});
    pictures.push(picture(preferred.host, other.host));
    preferred.daemon.start();
    await eventually("the preferred router has everything again", settled(preferred.host), 15_000).catch(
      () => {},
    );
    const cleared = () => CELLS.every((cell) => holdsNone(other.host, cell));
    await eventually("the other router has nothing", cleared, 5_000).catch(() => {});
    pictures.push(picture(preferred.host, other.host));
    await capture.stop();
    adverts = decodeAdverts(capture.file);
  });

  afterAll(() => lab.dispose());

  const masters = (cell: Cell) => pictures.map((each) => each.get(cell));

  describe.each(CELLS.map((cell) => [cell.title, cell] as const))("%s", (_cell, cell) => {
    it("the other stays backup while it hears the preferred router, takes over from it, and gives way", () => {
      expect(masters(cell)).toEqual([
        { preferred: true, other: false, torn: false },
        { preferred: false, other: true, torn: false },
        { preferred: true, other: false, torn: false },
      ]);
    });
  });

  it.each(CELLS.filter(({ family }) => family === 4).map((cell) => [cell.title, cell] as const))(
    "%s: adverts are well-formed",
    (_cell, cell) => {
      const mine = adverts.filter(({ vrid }) => vrid === cell.vrid);
      expect(new Set(mine.map(({ source }) => source))).toEqual(new Set(["192.0.2.1", "192.0.2.2"]));
      for (const { checksumsGood, ttl } of mine) expect([checksumsGood, ttl]).toEqual([true, 255]);
    },
  );
});
