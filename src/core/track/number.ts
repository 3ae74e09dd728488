const LEAST = -2_147_483_648;
const GREATEST = 2_147_483_647;

/**
 * The number that a track file holds: as C's strtol reads it, decimal, octal or hexadecimal, whatever follows it. 0 for
 * no number; undefined for one that is out of range, which changes nothing.
 */
export function numberOfText(text: string): number | undefined {
  const match = /^\s*([+-]?)(?:0x([\da-f]+)|(0[0-7]*)|([1-9]\d*))/i.exec(text);
  if (match === null) return 0;
  const [, sign, hexadecimal, octal, decimal = ""] = match;
  const size =
    hexadecimal !== undefined
      ? Number.parseInt(hexadecimal, 16)
      : octal !== undefined
        ? Number.parseInt(octal, 8)
        : Number.parseInt(decimal, 10);
  const value = sign === "-" ? 0 - size : size;
  return value < LEAST || value > GREATEST ? undefined : value;
}
