import type { CheckEvent } from "../checker/contract.ts";
import type { LvsEvent } from "./contract.ts";

type Observation = Extract<LvsEvent, { type: "file-value" | "bfd" }>;

/** What an observation is to checkers, and to which of them. */
interface Told {
  readonly event: CheckEvent;
  readonly kind: "FILE_CHECK" | "BFD_CHECK";
  /** Of the file, or of the session. */
  readonly name: string;
}

/** What is known of the track files and BFD sessions that FILE_CHECK and BFD_CHECK follow. */
export class Observed {
  /** Their numbers; 0 for one that is not in it. */
  readonly files = new Map<string, number>();
  /** Whether they are up; of one that is not in it nobody has told. */
  readonly sessions = new Map<string, boolean>();

  /** Takes note. A number that is none leaves the one before: undefined, nobody needs to know. */
  take(event: Observation): Told | undefined {
    if (event.type === "bfd") {
      const { name, up } = event;
      this.sessions.set(name, up);
      return { event: { type: "session", up }, kind: "BFD_CHECK", name };
    }
    const { file, value } = event;
    if (value === undefined || value === (this.files.get(file) ?? 0)) return undefined;
    this.files.set(file, value);
    return { event: { type: "number", value }, kind: "FILE_CHECK", name: file };
  }
}
