import { readFileSync } from "node:fs";

/** Protocols above IP that rules name, for hosts without a table of them. */
const BUILT_IN: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  dccp: 33,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  "ipv6-icmp": 58,
  ospf: 89,
  vrrp: 112,
  sctp: 132,
  udplite: 136,
};

/** The number of a protocol above IP, by number or by its name in /etc/protocols; undefined when there is none. */
export function ipProtocol(text: string, path = "/etc/protocols"): number | undefined {
  if (/^(?:0x[\da-f]+|\d+)$/i.test(text)) return Number(text);
  const name = text.toLowerCase();
  return BUILT_IN[name] ?? protocolsIn(path).get(name);
}

/** Lines of `name NUMBER ALIAS…`. */
function protocolsIn(path: string): Map<string, number> {
  const numbers = new Map<string, number>();
  let text = "";
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return numbers; // small systems have none
  }
  for (const line of text.split("\n")) {
    const [name = "", number = "", ...aliases] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (!/^\d+$/.test(number)) continue;
    for (const one of [name, ...aliases]) numbers.set(one.toLowerCase(), Number(number));
  }
  return numbers;
}
