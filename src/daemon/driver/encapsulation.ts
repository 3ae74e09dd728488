import { canonicalIp } from "../../values/ip.ts";
import type { Encapsulation, IpTunnel } from "../../wire/rtnetlink-encap.ts";

/** `name value` pairs. */
function pairs(words: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (let at = 0; at + 1 < words.length; at += 2) found.set(words[at] ?? "", words[at + 1] ?? "");
  return found;
}

/** A number in decimal or hexadecimal. */
const number = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);

/** The words of `encap` as a tunnel; undefined when they are of none. */
export function encapsulation([type, ...words]: readonly string[]): Encapsulation | undefined {
  switch (type) {
    case "mpls": {
      const [stack = "", ...rest] = words;
      const labels = stack.split("/").map(Number);
      const ttl = number(pairs(rest).get("ttl"));
      return labels.every((label) => label >= 0 && label < 1 << 20)
        ? { type, labels, ...(ttl !== undefined && { ttl }) }
        : undefined;
    }
    case "ip":
    case "ip6":
      return tunnel(type, pairs(words));
    case "ila": {
      const locator = locatorOf(words[0] === "locator" ? words[1] : words[0]);
      return locator === undefined ? undefined : { type, locator };
    }
    case "seg6": {
      const options = pairs(words);
      const mode = options.get("mode") === "inline" ? "inline" : "encap";
      const segments = (options.get("segs") ?? "").split(",").flatMap((one) => canonicalIp(one) ?? []);
      return segments.length === 0 ? undefined : { type, mode, segments };
    }
    default:
      return undefined;
  }
}

function tunnel(type: "ip" | "ip6", options: ReadonlyMap<string, string>): IpTunnel {
  const id = options.get("id");
  const [dst, src] = [options.get("dst"), options.get("src")].map(
    (text) => text !== undefined && canonicalIp(text),
  );
  const tos = number(options.get("tos") ?? options.get("tc"));
  const ttl = number(options.get("ttl") ?? options.get("hoplimit"));
  const flags = number(options.get("flags"));
  return {
    type,
    ...(id !== undefined && { id: BigInt(id) }),
    ...(dst && { dst }),
    ...(src && { src }),
    ...(tos !== undefined && { tos }),
    ...(ttl !== undefined && { ttl }),
    ...(flags !== undefined && { flags }),
  };
}

/** `a:b:c:d`: four groups of 16 bits. */
function locatorOf(text = ""): bigint | undefined {
  const groups = text.split(":");
  if (groups.length !== 4 || !groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((all, group) => (all << 16n) | BigInt(Number.parseInt(group, 16)), 0n);
}
