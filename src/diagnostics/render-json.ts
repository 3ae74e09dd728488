import type { Diagnostic, Range } from "./diagnostic.ts";
import { type Counts, countDiagnostics, orderDiagnostics } from "./order.ts";

/** A diagnostic as `--format json` prints it: the subject's range spread out, absent when there is none. */
interface JsonDiagnostic extends Omit<Diagnostic, "subject">, Partial<Range> {}

/** What `--format json` prints. `version` counts incompatible changes of this shape. */
interface JsonReport {
  readonly version: 1;
  readonly diagnostics: readonly JsonDiagnostic[];
  readonly summary: Counts;
}

/** The report as a value. */
function jsonReport(diagnostics: readonly Diagnostic[]): JsonReport {
  const ordered = orderDiagnostics(diagnostics);
  return {
    version: 1,
    diagnostics: ordered.map(({ subject, code, severity, summary, detail, related, suggestions, fix }) => ({
      code,
      severity,
      summary,
      ...(detail === undefined ? {} : { detail }),
      ...subject,
      ...(related && related.length > 0 ? { related } : {}),
      ...(suggestions && suggestions.length > 0 ? { suggestions } : {}),
      ...(fix ? { fix } : {}),
    })),
    summary: countDiagnostics(ordered),
  };
}

/** The report as text, two spaces to a level, newline at the end. */
export function renderJson(diagnostics: readonly Diagnostic[]): string {
  return `${JSON.stringify(jsonReport(diagnostics), null, 2)}\n`;
}
