import { readFileSync } from "node:fs";

/** Where names of link groups are looked up, the administrator's file first. */
const FILES = ["/etc/iproute2/group", "/usr/share/iproute2/group"];

/** The number of a link group, from a number or a name of /etc/iproute2/group; undefined for an unknown name. */
export function groupNumber(group: string): number | undefined {
  if (/^(?:\d+|0x[\da-f]+)$/i.test(group)) return Number(group);
  for (const file of FILES) {
    try {
      for (const line of readFileSync(file, "utf8").split("\n")) {
        const [number = "", name] = line.replace(/#.*/, "").trim().split(/\s+/);
        if (name === group) return Number(number);
      }
    } catch {
      // not there
    }
  }
  return undefined;
}
