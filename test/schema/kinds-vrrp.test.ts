import { describe, expect, it } from "vitest";
import type { Word } from "../../grammar/tree.ts";
import type { Fault, Kind } from "../../src/schema/kind.ts";
import { onOff, optional, word } from "../../src/schema/kinds.ts";
import { staticAddress, virtualAddress } from "../../src/schema/kinds-address.ts";
import { route } from "../../src/schema/kinds-route.ts";
import { rule } from "../../src/schema/kinds-rule.ts";
import { fifo, optionalScript } from "../../src/schema/kinds-script.ts";
import {
  factor,
  initialValue,
  linkbeatInterface,
  trackedBfd,
  trackedFile,
} from "../../src/schema/kinds-track.ts";
import {
  bfdMilliseconds,
  extraGarp,
  hmacKey,
  ipvlanUse,
  receiveBuffers,
  upDownDelay,
  vmacUse,
} from "../../src/schema/kinds-vrrp.ts";

interface Read {
  readonly value: unknown;
  readonly faults: readonly string[];
  /** As a dump has it. */
  readonly text: string | undefined;
}

function read<T>(kind: Kind<T>, text: string): Read {
  const faults: Fault[] = [];
  const words: Word[] = text
    .split(" ")
    .filter((one) => one !== "")
    .map((one) => ({ text: one, quoted: false, origin: 1 }));
  const value = kind.parse(words, (fault) => faults.push(fault));
  return {
    value,
    faults: faults.map(({ code }) => code),
    text: value === undefined ? undefined : kind.format(value).join(" "),
  };
}

describe("routes", () => {
  it.each([
    ["10.0.0.0/8 via 10.9.0.2", "10.0.0.0/8 via 10.9.0.2"],
    ["src 10.0.0.1 to 10.0.0.0/8 dev eth0", "10.0.0.0/8 dev eth0 src 10.0.0.1"],
    ["default via 10.9.0.2", "0.0.0.0/0 via 10.9.0.2"],
    ["default6 via 2001:DB8::1", "::/0 via 2001:db8::1"],
    ["2001:db8:0:0::/32 via inet6 fe80::1 dev eth0", "2001:db8::/32 via fe80::1 dev eth0"],
    ["10.0.0.1/32 oif eth0 priority 5 dsfield 0x10", "10.0.0.1 dev eth0 tos 16 metric 5"],
    ["blackhole 10.0.0.0/8 mtu lock 1400", "blackhole 10.0.0.0/8 mtu lock 1400"],
    [
      "default nexthop via 10.9.0.2 weight 2 nexthop dev eth1 onlink",
      "0.0.0.0/0 nexthop via 10.9.0.2 weight 2 nexthop dev eth1 onlink",
    ],
    ["10.0.0.0/8 encap ip id 5 dst 10.0.0.1 dev eth0", "10.0.0.0/8 dev eth0 encap ip id 5 dst 10.0.0.1"],
  ])("%s", (written, dumped) => {
    expect(read(route, written)).toMatchObject({ faults: [], text: dumped });
    expect(read(route, dumped).value).toEqual(read(route, written).value);
  });

  it.each([
    ["via 10.9.0.2", "missing-destination"],
    ["10.0.0.0/8 colour red", "unknown-option"],
    ["10.0.0.0/8 via 2001:db8::1", "mixed-families"],
    ["10.0.0.0/8 dev eth0 pref low", "mixed-families"],
    ["10.0.0.0/8 nexthop via 10.9.0.2 or 10.9.0.3", "unknown-option"],
    ["10.0.0.0/8 nexthop via 10.9.0.2 weight 0", "out-of-range"],
    ["10.0.0.0/8 mtu x", "invalid-number"],
    ["10.0.0.0/8 scope nosuch", "invalid-choice"],
    ["10.0.0.0/8 via", "missing-value"],
  ])("%s is refused: %s", (written, code) => {
    expect(read(route, written)).toMatchObject({ value: undefined, faults: [code] });
  });

  it("are kept, with a warning, where keepalived changes them", () => {
    expect(read(route, "10.0.0.0/8 dev eth0 protocol bird")).toMatchObject({
      faults: ["protocol-reset"],
      text: "10.0.0.0/8 dev eth0",
    });
    expect(read(route, "10.0.0.0/8 gw 10.9.0.2").faults).toEqual(["deprecated"]);
    expect(read(route, "10.0.0.0/33 dev eth0").faults).toEqual(["invalid-prefix-length"]);
  });
});

