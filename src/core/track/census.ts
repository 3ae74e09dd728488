import type { CountCause } from "./process-tracker.ts";

/** Which processes count: the part of vrrp_track_process that says so. */
export interface ProcessPattern {
  /** The name, and parameters. */
  readonly process: readonly string[];
  readonly match?: "initial" | "partial" | undefined;
  readonly fullCommand: boolean;
}

/** What is known of a running process. */
export interface ProcessFacts {
  /** `comm`: at most 15 bytes. */
  readonly name: string;
  /** The command line in words; only asked for when a pattern needs it. */
  readonly command: () => readonly string[] | undefined;
}

/** One pattern's count changed. */
export interface CountChange {
  readonly process: string;
  readonly count: number;
  readonly cause: CountCause;
}

/** Whether processes are compared by command line: as soon as more than a name is written. */
const byCommand = ({ process, match, fullCommand }: ProcessPattern): boolean =>
  fullCommand || match !== undefined || process.length > 1;

/** `partial`: the first parameters are those. `initial`: the command line begins so, in the middle of a word or not. */
function parametersMatch({ process, match }: ProcessPattern, command: readonly string[]): boolean {
  const wanted = process.slice(1);
  if (wanted.length === 0) return true;
  const found = command.slice(1);
  if (match === undefined && found.length !== wanted.length) return false;
  const last = wanted.length - 1;
  return wanted.every((word, index) =>
    match === "initial" && index === last ? (found[index] ?? "").startsWith(word) : found[index] === word,
  );
}

/** Whether a process is one of those that a pattern means. */
export function matches(pattern: ProcessPattern, { name, command }: ProcessFacts): boolean {
  const [wanted = ""] = pattern.process;
  if (!byCommand(pattern)) return wanted === name;
  const words = command();
  return words !== undefined && words[0] === wanted && parametersMatch(pattern, words);
}

/** How many processes of each pattern run, from what the kernel tells of forks, execs, names and ends. */
export class Census {
  readonly #patterns = new Map<string, ProcessPattern>();
  /** The names of the patterns that a process matches; processes that match none are not kept. */
  readonly #matched = new Map<number, ReadonlySet<string>>();
  readonly #counts = new Map<string, number>();

  get empty(): boolean {
    return this.#patterns.size === 0;
  }

  /** Begins to count, none yet: see() tells of the processes that run. */
  add(process: string, pattern: ProcessPattern): void {
    this.#patterns.set(process, pattern);
    this.#counts.set(process, 0);
  }

  remove(process: string): void {
    this.#patterns.delete(process);
    this.#counts.delete(process);
    for (const [pid, names] of this.#matched) {
      if (!names.has(process)) continue;
      this.#keep(pid, new Set([...names].filter((name) => name !== process)));
    }
  }

  /** How many processes of a pattern are known. */
  count(process: string): number {
    return this.#counts.get(process) ?? 0;
  }

  /** A process that runs, runs another program, or has another name. */
  see(pid: number, facts: ProcessFacts): CountChange[] {
    const now = new Set<string>();
    for (const [process, pattern] of this.#patterns) if (matches(pattern, facts)) now.add(process);
    return this.#replace(pid, now, "other");
  }

  /** A process became two, which are alike until one of them runs another program. */
  fork(parent: number, child: number): CountChange[] {
    const names = this.#matched.get(parent);
    return names === undefined ? [] : this.#replace(child, names, "forked");
  }

  end(pid: number): CountChange[] {
    return this.#replace(pid, new Set(), "ended");
  }

  /** After a gap in what the kernel told: everything that runs. */
  recount(processes: ReadonlyMap<number, ProcessFacts>): CountChange[] {
    const gone = [...this.#matched.keys()].filter((pid) => !processes.has(pid));
    const before = new Map(this.#counts);
    for (const pid of gone) this.#replace(pid, new Set(), "other");
    for (const [pid, facts] of processes) this.see(pid, facts);
    return [...this.#counts]
      .filter(([process, count]) => before.get(process) !== count)
      .map(([process, count]) => ({ process, count, cause: "other" }));
  }

  #replace(pid: number, now: ReadonlySet<string>, cause: CountCause): CountChange[] {
    const before = this.#matched.get(pid);
    if (before === undefined && now.size === 0) return [];
    this.#keep(pid, now);
    const changes: CountChange[] = [];
    for (const process of before ?? []) if (!now.has(process)) changes.push(this.#move(process, -1, cause));
    for (const process of now) if (!before?.has(process)) changes.push(this.#move(process, 1, cause));
    return changes;
  }

  #keep(pid: number, names: ReadonlySet<string>): void {
    if (names.size === 0) this.#matched.delete(pid);
    else this.#matched.set(pid, names);
  }

  #move(process: string, by: number, cause: CountCause): CountChange {
    const count = (this.#counts.get(process) ?? 0) + by;
    this.#counts.set(process, count);
    return { process, count, cause };
  }
}
