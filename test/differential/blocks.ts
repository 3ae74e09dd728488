import type { Case } from "./directives.ts";

/** The lines of a block, both included, by the line of its closing brace; of one file of a case. */
export type Blocks = ReadonlyMap<number, number>;

/** Where the block that ends at a line starts: by brace, comments and quotes aside. */
function blocksOf(text: string): Blocks {
  const starts: number[] = [];
  const blocks = new Map<number, number>();
  for (const [index, line] of text.split("\n").entries()) {
    const bare = line.replace(/"[^"]*"/g, "").replace(/(^|\s)[#!].*/, "");
    for (const brace of bare.match(/[{}]/g) ?? []) {
      if (brace === "{") starts.push(index + 1);
      else blocks.set(index + 1, starts.pop() ?? 1);
    }
  }
  return blocks;
}

/** Knows which places of a case lie in one block. */
export class Places {
  private readonly blocks: ReadonlyMap<string, Blocks>;
  private readonly whole: boolean;
  private readonly files: Case["files"];

  constructor({ files }: Pick<Case, "files">) {
    this.files = files;
    this.blocks = new Map(Object.entries(files).map(([name, text]) => [name, blocksOf(text)]));
    const texts = Object.values(files);
    this.whole = texts.length === 1 && !texts.some((text) => /\$BLOCK/.test(text));
  }

  /** The text of a line; empty for none. */
  lineAt(place: string): string {
    const [file = "", line] = place.split(":");
    return this.files[file]?.split("\n")[Number(line) - 1] ?? "";
  }

  /** Whether `place` lies in the block that begins at `head`; of blocks that directives take apart, in its file. */
  isInBlockAt(place: string, head: string): boolean {
    const [file = "", line] = place.split(":");
    const [otherFile, start] = head.split(":");
    if (file !== otherFile) return !this.whole;
    if (!this.whole) return true;
    const blocks = [...(this.blocks.get(file) ?? [])];
    return blocks.some(
      ([end, begin]) => begin === Number(start) && begin <= Number(line) && Number(line) <= end,
    );
  }

  /**
   * Whether `place` ("main.conf:7") ends a block that `other` stands in. Blocks that directives take apart are not
   * looked into: then every place will do.
   */
  isEndOfBlockWith(place: string, other: string): boolean {
    const [file = "", line] = place.split(":");
    const [otherFile, otherLine] = other.split(":");
    const start = this.blocks.get(file)?.get(Number(line));
    if (start === undefined) return false;
    if (!this.whole) return true;
    return file === otherFile && Number(otherLine) >= start && Number(otherLine) <= Number(line);
  }
}
