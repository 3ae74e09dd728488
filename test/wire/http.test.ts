import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatGetRequest, HttpResponseReader, hostOf, MAX_HEAD_BYTES } from "../../src/wire/http.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function read(pieces: readonly Uint8Array[]) {
  let body = "";
  const reader = new HttpResponseReader((piece) => {
    body += new TextDecoder("latin1").decode(piece);
  });
  for (const piece of pieces) reader.push(piece);
  const { state, status, contentLength, bodyBytes } = reader;
  return { state, status, contentLength, bodyBytes, body };
}

describe("formatGetRequest", () => {
  const request = {
    path: "/health?a=b",
    host: "10.0.1.1:80",
    version: "1.0",
    connectionClose: false,
  } as const;
  it("writes what keepalived 2.2.7 sends", () => {
    expect(new TextDecoder().decode(formatGetRequest(request))).toBe(
      "GET /health?a=b HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: 10.0.1.1:80\r\n\r\n",
    );
    expect(
      new TextDecoder().decode(
        formatGetRequest({ ...request, host: "a.b", version: "1.1", connectionClose: true }),
      ),
    ).toBe(
      "GET /health?a=b HTTP/1.1\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: a.b\r\n\r\n",
    );
  });
  it("brackets an IPv6 address", () => {
    expect(hostOf("fd00::2", 8080)).toBe("[fd00::2]:8080");
  });
});

describe("HttpResponseReader", () => {
  it.each([
    ["HTTP/1.0 200 OK\r\n\r\nhello", "body", 200, "hello"],
    ["HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno", "body", 503, "no"],
    ["HTTP/1.1 204\r\n\r\n", "body", 204, ""],
    // As keepalived: only the code counts, and a chunked body is what stands on the wire.
    ["junk 200 junk\r\n\r\nhello", "body", 200, "hello"],
    [
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
      "body",
      200,
      "2\r\nhi\r\n0\r\n\r\n",
    ],
    ["HTTP/1.0 200 OK\r\nX: y\r\n", "head", undefined, ""],
    ["HTTP/1.0 200", "head", undefined, ""],
    ["HTTP/1.0 200 OK\n\nhello", "head", undefined, ""],
    ["", "head", undefined, ""],
    ["\r\n\r\n", "malformed", undefined, ""],
    ["HTTP/1.0 20 OK\r\n\r\n", "malformed", undefined, ""],
    ["HTTP/1.0 2000 OK\r\n\r\n", "malformed", undefined, ""],
    ["HTTP/1.0\r\n\r\n", "malformed", undefined, ""],
  ])("%j", (text, state, status, body) => {
    expect(read([bytes(text)])).toMatchObject({ state, status, body });
  });

  it("takes Content-Length and counts the body", () => {
    const answer = read([bytes("HTTP/1.0 200 OK\r\ncontent-length:  50 \r\n\r\nhello")]);
    expect(answer).toMatchObject({ contentLength: 50, bodyBytes: 5 });
    expect(read([bytes("HTTP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n")]).contentLength).toBeUndefined();
  });

  it("gives up an endless head, in one line or in many", () => {
    for (const line of ["a", "X: y\r\n"]) {
      const head = bytes(line.repeat(Math.ceil((MAX_HEAD_BYTES + 1) / line.length)));
      expect(read([bytes("HTTP/1.0 200 OK\r\n"), head]).state).toBe("malformed");
    }
  });

  it("reads the same from any stream however it is cut", () => {
    const anyAnswer = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .tuple(
          fc.constantFrom("HTTP/1.0 200 OK", "HTTP/1.1 404 Not Found", "x", ""),
          fc.array(fc.constantFrom("A: b", "Content-Length: 7", "\r", "\n", "")),
          fc.string(),
        )
        .map(([first, headers, body]) => bytes(`${first}\r\n${headers.join("\r\n")}\r\n\r\n${body}`)),
    );
    fc.assert(
      fc.property(anyAnswer, fc.array(fc.nat({ max: 300 })), (stream, cuts) => {
        const ends = [...cuts.filter((cut) => cut < stream.length).sort((a, b) => a - b), stream.length];
        const pieces = ends.map((end, index) => stream.subarray(ends[index - 1] ?? 0, end));
        expect(read(pieces)).toEqual(read([stream]));
      }),
    );
  });
});
