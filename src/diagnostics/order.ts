import type { Diagnostic } from "./diagnostic.ts";

/** How many of each severity. */
export interface Counts {
  readonly errors: number;
  readonly warnings: number;
  readonly notes: number;
}

/** Counts by severity. */
export function countDiagnostics(diagnostics: readonly Diagnostic[]): Counts {
  const count = (severity: string): number => diagnostics.filter((one) => one.severity === severity).length;
  return { errors: count("error"), warnings: count("warning"), notes: count("note") };
}

function identity({ code, severity, summary, subject }: Diagnostic): string {
  return JSON.stringify([code, severity, summary, subject]);
}

/**
 * The diagnostics in the order a person reads them, each once: those without a place first, then file by file in
 * the order the files first appear, then by line and column; same place: as reported.
 */
export function orderDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const files = new Map<string, number>();
  const once = new Map<string, Diagnostic>();
  for (const diagnostic of diagnostics) {
    const key = identity(diagnostic);
    if (!once.has(key)) once.set(key, diagnostic);
    if (diagnostic.subject && !files.has(diagnostic.subject.file)) {
      files.set(diagnostic.subject.file, files.size);
    }
  }
  const rank = ({ subject }: Diagnostic): [number, number, number] =>
    subject ? [files.get(subject.file) ?? 0, subject.line, subject.column] : [-1, 0, 0];
  return [...once.values()].sort((a, b) => {
    const left = rank(a);
    const right = rank(b);
    return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
  });
}
