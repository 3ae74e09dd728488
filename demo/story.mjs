/** What the demo tells, and how it looks. */
import { styleText } from "node:util";

const began = performance.now();
const color = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (format, text) => (color ? styleText(format, text) : text);

let chapters = 0;

/** A heading. */
export function chapter(title) {
  chapters += 1;
  const seconds = ((performance.now() - began) / 1000).toFixed(1).padStart(5);
  console.log(`\n${paint("dim", `${seconds} s`)}  ${paint("bold", `${chapters}. ${title}`)}`);
}

/** A sentence. */
export function tell(text) {
  console.log(`         ${text}`);
}

/** What a program printed, indented. */
export function show(text, limit = Number.POSITIVE_INFINITY) {
  const lines = text.trimEnd().split("\n");
  for (const line of lines.slice(0, limit)) console.log(`         ${paint("dim", "│")} ${line}`);
  if (lines.length > limit) console.log(`         ${paint("dim", `│ … ${lines.length - limit} more lines`)}`);
}

/** A command, as one would type it. */
export function typed(text) {
  console.log(`         ${paint("cyan", `$ ${text}`)}`);
}

/** A result worth seeing. */
export function good(text) {
  console.log(`         ${paint("green", "✔")} ${text}`);
}

export function seconds() {
  return (performance.now() - began) / 1000;
}
