import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import {
  BRACES,
  ELSEWHERE,
  HIDDEN_FROM_THEM,
  HIDDEN_FROM_US,
  OF_BRACES,
  OURS_ALONE,
  REFUSED_BY_US,
  THEIRS_ALONE,
} from "./differences.ts";
import { type OurVerdict, placeOf } from "./ours.ts";
import type { Complaint, ReferenceVerdict } from "./reference.ts";

/** How two verdicts on one configuration stand to each other. */
export interface Comparison {
  /** Lines, and messages without a line, that only keepalived complains about. */
  readonly missed: readonly string[];
  /** Lines that only Holdfast complains about. */
  readonly extra: readonly string[];
  /** Braces do not match: lines are not compared, because each process of keepalived reads the rest differently. */
  readonly torn: boolean;
  /** Both accept, or both refuse. */
  readonly sameVerdict: boolean;
  /** Documented differences that were met, by code or message. */
  readonly documented: readonly string[];
  /** Lines, and messages without one, that both have. */
  readonly agreed: number;
}

/** keepalived ended without a verdict: killed at the limit, or by a fault of its own. */
export function gaveUp({ status }: ReferenceVerdict): boolean {
  return status >= 124;
}

/** The place of the keyword without value at which keepalived stopped reading. */
function stoppedAt({ complaints }: ReferenceVerdict): Complaint | undefined {
  return complaints.find(({ text }) => text.startsWith("*** Configuration line starting"));
}

function codesFor(text: string): readonly string[] {
  return ELSEWHERE.flatMap(({ message, codes }) => (message.test(text) ? codes : []));
}

/** Whether somebody complains about braces. */
function tornBraces(reference: ReferenceVerdict, ours: OurVerdict): boolean {
  const texts = [...reference.general, ...reference.complaints.map(({ text }) => text)];
  return texts.some((text) => BRACES.test(text)) || ours.diagnostics.some(({ code }) => OF_BRACES.has(code));
}

/** Compares lines and verdicts; what the tables of differences explain is no disagreement. */
export function compare(reference: ReferenceVerdict, ours: OurVerdict): Comparison {
  const documented = new Set<string>();
  const places = new Set(ours.diagnostics.map(placeOf));
  const codes = new Set(ours.diagnostics.map(({ code }) => code));
  const stopped = stoppedAt(reference) !== undefined;
  let agreed = 0;

  const messages: Complaint[] = [
    ...reference.complaints,
    ...reference.general.map((text) => ({ place: "", text })),
  ];
  const missed: string[] = [];
  for (const place of new Set(messages.map((each) => each.place || each.text))) {
    const here = messages.filter((each) => (each.place || each.text) === place);
    if (places.has(place) || here.some(({ text }) => codesFor(text).some((code) => codes.has(code)))) {
      agreed++;
      continue;
    }
    const says = ({ message }: { readonly message: RegExp }): boolean =>
      here.some(({ text }) => message.test(text));
    const isHidden = ({ after }: { readonly after: RegExp }): boolean =>
      [...codes].some((code) => after.test(code));
    const known = THEIRS_ALONE.find(says) ?? HIDDEN_FROM_US.find((each) => says(each) && isHidden(each));
    if (known) documented.add(known.reason);
    else missed.push(here.map(({ text }) => `${place}: ${text}`).join(" | "));
  }

  const theirs = new Set(reference.complaints.map(({ place }) => place));
  const said = new Set(messages.flatMap(({ text }) => codesFor(text)));
  const isExplained = (diagnostic: Diagnostic): boolean => {
    const { code, summary } = diagnostic;
    if (theirs.has(placeOf(diagnostic) ?? "") || said.has(code)) return true;
    const hidden = HIDDEN_FROM_THEM.find(
      ({ after, codes: ofCheck }) => ofCheck.test(code) && messages.some(({ text }) => after.test(text)),
    );
    const refused = REFUSED_BY_US.find(({ message }) => message.test(summary));
    const reason = OURS_ALONE[code] ?? refused?.reason ?? hidden?.reason;
    if (reason === undefined) return false;
    documented.add(reason);
    return true;
  };
  // After a keyword without value keepalived reads no further.
  const extra = ours.diagnostics
    .filter((diagnostic) => !stopped && !isExplained(diagnostic))
    .map((diagnostic) => `${placeOf(diagnostic)}: ${diagnostic.code}: ${diagnostic.summary}`);
  const torn = tornBraces(reference, ours);
  return {
    missed: torn ? [] : missed,
    extra: torn ? [] : extra,
    torn,
    sameVerdict: (reference.status === 0) === (ours.status === 0),
    documented: [...documented],
    agreed,
  };
}
