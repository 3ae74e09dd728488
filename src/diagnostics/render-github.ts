import type { Diagnostic, Severity } from "./diagnostic.ts";
import { orderDiagnostics } from "./order.ts";

const COMMANDS: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", note: "notice" };

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

function properties({ code, subject }: Diagnostic): string {
  const title: readonly [string, string | number] = ["title", code];
  const place: readonly (readonly [string, string | number])[] = subject
    ? [
        ["file", subject.file],
        ["line", subject.line],
        ["endLine", subject.endLine],
        ["col", subject.column],
        // GitHub counts the last column in, and takes columns only where all is on one line.
        ...(subject.endLine === subject.line
          ? [["endColumn", Math.max(subject.column, subject.endColumn - 1)] as const]
          : []),
      ]
    : [];
  return [...place, title].map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(",");
}

function message({ summary, detail, suggestions = [], related = [] }: Diagnostic): string {
  return [
    summary,
    ...(detail === undefined ? [] : [detail]),
    ...(suggestions.length > 0 ? [`Did you mean ${suggestions.join(" or ")}?`] : []),
    ...related.map(({ range, message: text }) => `${range.file}:${range.line}: ${text}`),
  ].join("\n");
}

/**
 * The diagnostics as commands to a GitHub workflow, one a line, which GitHub shows at the lines of a pull request.
 * Paths are given as they are: relative to the root of the repository, GitHub finds the file.
 */
export function renderGithub(diagnostics: readonly Diagnostic[]): string {
  return orderDiagnostics(diagnostics)
    .map((one) => `::${COMMANDS[one.severity]} ${properties(one)}::${escapeData(message(one))}\n`)
    .join("");
}
