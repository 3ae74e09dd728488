import { HOLDFAST_BUNDLE } from "./holdfast.ts";
import { execute } from "./process.ts";

interface PrintedChange {
  readonly address: string;
  readonly kind: string;
  readonly impact: string;
}

/** What `holdfast diff --format json` prints of two files, as `kind address (impact)`, sorted. */
export function printedPlan(before: string, after: string): string[] {
  const printed: unknown = JSON.parse(
    execute([process.execPath, HOLDFAST_BUNDLE, "diff", before, after, "--format", "json"]),
  );
  const { changes } = printed as { changes: PrintedChange[] };
  return changes.map(({ kind, address, impact }) => `${kind} ${address} (${impact})`).sort();
}
