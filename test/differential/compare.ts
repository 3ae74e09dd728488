import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { Places } from "./blocks.ts";
import {
  type Alone,
  BRACES,
  HIDDEN_FROM_THEM,
  HIDDEN_FROM_US,
  OF_BRACES,
  OF_HOST,
  ONLY_OURS,
  OURS_ALONE,
  THEIRS_ALONE,
} from "./differences.ts";
import type { Case } from "./directives.ts";
import { type OurVerdict, placeOf } from "./ours.ts";
import type { Complaint, ReferenceVerdict } from "./reference.ts";
import { AT_BLOCK_END, type SameElsewhere, WITHOUT_LINE } from "./same-elsewhere.ts";

/** How two verdicts on one configuration stand to each other. */
export interface Comparison {
  /** Lines, and messages without a line, that only keepalived complains about. */
  readonly missed: readonly string[];
  /** Lines that only Holdfast complains about. */
  readonly extra: readonly string[];
  /** Braces do not match, or not for all processes of keepalived: lines are not compared, because each process of keepalived reads the rest differently. */
  readonly torn: boolean;
  /** Both accept, or both refuse, or a documented difference decides. */
  readonly sameVerdict: boolean;
  /** Documented differences that were met, by their reasons. */
  readonly documented: readonly string[];
  /** Lines, and messages without one, that both have. */
  readonly agreed: number;
}

/** keepalived ended without a verdict: killed at the limit, or by a fault of its own. */
export function gaveUp({ status }: ReferenceVerdict): boolean {
  return status >= 124;
}

/** keepalived stopped reading: at a keyword without value, or at an include that has to lead somewhere. */
function stopped({ complaints, general, status }: ReferenceVerdict): boolean {
  // Status 6 is for scripts, too; then it says so.
  const forScripts = general.some((text) => text.startsWith("SECURITY VIOLATION"));
  return complaints.some(
    ({ text }) =>
      text.startsWith("*** Configuration line starting") ||
      (text.startsWith("Config files missing") && status === 6 && !forScripts),
  );
}

function codesFor(table: readonly SameElsewhere[], text: string): readonly string[] {
  return table.flatMap(({ message, codes }) => (message.test(text) ? codes : []));
}

/** Whether somebody complains about braces. */
function tornBraces(reference: ReferenceVerdict, ours: OurVerdict): boolean {
  const texts = [...reference.general, ...reference.complaints.map(({ text }) => text)];
  return texts.some((text) => BRACES.test(text)) || ours.diagnostics.some(({ code }) => OF_BRACES.has(code));
}

/** Why keepalived's processes may read the same text in different ways; undefined: they do not. */
function ambiguity({ files }: Pick<Case, "files">, { diagnostics }: OurVerdict): string | undefined {
  if (Object.values(files).some((text) => /"[{}]"/.test(text)))
    return "A brace in quotes is one for some of keepalived's processes.";
  if (diagnostics.some(({ code }) => code === "interrupted-definition"))
    return "A comment within a definition that goes on ends it for some of keepalived's processes.";
  return undefined;
}

const said = ({ code, summary }: Diagnostic): string => `${code}: ${summary}`;

/** Whether an excuse is for this text, with what the other side and the same side say, and the blocks of the case. */
function applies(
  { says, after, beside, where }: Alone,
  text: string,
  others: readonly string[],
  own: readonly string[],
  blocks: readonly string[],
): boolean {
  const [whole, name] = says.exec(text) ?? [];
  if (whole === undefined) return false;
  const isMeant = (wanted: RegExp | undefined, texts: readonly string[]): boolean =>
    wanted === undefined ||
    texts.some((one) => {
      const [found, named] = wanted.exec(one) ?? [];
      return found !== undefined && (name === undefined || named === undefined || named === name);
    });
  return isMeant(after, others) && isMeant(beside, own) && isMeant(where, blocks);
}

/** Both verdicts on a case, and what they have in common. */
class Meeting {
  readonly documented = new Set<string>();
  private readonly places: Places;
  private readonly messages: readonly Complaint[];
  private readonly diagnostics: readonly Diagnostic[];
  private readonly blocks: readonly string[];

