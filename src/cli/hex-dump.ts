const ROW = 16;

/**
 * Bytes in rows of 16 as genhash prints them: decimal offset, hexadecimal in two halves, and what is printable ASCII. Each
 * row ends with a line feed.
 */
export function hexDump(bytes: Uint8Array): string {
  let text = "";
  for (let offset = 0; offset < bytes.length; offset += ROW)
    text += `${String(offset).padStart(4, "0")}  ${rowOf(bytes.subarray(offset, offset + ROW))}\n`;
  return text;
}

function rowOf(row: Uint8Array): string {
  const cells = Array.from({ length: ROW }, (_, index) => {
    const byte = row[index];
    return `${index === ROW / 2 ? "- " : ""}${byte === undefined ? "  " : byte.toString(16).padStart(2, "0")} `;
  });
  const ascii = Array.from(row, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "."));
  return `${cells.join("")}  ${ascii.join("").padEnd(ROW)}`;
}