describe("rules", () => {
  it.each([
    ["from 10.0.0.0/8 lookup main priority 5", "from 10.0.0.0/8 preference 5 table main"],
    ["not from all to 10.0.0.1/32 goto 9 order 5", "not from all to 10.0.0.1 preference 5 goto 9"],
    ["inet6 inet6 dev lo table 3 preference 5", "inet6 inet6 iif lo preference 5 table 3"],
    [
      "from 10.0.0.0/8 ipproto udp dport 20-30 preference 5 l3mdev",
      "from 10.0.0.0/8 ipproto udp dport 20-30 preference 5 l3mdev",
    ],
  ])("%s", (written, dumped) => {
    expect(read(rule, written)).toMatchObject({ faults: [], text: dumped });
  });

  it.each([
    ["from 10.0.0.0/8 preference 5", "missing-action"],
    ["from 10.0.0.0/8 table 5 blackhole preference 5", "conflicting-options"],
    ["from 10.0.0.0/8 goto 5", "invalid-goto"],
    ["from 10.0.0.0/8 to ::1 table 5 preference 5", "mixed-families"],
    ["from 10.0.0.0/8 table 5 pref 5", "unknown-option"],
    ["from 10.0.0.0/8 table 5 sport 5", "invalid-number"],
    ["from nowhere table 5", "invalid-address"],
    ["table 5 tos 300", "invalid-number"],
  ])("%s is refused: %s", (written, code) => {
    expect(read(rule, written)).toMatchObject({ value: undefined, faults: [code] });
  });

  it("without preference are a matter of chance", () => {
    expect(read(rule, "from 10.0.0.0/8 table 5").faults).toEqual(["rule-without-preference"]);
  });
});

describe("addresses", () => {
  it("have options by place", () => {
    expect(read(staticAddress, "10.0.0.1/8 dev eth0 -nodad track_group T preferred_lft forever")).toEqual({
      value: {
        address: "10.0.0.1",
        prefixLength: 8,
        dev: "eth0",
        nodad: true,
        track_group: "T",
        preferred_lft: "forever",
      },
      faults: [],
      text: "10.0.0.1/8 dev eth0 -nodad preferred_lft forever track_group T",
    });
    expect(read(staticAddress, "10.0.0.1 use_vmac").faults).toEqual(["unknown-option"]);
    expect(read(virtualAddress, "10.0.0.1 track_group T").faults[0]).toBe("unknown-option");
    expect(read(virtualAddress, "10.0.0.1 use_vmac home").value).toMatchObject({
      use_vmac: true,
      home: true,
    });
  });

  it("of IPv6 have neither broadcast nor label", () => {
    expect(read(staticAddress, "::1 brd 10.0.0.1")).toMatchObject({ value: undefined });
    expect(read(staticAddress, "::1 label x")).toMatchObject({ faults: ["mixed-families"], text: "::1" });
  });
});

describe("made interfaces", () => {
  it.each([
    ["", {}],
    ["vrrp.1", { name: "vrrp.1" }],
    ["00:11:22:33:44:5A vrrp.1", { name: "vrrp.1", mac: "00:11:22:33:44:5a" }],
    ["name group netlink_notify_msg group 5", { name: "group", netlinkNotifyMessage: true, group: "5" }],
    ["2:2:3:4:5", { mac: "02:02:03:04:05" }],
  ])("use_vmac %s", (written, value) => {
    const { text = "", ...first } = read(vmacUse, written);
    expect(first).toEqual({ value, faults: [] });
    expect(read(vmacUse, text).value).toEqual(value);
  });

  it.each([
    ["a b", "extra-words"],
    ["01:00:5e:00:00:01", "invalid-mac"],
    ["00:00:5e:00:01:01", "invalid-mac"],
    ["group", "missing-value"],
    ["averyverylongname", "invalid-interface"],
  ])("use_vmac %s is complained of", (written, code) => {
    expect(read(vmacUse, written).faults).toEqual([code]);
  });

  it("use_ipvlan has a name, an address and a flag", () => {
    expect(read(ipvlanUse, "private 10.0.0.1/24 name bridge")).toEqual({
      value: { name: "bridge", address: "10.0.0.1/24", flag: "private" },
      faults: [],
      text: "name bridge 10.0.0.1/24 private",
    });
  });
});

