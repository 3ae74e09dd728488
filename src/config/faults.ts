import type { Places } from "../../grammar/line.ts";
import type { Origin } from "../../grammar/tree.ts";
import type { Related, Report } from "../diagnostics/diagnostic.ts";
import type { Fault } from "../schema/kind.ts";

/** Another place that belongs to a fault, and what is there. */
interface RelatedOrigin {
  readonly origin: Origin;
  readonly message: string;
}

/** Where decoding and checking put what they find: a fault and the origin it is about, 0 for none. */
export type ReportFault = (fault: Fault, origin: Origin, related?: readonly RelatedOrigin[]) => void;

/** Turns faults into diagnostics with their places. */
export function faultReporter(places: Places, report: Report): ReportFault {
  return (fault, origin, related = []) => {
    const at = (place: RelatedOrigin): Related => ({
      range: places.range(place.origin),
      message: place.message,
    });
    const all = [
      ...related.filter((place) => place.origin !== 0).map(at),
      ...(origin === 0 ? [] : places.related(origin)),
    ];
    report({
      severity: "error",
      ...fault,
      ...(origin === 0 ? {} : { subject: places.range(origin) }),
      ...(all.length > 0 ? { related: all } : {}),
    });
  };
}
