import { describe, expect, it } from "vitest";
import type { Word } from "../../grammar/tree.ts";
import type { Fault, Kind } from "../../src/schema/kind.ts";
import {
  integer,
  interfaceName,
  ipAddress,
  ipAddressMaybePrefix,
  multicastGroup,
  oneOf,
  oneOfAnyCase,
  repetitions,
  seconds,
  wholeSeconds,
} from "../../src/schema/kinds.ts";
import { unicastPeer, virtualAddress } from "../../src/schema/kinds-address.ts";
import { forwarding } from "../../src/schema/kinds-forwarding.ts";
import { scriptCommand, splitCommand, userGroup } from "../../src/schema/kinds-script.ts";
import {
  granularity,
  persistenceTimeout,
  scheduler,
  serverAddress,
  serviceName,
  statusRanges,
} from "../../src/schema/kinds-server.ts";
import { scriptWeight, trackedInterface, trackedScript } from "../../src/schema/kinds-track.ts";

interface Parsed {
  readonly value: unknown;
  readonly faults: readonly string[];
  readonly formatted?: readonly string[];
}

/** Parses words, and formats what came of them. */
function parse<T>(kind: Kind<T>, ...texts: string[]): Parsed {
  const faults: Fault[] = [];
  const words: Word[] = texts.map((text) => ({ text, quoted: false, origin: 1 }));
  const value = kind.parse(words, (fault) => faults.push(fault));
  return {
    value,
    faults: faults.map(({ code }) => code),
    ...(value === undefined ? {} : { formatted: kind.format(value) }),
  };
}

describe("scalars", () => {
  it.each<[string, Kind<unknown>, string, unknown, string[]]>([
    ["lower bound", integer(1, 255) as Kind<unknown>, "1", 1, []],
    ["upper bound", integer(1, 255) as Kind<unknown>, "255", 255, []],
    ["sign", integer(1, 255) as Kind<unknown>, "+10", 10, []],
    ["below", integer(1, 255) as Kind<unknown>, "0", undefined, ["out-of-range"]],
    ["above", integer(1, 255) as Kind<unknown>, "256", undefined, ["out-of-range"]],
    ["negative", integer(0, 255) as Kind<unknown>, "-1", undefined, ["out-of-range"]],
    ["decimal", integer(1, 255) as Kind<unknown>, "1.5", undefined, ["invalid-number"]],
    ["letters", integer(1, 255) as Kind<unknown>, "10x", undefined, ["invalid-number"]],
    ["hexadecimal", integer(1, 255) as Kind<unknown>, "0x10", undefined, ["invalid-number"]],
    ["seconds", seconds(0.01, 255) as Kind<unknown>, "0.25", 250_000, []],
    ["short seconds", seconds(0.01, 255) as Kind<unknown>, "0.001", undefined, ["out-of-range"]],
    ["negative seconds", seconds(0, 255) as Kind<unknown>, "-1", undefined, ["out-of-range"]],
    ["signed seconds", seconds(0, 255) as Kind<unknown>, "+1.5", 1_500_000, []],
    ["too few", repetitions as Kind<unknown>, "0", 1, ["out-of-range"]],
    ["group", multicastGroup(4) as Kind<unknown>, "224.0.0.18", "224.0.0.18", []],
    ["no group", multicastGroup(4) as Kind<unknown>, "10.0.0.1", undefined, ["invalid-address"]],
    ["IPv6 group", multicastGroup(6) as Kind<unknown>, "FF02::12", "ff02::12", []],
    ["no seconds", seconds(0, 255) as Kind<unknown>, "1s", undefined, ["invalid-number"]],
    ["whole seconds", wholeSeconds(0, 10) as Kind<unknown>, "5", 5_000_000, []],
    ["not whole", wholeSeconds(0, 10) as Kind<unknown>, "0.5", undefined, ["invalid-number"]],
    ["choice", oneOf("A", "B") as Kind<unknown>, "B", "B", []],
    ["case counts", oneOf("A", "B") as Kind<unknown>, "b", undefined, ["invalid-choice"]],
    ["case does not", oneOfAnyCase("TCP", "UDP") as Kind<unknown>, "udp", "UDP", []],
    ["IPv4", ipAddress() as Kind<unknown>, "10.0.0.1", "10.0.0.1", []],
    ["IPv6", ipAddress() as Kind<unknown>, "2001:DB8:0::1", "2001:db8::1", []],
    ["wrong family", ipAddress(4) as Kind<unknown>, "::1", undefined, ["invalid-address"]],
    ["prefix", ipAddress() as Kind<unknown>, "10.0.0.1/24", undefined, ["invalid-address"]],
    ["ignored prefix", ipAddressMaybePrefix as Kind<unknown>, "10.0.0.1/24", "10.0.0.1", []],
    ["interface", interfaceName as Kind<unknown>, "eth0.100", "eth0.100", []],
    ["long interface", interfaceName as Kind<unknown>, "abcdefghijklmnop", undefined, ["invalid-interface"]],
    ["scheduler", scheduler as Kind<unknown>, "mh", "mh", []],
    ["no scheduler", scheduler as Kind<unknown>, "best", undefined, ["invalid-choice"]],
    ["mask", granularity as Kind<unknown>, "255.255.128.0", { length: 17, netmask: true }, []],
    ["no mask", granularity as Kind<unknown>, "255.0.255.0", undefined, ["invalid-netmask"]],
    ["prefix length", granularity as Kind<unknown>, "64", { length: 64, netmask: false }, []],
  ])("%s", (_name, kind, text, value, faults) => {
    expect(parse(kind, text)).toMatchObject({ value, faults });
  });

  it("choices suggest the right case", () => {
    const faults: Fault[] = [];
    oneOf("MASTER", "BACKUP").parse([{ text: "master", quoted: false, origin: 1 }], (fault) =>
      faults.push(fault),
    );
    expect(faults[0]?.suggestions).toEqual(["MASTER"]);
  });

  it("times are written in seconds, and so in JSON", () => {
    expect(seconds(0, 10).format(1_500_000)).toEqual(["1.5"]);
    expect(seconds(0, 10).toJson?.(1_500_000)).toBe(1.5);
  });
});

