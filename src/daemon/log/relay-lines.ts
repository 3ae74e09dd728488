const LINE_FEED = 10;

/** Hands on what a stream brings, as many whole lines at once as there are; a last one without its end gets it. */
export function relayLines(stream: NodeJS.ReadableStream, pass: (lines: string) => void): void {
  let rest: Uint8Array = new Uint8Array(0);
  stream.on("data", (chunk: Uint8Array) => {
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end === 0) {
      rest = Buffer.concat([rest, chunk]);
      return;
    }
    pass(Buffer.concat([rest, chunk.subarray(0, end)]).toString());
    rest = chunk.subarray(end);
  });
  stream.on("end", () => {
    if (rest.length > 0) pass(`${Buffer.from(rest).toString()}\n`);
  });
}
