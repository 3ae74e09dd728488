import type { Change } from "../../plan/plan.ts";

/** The virtual server that a change is about, or about something in. */
function serviceOf({ object, id, parent }: Change): string | undefined {
  if (object === "virtual_server") return id;
  return object === "real_server" || object === "sorry_server" ? parent : undefined;
}

/**
 * Changes in slices that can be carried out one after the other, each of at least `size`: all
 * changes of a virtual server are in one slice, and those that are about none are with the ones before.
 */
export function* slicesOf(changes: Iterable<Change>, size: number): Iterable<readonly Change[]> {
  let slice: Change[] = [];
  let service: string | undefined;
  for (const change of changes) {
    const next = serviceOf(change);
    if (slice.length >= size && next !== undefined && next !== service) {
      yield slice;
      slice = [];
    }
    slice.push(change);
    service = next;
  }
  yield slice;
}