describe("scripts", () => {
  it.each([
    ["/bin/a", ["/bin/a"]],
    ["  /bin/a  b\tc ", ["/bin/a", "b", "c"]],
    ["/bin/a 'b c' \"d e\"", ["/bin/a", "b c", "d e"]],
    ["/bin/a 'it is \"so\"'", ["/bin/a", 'it is "so"']],
    ["/bin/a ''", ["/bin/a", ""]],
    ["/bin/a b'c d'e", ["/bin/a", "bc de"]],
  ])("%j is split", (text, argv) => {
    expect(splitCommand(text)).toEqual(argv);
  });

  it.each([["it's"], ['say "so"'], [`both ' and "`], [""], ["two words"], ["plain"]])(
    "the argument %j survives",
    (argument) => {
      const [text = ""] = scriptCommand.format({ argv: ["/bin/a", argument] });
      expect(splitCommand(text)).toEqual(["/bin/a", argument]);
    },
  );

  it("have a user and a group", () => {
    expect(parse(scriptCommand, "/bin/a b", "root", ":adm")).toEqual({
      value: { argv: ["/bin/a", "b"], user: "root", group: ":adm" },
      faults: [],
      formatted: ["/bin/a b", "root", ":adm"],
    });
    expect(parse(userGroup, "root")).toMatchObject({ value: { user: "root" }, formatted: ["root"] });
    expect(parse(scriptCommand, "/bin/a", "-x").faults).toEqual(["unquoted-arguments"]);
    expect(parse(scriptCommand, " ").faults).toEqual(["invalid-script"]);
  });
});

describe("tracking", () => {
  it("takes a weight and its reverse", () => {
    expect(parse(trackedInterface, "eth0")).toMatchObject({
      value: { interface: "eth0", weight: 0, reverse: false },
      formatted: ["eth0"],
    });
    expect(parse(trackedInterface, "eth0", "weight", "-5", "reverse")).toMatchObject({
      value: { interface: "eth0", weight: -5, reverse: true },
      formatted: ["eth0", "weight", "-5", "reverse"],
    });
    expect(parse(trackedScript, "chk")).toMatchObject({ value: { script: "chk", reverse: false } });
    expect(parse(trackedScript, "chk", "weight", "0", "noreverse")).toMatchObject({
      value: { script: "chk", weight: 0, reverse: false },
      formatted: ["chk", "weight", "0"],
    });
    expect(parse(scriptWeight, "5", "reverse")).toMatchObject({ formatted: ["5", "reverse"] });
  });

  it("complains of weights that move a priority out of its range", () => {
    expect(parse(trackedScript, "chk", "weight", "254").faults).toEqual(["out-of-range"]);
    expect(parse(trackedScript, "chk", "weight").faults).toEqual(["incomplete-option"]);
    expect(parse(trackedScript, "chk", "wieght", "3").faults).toEqual(["unknown-option"]);
    expect(parse(scriptWeight, "5", "rev").faults).toEqual(["unknown-option"]);
  });
});

