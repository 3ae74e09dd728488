import type { IpvsDestination, IpvsService } from "../../wire/ipvs-types.ts";
import { destinationName, keyName } from "./names.ts";
import type { ForeignChange } from "./table.ts";

const FORWARDS = { 0: "NAT", 2: "TUN", 3: "DR" } as const;

/** What is otherwise of two services, each property as words: "scheduler wrr instead of rr". */
function serviceDifferences(is: IpvsService, was: IpvsService): string[] {
  return listDifferences([
    ["scheduler", is.scheduler, was.scheduler],
    ["persistence", is.timeout, was.timeout],
    ["persistence engine", is.persistenceEngine || "none", was.persistenceEngine || "none"],
  ]);
}

function destinationDifferences(is: IpvsDestination, was: IpvsDestination): string[] {
  return listDifferences([
    ["weight", is.weight, was.weight],
    ["method", FORWARDS[is.forward], FORWARDS[was.forward]],
    ["uthreshold", is.upperThreshold, was.upperThreshold],
    ["lthreshold", is.lowerThreshold, was.lowerThreshold],
  ]);
}

type Property = readonly [name: string, is: string | number, was: string | number];

function listDifferences(properties: readonly Property[]): string[] {
  return properties.flatMap(([name, is, was]) => (is === was ? [] : [`${name} ${is} instead of ${was}`]));
}

const details = (differences: readonly string[]) =>
  differences.length === 0 ? "" : `: ${differences.join(", ")}`;

/** A change that somebody else has made to the kernel's table, in words. */
export function foreignChangeText({ key, what }: ForeignChange): string {
  const service = `IPVS service ${keyName(key)}`;
  switch (what.type) {
    case "deleted":
      return `${service} was deleted by somebody else`;
    case "edited":
      return `${service} was changed by somebody else${details(serviceDifferences(what.is, what.was))}`;
    case "destination-deleted":
      return `${service}: ${destinationName(what.destination)} was deleted by somebody else`;
    case "destination-added":
      return `${service}: ${destinationName(what.destination)} was added by somebody else`;
    case "destination-edited":
      return `${service}: ${destinationName(what.is)} was changed by somebody else${details(destinationDifferences(what.is, what.was))}`;
  }
}
