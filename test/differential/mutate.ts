import type { Random } from "./random.ts";

/** Words that are wrong nearly everywhere, each in its own way. */
const WRONG = [
  ...[
    "foo",
    "-1",
    "0",
    "256",
    "65536",
    "99999999999",
    "1.5",
    "10.0.0.300",
    "10.0.0.1/33",
    "::g",
    "on",
    "eth9",
  ],
  ...["0x10", "-", "1e3", "10.0.0.0/24", "'a b'", "MASTER", "100%"],
];

function misspelt(word: string, random: Random): string {
  const at = random.below(Math.max(1, word.length - 1));
  switch (random.below(3)) {
    case 0:
      return word.slice(0, at) + word.slice(at + 1);
    case 1:
      return `${word.slice(0, at)}${word[at] ?? ""}${word.slice(at)}`;
    default:
      return `${word.slice(0, at)}${word[at + 1] ?? "x"}${word[at] ?? ""}${word.slice(at + 2)}`;
  }
}

/** Replaces word `index` of a line, white space before it kept. */
function withWord(line: string, index: number, change: (word: string) => string): string {
  let seen = 0;
  return line.replace(/\S+/g, (word) => (seen++ === index ? change(word) : word));
}

function wordCount(line: string): number {
  return line.trim() === "" ? 0 : line.trim().split(/\s+/).length;
}

/** Last line of the block that a line opens; the line itself when it opens none. */
export function endOfBlock(lines: readonly string[], start: number): number {
  let depth = 0;
  for (let index = start; index < lines.length; index++) {
    const line = lines[index] ?? "";
    depth += line.split("{").length - line.split("}").length;
    if (depth <= 0) return index;
  }
  return lines.length - 1;
}

type Mutation = (lines: string[], at: number, random: Random) => void;

const wrongValue: Mutation = (lines, at, random) => {
  const line = lines[at] ?? "";
  const words = wordCount(line);
  if (words < 2 || line.includes("{")) return;
  lines[at] = withWord(line, random.between(1, words - 1), () => random.pick(WRONG));
};

const keyword: Mutation = (lines, at, random) => {
  const line = lines[at] ?? "";
  if (line.trim() !== "}") lines[at] = withWord(line, 0, (word) => misspelt(word, random));
};

const withoutBrace: Mutation = (lines, at) => {
  const found = lines.findIndex((line, index) => index >= at && line.trim() === "}");
  if (found >= 0) lines.splice(found, 1);
};

const extraBrace: Mutation = (lines, at) => {
  lines.splice(at, 0, "}");
};

const repeatedBlock: Mutation = (lines, at) => {
  const end = endOfBlock(lines, at);
  if ((lines[at] ?? "").trim() !== "}") lines.splice(end + 1, 0, ...lines.slice(at, end + 1));
};

const without: Mutation = (lines, at) => {
  if ((lines[at] ?? "").trim() !== "}") lines.splice(at, endOfBlock(lines, at) - at + 1);
};

const shortened: Mutation = (lines, at) => {
  const line = lines[at] ?? "";
  if (wordCount(line) > 1 && !line.includes("{")) lines[at] = line.replace(/\s+\S+$/, "");
};

const extraWords: Mutation = (lines, at, random) => {
  const line = lines[at] ?? "";
  if (!line.includes("{") && line.trim() !== "}") lines[at] = `${line} ${random.pick(WRONG)}`;
};

const elsewhere: Mutation = (lines, at, random) => {
  const line = lines[at] ?? "";
  if (!/[{}]/.test(line)) lines.splice(random.below(lines.length), 0, ...lines.splice(at, 1));
};

const openQuote: Mutation = (lines, at) => {
  const line = lines[at] ?? "";
  if (wordCount(line) > 1 && !/[{}"']/.test(line)) lines[at] = withWord(line, 1, (word) => `"${word}`);
};

/** The likely first; each makes one mistake, or none where the line has no room for it. */
const MUTATIONS: readonly Mutation[] = [
  ...[wrongValue, wrongValue, wrongValue, wrongValue, keyword, keyword, without, without],
  ...[withoutBrace, extraBrace, repeatedBlock, repeatedBlock, shortened, extraWords, elsewhere, openQuote],
];

/** Makes so many mistakes in the lines. */
export function mutate(lines: string[], mistakes: number, random: Random): void {
  for (let made = 0; made < mistakes && lines.length > 0; made++) {
    random.pick(MUTATIONS)(lines, random.below(lines.length), random);
  }
}
