const TAB = 9;
const CARRIAGE_RETURN = 13;
const SPACE = 32;

/** isspace() of C's locale: other than String.trim(), not the no-break space and its like, which are text to keepalived. */
function isSpace(code: number): boolean {
  return code === SPACE || (code >= TAB && code <= CARRIAGE_RETURN);
}

/** Where the text starts and ends without the white space around it. */
export function bounds(text: string): readonly [from: number, to: number] {
  let from = 0;
  let to = text.length;
  while (to > 0 && isSpace(text.charCodeAt(to - 1))) to--;
  while (from < to && isSpace(text.charCodeAt(from))) from++;
  return [from, to];
}

/** Without white space at both ends. */
export function trimmed(text: string): string {
  const [from, to] = bounds(text);
  return text.slice(from, to);
}

/** Without white space at its end. */
export function trimmedEnd(text: string): string {
  return text.slice(0, bounds(text)[1]);
}
