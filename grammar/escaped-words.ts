const CONTROL: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  E: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};
const ESCAPE = /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|c(.)|(.))/suy;

/** A word by the escaped rule, and where it stands in the source: offsets from 0, end exclusive, quotes included. */
export interface EscapedWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function character(octal?: string, hex?: string, control?: string, other = ""): string {
  if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
  if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
  if (control !== undefined) return String.fromCharCode(control.charCodeAt(0) & 0x1f);
  return CONTROL[other] ?? other;
}

/** Whether a double quote has no end where lines are split into words, which backslashes do not keep it from. */
export function hasOpenQuote(source: string): boolean {
  return source.split('"').length % 2 === 0;
}

/**
 * Splits a text as keepalived.conf(5), "Quoted strings", says for scripts and their parameters: words end at white
 * space; `"` and `'` protect what is between them and may begin and end within a word; `\` escapes as in a shell
 * (`\a \b \E \f \n \r \t \v`, `\nnn` octal, `\xXX`, `\cC` the control character, else the character itself).
 * With `keepBackslashes`, they protect the next character and stay, as where keepalived reads a quoted text that is
 * no script. Undefined when a quote has no end, or the text ends in a backslash that protects nothing.
 */
export function escapedWords(source: string, keepBackslashes = false): readonly EscapedWord[] | undefined {
  const words: EscapedWord[] = [];
  let text: string | undefined;
  let start = 0;
  let quote = "";
  for (let at = 0; at < source.length; ) {
    const char = source[at] ?? "";
    if (quote === "" && /\s/.test(char)) {
      if (text !== undefined) words.push({ text, start, end: at });
      text = undefined;
      at++;
      continue;
    }
    if (text === undefined) {
      text = "";
      start = at;
    }
    ESCAPE.lastIndex = at;
    const escaped = char === "\\" ? ESCAPE.exec(source) : null;
    if (char === "\\" && at === source.length - 1) return undefined;
    if (escaped && keepBackslashes) {
      text += source.slice(at, at + 2);
      at += 2;
      continue;
    }
    if (escaped) {
      text += character(escaped[1], escaped[2], escaped[3], escaped[4]);
      at += escaped[0].length;
      continue;
    }
    if (char === quote) quote = "";
    else if (quote === "" && (char === '"' || char === "'")) quote = char;
    else text += char;
    at++;
  }
  if (quote !== "") return undefined;
  if (text !== undefined) words.push({ text, start, end: source.length });
  return words;
}
