import { type Opening, type Origin, originOf, type Statement } from "./tree.ts";

/** How many blocks of one keyword are remembered: those met last. */
const REMEMBERED = 8;

/** A block that has been read, or the lines that it begins with, to be known again by their text. */
export class KnownBlock {
  /** What follows the line of its opening brace: up to the end of the line of its closing one, or of its last line. */
  text = "";
  /** Of the line with its keyword and its opening brace. */
  readonly firstId: number;
  /** Lines behind that one. */
  lines = 0;
  /** What the parser made of it, and its closing brace. */
  statements: readonly Statement[] = [];
  opening: Opening | undefined;
  end: Origin = 0;

  constructor(firstId: number) {
    this.firstId = firstId;
  }

  /** What is to be added to its origins where it stands again, with its first line at `id`. */
  shiftTo(id: number): number {
    return originOf(id) - originOf(this.firstId);
  }
}

/**
 * The blocks of a configuration by their texts. Configurations repeat themselves, generated ones most of all: a block
 * that stands again word for word is recognised by comparing texts, and neither split into words nor parsed again.
 */
export class KnownBlocks {
  private readonly byKeyword = new Map<string, KnownBlock[]>();

  /** The block of a keyword whose text starts at an offset. */
  find(keyword: string, text: string, at: number): KnownBlock | undefined {
    const known = this.byKeyword.get(keyword);
    if (!known) return undefined;
    for (let index = 0; index < known.length; index++) {
      const block = known[index];
      if (!block || text.slice(at, at + block.text.length) !== block.text) continue;
      if (index > 0) {
        known.splice(index, 1);
        known.unshift(block);
      }
      return block;
    }
    return undefined;
  }

  remember(keyword: string, block: KnownBlock): void {
    const known = this.byKeyword.get(keyword);
    if (!known) {
      this.byKeyword.set(keyword, [block]);
      return;
    }
    if (known.length >= REMEMBERED) known.pop();
    known.unshift(block);
  }
}
