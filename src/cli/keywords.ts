import { type KeywordFacts, listKeywords } from "../schema/listing.ts";
import { referenceDocument } from "../schema/reference.ts";
import { EXIT, stdout } from "./output.ts";

export interface KeywordsOptions {
  readonly format: "tsv" | "json" | "markdown";
}

function text(listed: readonly KeywordFacts[], format: KeywordsOptions["format"]): string {
  switch (format) {
    case "tsv":
      return listed.map(({ path, since }) => `${path}\t${since}\n`).join("");
    case "json":
      return `${JSON.stringify(listed, null, 2)}\n`;
    case "markdown":
      return referenceDocument();
  }
}

/** `holdfast keywords`: the vocabulary, by path of the block and keyword. */
export function keywords({ format }: KeywordsOptions): number {
  stdout.write(text(listKeywords(), format));
  return EXIT.ok;
}
