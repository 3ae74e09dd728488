import type { MappedText } from "./mapped-text.ts";

/** A `$NAME=` as it stood when it was read; uses in its lines are replaced where it is used. */
export interface Definition {
  readonly name: string;
  /** Index of the file, -1 for one that is built in. */
  readonly file: number;
  /** Free of comments and outer white space; one for an ordinary definition, several where lines ended in `\`. */
  readonly lines: readonly MappedText[];
  /** Set by a ~SEQ or ~LST, for one round. */
  readonly round?: true;
}

/** All values that one name has had, ascending by the version from which each holds. */
interface History {
  readonly versions: number[];
  readonly definitions: Definition[];
  /** How many definitions there were when the name was last asked for. */
  asked: number;
}

/**
 * The definitions, as they are and as they were: every change makes a new version, and an older one can still be
 * asked for. So a generated line needs to keep no more than a version number to have its places worked out later.
 */
export class Scope {
  version = 0;
  private readonly histories = new Map<string, History>();

  set(definition: Definition): void {
    this.version++;
    const history = this.histories.get(definition.name);
    if (history) {
      history.versions.push(this.version);
      history.definitions.push(definition);
    } else {
      this.histories.set(definition.name, { versions: [this.version], definitions: [definition], asked: 0 });
    }
  }

  /** The newest definition of a name, while nobody has asked for it. */
  unasked(name: string): Definition | undefined {
    const history = this.histories.get(name);
    return history && history.asked < history.definitions.length ? history.definitions.at(-1) : undefined;
  }

  /** The newest definition, or the one that held at a version. */
  get(name: string, version?: number): Definition | undefined {
    const history = this.histories.get(name);
    if (!history) return undefined;
    if (version === undefined || version >= this.version) {
      history.asked = history.definitions.length;
      return history.definitions.at(-1);
    }
    let low = 0;
    let high = history.versions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((history.versions[middle] ?? 0) <= version) low = middle + 1;
      else high = middle;
    }
    return history.definitions[low - 1];
  }
}
