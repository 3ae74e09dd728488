import { CODES } from "./codes.ts";
import type { Diagnostic, Fix, Range } from "./diagnostic.ts";
import { orderDiagnostics } from "./order.ts";
import type { Suppressed } from "./suppress.ts";

/** What the report says besides the diagnostics. */
export interface SarifOptions {
  /** Of Holdfast. */
  readonly version: string;
  /** Diagnostics that are in the report only to say that somebody silenced them. */
  readonly suppressed?: readonly Suppressed[];
}

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/** All codes, in the order in which results refer to them. */
const RULES: readonly string[] = Object.keys(CODES).sort();

function rule(code: string): object {
  const { explanation = "", severity = "warning", suppressible } = CODES[code] ?? {};
  const way = suppressible
    ? `A comment \`# holdfast-ignore ${code}\` on its line silences it.`
    : "No comment silences an error.";
  return {
    id: code,
    shortDescription: { text: explanation },
    fullDescription: { text: explanation },
    help: { text: `${explanation} ${way.replaceAll("`", "")}`, markdown: `${explanation} ${way}` },
    defaultConfiguration: { level: severity },
  };
}

/** A path as a URI reference: `file:` for an absolute one. */
function uri(path: string): string {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  return path.startsWith("/") ? `file://${encoded}` : encoded;
}

/** SARIF's end columns are exclusive, too (§3.30.8), and its columns UTF-16 units by `columnKind`. */
function region({ line, column, endLine, endColumn }: Range): object {
  return { startLine: line, startColumn: column, endLine, endColumn };
}

function physicalLocation(range: Range): object {
  return { artifactLocation: { uri: uri(range.file) }, region: region(range) };
}

function fixOf({ title, edits }: Fix): object {
  const files = [...new Set(edits.map(({ range }) => range.file))];
  return {
    description: { text: title },
    artifactChanges: files.map((file) => ({
      artifactLocation: { uri: uri(file) },
      replacements: edits
        .filter(({ range }) => range.file === file)
        .map(({ range, text }) => ({ deletedRegion: region(range), insertedContent: { text } })),
    })),
  };
}

function text({ summary, detail, suggestions = [] }: Diagnostic): string {
  const meant = suggestions.length > 0 ? ` Did you mean ${suggestions.join(" or ")}?` : "";
  return `${summary}.${detail === undefined ? "" : ` ${detail}`}${meant}`;
}

function result(diagnostic: Diagnostic): object {
  const { code, severity, subject, related = [], fix } = diagnostic;
  const ruleIndex = RULES.indexOf(code);
  return {
    ruleId: code,
    ...(ruleIndex < 0 ? {} : { ruleIndex }),
    level: severity,
    message: { text: text(diagnostic) },
    ...(subject ? { locations: [{ physicalLocation: physicalLocation(subject) }] } : {}),
    ...(related.length > 0
      ? {
          relatedLocations: related.map(({ range, message }, id) => ({
            id,
            physicalLocation: physicalLocation(range),
            message: { text: message },
          })),
        }
      : {}),
    ...(fix ? { fixes: [fixOf(fix)] } : {}),
  };
}

function suppressedResult({ diagnostic, at, reason }: Suppressed): object {
  const suppression = {
    kind: at ? "inSource" : "external",
    ...(at ? { location: { physicalLocation: physicalLocation(at) } } : {}),
    ...(reason === undefined ? {} : { justification: reason }),
  };
  return { ...result(diagnostic), suppressions: [suppression] };
}

/** The diagnostics as a log of SARIF 2.1.0, for code scanning services and editors. */
export function renderSarif(
  diagnostics: readonly Diagnostic[],
  { version, suppressed = [] }: SarifOptions,
): string {
  const driver = { name: "Holdfast", version, rules: RULES.map(rule) };
  // Where some results say whether they are suppressed, all have to (SARIF §3.27.23).
  const results = orderDiagnostics(diagnostics).map((one) =>
    suppressed.length > 0 ? { ...result(one), suppressions: [] } : result(one),
  );
  const run = {
    tool: { driver },
    columnKind: "utf16CodeUnits",
    results: [...results, ...suppressed.map(suppressedResult)],
  };
  return `${JSON.stringify({ $schema: SCHEMA, version: "2.1.0", runs: [run] }, null, 2)}\n`;
}
