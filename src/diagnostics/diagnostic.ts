/** A place in a file as a person counts: lines and columns from 1, columns in UTF-16 units, end exclusive. */
export interface Range {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** error: the configuration cannot be used. warning: it can, but not as written. note: worth knowing. */
export type Severity = "error" | "warning" | "note";

/** Another place that explains the diagnostic, and what is there ("first defined here", "expanded from $X"). */
export interface Related {
  readonly range: Range;
  readonly message: string;
}

/** A text that takes the place of what stands in a range. */
export interface Edit {
  readonly range: Range;
  readonly text: string;
}

/** A change that is certain to be what the diagnostic asks for; all of its edits or none. */
export interface Fix {
  /** An imperative without full stop: "write retry instead of nb_get_retry". */
  readonly title: string;
  readonly edits: readonly Edit[];
}

/** What one stage has to say to the person who wrote the configuration. Plain data; renderers live beside it. */
export interface Diagnostic {
  /** Stable kebab-case name, listed in codes.ts. */
  readonly code: string;
  readonly severity: Severity;
  /** One line, no full stop: what is wrong. */
  readonly summary: string;
  /** Why, and the way out. */
  readonly detail?: string;
  /** Where. Absent only when no file could be read at all. */
  readonly subject?: Range;
  readonly related?: readonly Related[];
  /** Replacement words that were probably meant, best first. */
  readonly suggestions?: readonly string[];
  readonly fix?: Fix;
}

/** Where a stage puts its diagnostics. */
export type Report = (diagnostic: Diagnostic) => void;