  constructor(each: Pick<Case, "files">, reference: ReferenceVerdict, ours: OurVerdict) {
    this.places = new Places(each);
    this.messages = [...reference.complaints, ...reference.general.map((text) => ({ place: "", text }))];
    this.diagnostics = ours.diagnostics;
    this.blocks = Object.values(each.files).flatMap((text) => text.split(/^\}/m));
  }

  /** Whether a diagnostic is about what a message says. */
  private isSame({ place, text }: Complaint, diagnostic: Diagnostic): boolean {
    const at = placeOf(diagnostic) ?? "";
    if (place === "") return codesFor(WITHOUT_LINE, text).includes(diagnostic.code);
    if (place === at) return true;
    return codesFor(AT_BLOCK_END, text).includes(diagnostic.code) && this.places.isEndOfBlockWith(place, at);
  }

  /** Whether the other side, which says these texts at these places, leaves out the block of a place for a reason that the excuse knows. */
  private isInside({ inside }: Alone, place: string, others: readonly Complaint[]): boolean {
    return (
      inside === undefined ||
      others.some((each) => inside.test(each.text) && this.places.isInBlockAt(place, each.place))
    );
  }

  /** What keepalived says at each of its places, and each message without one: what ours lacks. */
  missed(): { readonly missed: readonly string[]; readonly agreed: number } {
    const missed: string[] = [];
    let agreed = 0;
    for (const place of new Set(this.messages.map((each) => each.place || each.text))) {
      const here = this.messages.filter((each) => (each.place || each.text) === place);
      if (here.some((message) => this.diagnostics.some((diagnostic) => this.isSame(message, diagnostic)))) {
        agreed++;
        if (here.some(({ text }) => OF_HOST.says.test(text))) this.documented.add(OF_HOST.reason);
        continue;
      }
      const ours = this.diagnostics.map((each) => ({ place: placeOf(each) ?? "", text: said(each) }));
      const others = ours.map(({ text }) => text);
      const texts = this.messages.map((each) => each.text);
      const known = [...THEIRS_ALONE, ...HIDDEN_FROM_US].find((alone) =>
        here.some(
          (message) =>
            applies(alone, message.text, others, texts, this.blocks) && this.isInside(alone, place, ours),
        ),
      );
      if (known) this.documented.add(known.reason);
      else missed.push(here.map(({ text }) => `${place}: ${text}`).join(" | "));
    }
    return { missed, agreed };
  }

  /** Whether a diagnostic of ours has nothing to do with what keepalived says, and no reason to. */
  isExtra(diagnostic: Diagnostic): boolean {
    if (this.messages.some((message) => this.isSame(message, diagnostic))) return false;
    if (diagnostic.code in ONLY_OURS) return false;
    const text = said(diagnostic);
    const others = this.messages.map((message) => message.text);
    const own = this.diagnostics.map(said);
    const place = placeOf(diagnostic) ?? "";
    const line = this.places.lineAt(place);
    const known = [...OURS_ALONE, ...HIDDEN_FROM_THEM].find(
      (alone) =>
        applies(alone, text, others, own, this.blocks) &&
        (alone.written?.test(line) ?? true) &&
        this.isInside(alone, place, this.messages),
    );
    if (known) this.documented.add(known.reason);
    return known === undefined;
  }
}

/** Compares lines and verdicts; what the tables of differences explain is no disagreement. */
export function compare(
  each: Pick<Case, "files">,
  reference: ReferenceVerdict,
  ours: OurVerdict,
): Comparison {
  const meeting = new Meeting(each, reference, ours);
  const { missed, agreed } = meeting.missed();
  const extra = ours.diagnostics
    .filter((diagnostic) => !stopped(reference) && meeting.isExtra(diagnostic))
    .map((diagnostic) => `${placeOf(diagnostic)}: ${said(diagnostic)}`);
  const ambiguous = ambiguity(each, ours);
  const torn = ambiguous !== undefined || tornBraces(reference, ours);
  const documented = [...meeting.documented, ...(ambiguous === undefined ? [] : [ambiguous])];
  return {
    missed: torn ? [] : missed,
    extra: torn ? [] : extra,
    torn,
    sameVerdict: (reference.status === 0) === (ours.status === 0) || documented.length > 0,
    documented,
    agreed,
  };
}