describe("addresses", () => {
  it("have a prefix length, all bits when none is written", () => {
    expect(parse(virtualAddress, "10.0.0.1").value).toEqual({ address: "10.0.0.1", prefixLength: 32 });
    expect(parse(virtualAddress, "2001:db8::1").value).toEqual({ address: "2001:db8::1", prefixLength: 128 });
    expect(parse(virtualAddress, "10.0.0.1/24").formatted).toEqual(["10.0.0.1/24"]);
    expect(parse(virtualAddress, "10.0.0.1/0").value).toMatchObject({ prefixLength: 0 });
    expect(parse(virtualAddress, "10.0.0.1/33")).toMatchObject({
      value: { prefixLength: 32 },
      faults: ["invalid-prefix-length"],
    });
  });

  it("have the options of ip address", () => {
    const written = "10.0.0.1/24 brd 10.0.0.255 dev eth0 scope link label eth0:1".split(" ");
    expect(parse(virtualAddress, ...written)).toEqual({
      value: {
        address: "10.0.0.1",
        prefixLength: 24,
        broadcast: "10.0.0.255",
        dev: "eth0",
        scope: 253,
        label: "eth0:1",
      },
      faults: [],
      formatted: written,
    });
    // With a peer there is no broadcast address, and no prefix length.
    expect(parse(virtualAddress, ..."10.0.0.1/24 brd + peer 10.0.0.2".split(" "))).toEqual({
      value: { address: "10.0.0.1", prefixLength: 32, peer: "10.0.0.2" },
      faults: ["conflicting-options", "conflicting-options"],
      formatted: ["10.0.0.1", "peer", "10.0.0.2"],
    });
    expect(parse(virtualAddress, "10.0.0.1/31", "brd", "+")).toMatchObject({
      value: { address: "10.0.0.1", prefixLength: 31 },
      faults: ["conflicting-options"],
      formatted: ["10.0.0.1/31"],
    });
    expect(parse(virtualAddress, "10.0.0.1", "preferred_lft", "0", "no_track")).toMatchObject({
      value: { preferred_lft: 0, no_track: true },
      faults: [],
      formatted: ["10.0.0.1", "no_track", "preferred_lft", "0"],
    });
  });

  it("of unicast peers have limits of the TTL", () => {
    expect(parse(unicastPeer, "10.0.0.1", "min_ttl", "254", "max_ttl", "255")).toMatchObject({
      value: { address: "10.0.0.1", minTtl: 254, maxTtl: 255 },
      formatted: ["10.0.0.1", "min_ttl", "254", "max_ttl", "255"],
    });
    expect(parse(unicastPeer, "10.0.0.1", "max_ttl", "256").faults).toEqual(["out-of-range"]);
  });
});

describe("servers", () => {
  it("are services by address, mark or group", () => {
    expect(parse(serviceName, "10.0.0.1", "80")).toMatchObject({
      value: { type: "address", address: "10.0.0.1", port: 80 },
      formatted: ["10.0.0.1", "80"],
    });
    expect(parse(serviceName, "10.0.0.1/24").value).toEqual({
      type: "address",
      address: "10.0.0.1",
      port: 0,
    });
    expect(parse(serviceName, "fwmark", "5")).toMatchObject({
      value: { type: "fwmark", fwmark: 5 },
      formatted: ["fwmark", "5"],
    });
    expect(parse(serviceName, "group", "G")).toMatchObject({ value: { type: "group", group: "G" } });
    expect(parse(serviceName, "fwmark", "0").faults).toEqual(["out-of-range"]);
    expect(parse(serviceName, "fwmark").faults).toEqual(["missing-value"]);
    expect(parse(serviceName, "10.0.0.1", "http").faults).toEqual(["invalid-number"]);
    expect(parse(serverAddress, "::1", "65536").faults).toEqual(["out-of-range"]);
  });

  it("are reached by a method", () => {
    expect(parse(forwarding, "DR")).toMatchObject({ value: { method: "DR" }, faults: [], formatted: ["DR"] });
    expect(parse(forwarding, "dr").faults).toEqual(["invalid-choice"]);
    expect(parse(forwarding, "TUN", "type", "ipip")).toMatchObject({ value: { method: "TUN" }, faults: [] });
    expect(parse(forwarding, "TUN", "type", "gue", "port", "5555", "csum")).toMatchObject({
      value: { method: "TUN", tunnel: { type: "gue", port: 5555, checksum: "csum" } },
      faults: [],
      formatted: ["TUN", "type", "gue", "port", "5555", "csum"],
    });
    expect(parse(forwarding, "NAT", "x").faults).toEqual(["extra-words"]);
  });

  it("keep clients for a while", () => {
    expect(parse(persistenceTimeout).value).toBe(360);
    expect(parse(persistenceTimeout, "2678401").faults).toEqual(["out-of-range"]);
  });

  it("answer with status codes", () => {
    expect(parse(statusRanges, "200", "301-302")).toMatchObject({
      value: [
        [200, 200],
        [301, 302],
      ],
      formatted: ["200", "301-302"],
    });
    expect(parse(statusRanges, "600", "20x", "300-200")).toMatchObject({
      value: undefined,
      faults: ["invalid-status", "invalid-status", "invalid-status"],
    });
  });
});