describe("small values", () => {
  it.each<[string, Kind<unknown>, string, unknown, string[]]>([
    ["key as text", hmacKey as Kind<unknown>, `1 ${"x".repeat(32)}`, { id: 1, value: "x".repeat(32) }, []],
    ["short key", hmacKey as Kind<unknown>, "1 hex:00", undefined, ["invalid-key"]],
    ["no digits", hmacKey as Kind<unknown>, `1 hex:${"zz".repeat(32)}`, undefined, ["invalid-key"]],
    ["key in a file", hmacKey as Kind<unknown>, "1 file:/k", { id: 1, value: "file:/k" }, []],
    ["no id", hmacKey as Kind<unknown>, "0 file:/k", undefined, ["out-of-range"]],
    ["all", extraGarp(1) as Kind<unknown>, "all 100", { all: true, interval: 100_000_000 }, []],
    ["all of nothing", extraGarp(1) as Kind<unknown>, "all", undefined, ["incomplete-option"]],
    ["no garp", extraGarp(1) as Kind<unknown>, "0", undefined, ["out-of-range"]],
    ["policy", receiveBuffers as Kind<unknown>, "MTU", "MTU", []],
    ["bytes", receiveBuffers as Kind<unknown>, "4096", 4096, []],
    ["no policy", receiveBuffers as Kind<unknown>, "FOO", undefined, ["invalid-number"]],
    [
      "one delay",
      upDownDelay as Kind<unknown>,
      "eth0 1.5",
      { interface: "eth0", downDelay: 1_500_000, upDelay: 1_500_000 },
      [],
    ],
    ["long delay", upDownDelay as Kind<unknown>, "eth0 256", undefined, ["out-of-range"]],
    ["milliseconds", bfdMilliseconds(1) as Kind<unknown>, "3.312", 3_312, []],
    ["too few", bfdMilliseconds(1) as Kind<unknown>, "0", undefined, ["out-of-range"]],
    ["linkbeat", linkbeatInterface as Kind<unknown>, "eth0 MII", { interface: "eth0", type: "MII" }, []],
    ["lower case", linkbeatInterface as Kind<unknown>, "eth0 mii", { interface: "eth0" }, ["invalid-choice"]],
    [
      "file weight",
      trackedFile as Kind<unknown>,
      "f weight -254",
      { name: "f", weight: -254, reverse: false },
      [],
    ],
    [
      "bfd weight",
      trackedBfd as Kind<unknown>,
      "b weight 254",
      { name: "b", reverse: false },
      ["out-of-range"],
    ],
    ["own weight", factor as Kind<unknown>, "254 reverse", { weight: 254, reverse: true }, []],
    ["initial", initialValue as Kind<unknown>, "overwrite 5", { value: 5, overwrite: true }, []],
    ["not initial", initialValue as Kind<unknown>, "x", { value: 0, overwrite: false }, ["unknown-option"]],
    ["off", onOff as Kind<unknown>, "off", false, []],
    ["neither", onOff as Kind<unknown>, "maybe", undefined, ["invalid-choice"]],
    ["bare", optional(word, "bare") as Kind<unknown>, "", "bare", []],
    ["no script", optionalScript as Kind<unknown>, "", { argv: [] }, []],
    ["fifo", fifo as Kind<unknown>, "/run/f root", { path: "/run/f", user: "root" }, []],
  ])("%s", (_name, kind, text, value, faults) => {
    const first = read(kind, text);
    expect(first).toMatchObject({ value, faults });
    if (first.text !== undefined) expect(read(kind, first.text).value).toEqual(value);
  });
});
