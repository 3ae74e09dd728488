import { bounds } from "./white-space.ts";

/** Where a definition that was expanded stands. */
export interface Via {
  readonly name: string;
  readonly file: number;
  readonly line: number;
  readonly column: number;
  /** What it stands for, when a ~SEQ or ~LST set it: another value in each round. */
  readonly value?: string;
  /** The definition that this one was expanded in. */
  readonly within?: Via;
}

/**
 * From `start` on, the text stands at this place (line and column from 1). `width` 0: character by character;
 * otherwise all of it stands for that many characters, which a definition replaced.
 */
export interface Segment {
  readonly start: number;
  readonly line: number;
  readonly column: number;
  readonly width: number;
  readonly via?: Via;
}

/** Text that remembers where each part of it was written. */
export interface MappedText {
  readonly text: string;
  /** Ascending by `start`, the first at 0. */
  readonly segments: readonly Segment[];
}

/** A physical line. */
export function verbatim(text: string, line: number, column = 1): MappedText {
  return { text, segments: [{ start: 0, line, column, width: 0 }] };
}

/** The segment that an offset of the text belongs to. */
export function segmentAt({ segments }: MappedText, offset: number): Segment {
  const found = segments.findLast((segment) => segment.start <= offset) ?? segments[0];
  return found ?? { start: 0, line: 1, column: 1, width: 0 };
}

/** Where an offset stands: line and column from 1. `atEnd` asks for the end of a replaced part, not its start. */
export function placeAt(mapped: MappedText, offset: number, atEnd = false): { line: number; column: number } {
  const segment = segmentAt(mapped, atEnd && offset > 0 ? offset - 1 : offset);
  const { line, column, width, start } = segment;
  if (width > 0) return { line, column: atEnd ? column + width : column };
  return { line, column: column + offset - start };
}

/** Part of a text. */
export function sliceMapped(mapped: MappedText, from: number, to = mapped.text.length): MappedText {
  const segments: Segment[] = [];
  for (const [index, segment] of mapped.segments.entries()) {
    const end = mapped.segments[index + 1]?.start ?? Number.POSITIVE_INFINITY;
    if (end <= from || (segment.start >= to && segments.length > 0)) continue;
    const cut = Math.max(0, from - segment.start);
    segments.push({
      ...segment,
      start: Math.max(0, segment.start - from),
      column: segment.width > 0 ? segment.column : segment.column + cut,
    });
  }
  return { text: mapped.text.slice(from, to), segments };
}

/** Texts one after the other; adjacent character-by-character parts of one line stay separate segments. */
export function concatMapped(...parts: readonly MappedText[]): MappedText {
  const segments: Segment[] = [];
  let text = "";
  for (const part of parts) {
    if (part.text === "") continue;
    for (const segment of part.segments) segments.push({ ...segment, start: segment.start + text.length });
    text += part.text;
  }
  return segments.length > 0 ? { text, segments } : (parts[0] ?? { text: "", segments });
}

/** Without white space at both ends. */
export function trimMapped(mapped: MappedText): MappedText {
  const [from, to] = bounds(mapped.text);
  return sliceMapped(mapped, from, to);
}

/** The body of a definition as it stands at a place where it is used. */
export function replaced(
  body: MappedText,
  use: { line: number; column: number; width: number },
  name: string,
  definedIn: number,
  within: Via | undefined,
  round?: true,
): MappedText {
  const segments = body.segments.map((segment): Segment => {
    const via: Via = {
      name,
      file: definedIn,
      line: segment.line,
      column: segment.column,
      ...(round ? { value: body.text } : {}),
      ...(within ? { within } : {}),
    };
    return { start: segment.start, line: use.line, column: use.column, width: use.width, via };
  });
  return { text: body.text, segments };
}
