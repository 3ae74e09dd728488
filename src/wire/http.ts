/** Longest status line and header section that is read, as with keepalived; a longer one makes the response malformed. */
export const MAX_HEAD_BYTES = 4_095;

export type HttpMethodVersion = "1.0" | "1.1";

/**
 * A GET request as keepalived writes it, byte for byte: servers have been configured to know its checks.
 * `host` stands in the Host header as it is.
 */
export function formatGetRequest(request: {
  readonly path: string;
  readonly host: string;
  readonly version: HttpMethodVersion;
  readonly connectionClose: boolean;
}): Uint8Array {
  const connection = request.connectionClose ? "Connection: close\r\n" : "";
  return new TextEncoder().encode(
    `GET ${request.path} HTTP/${request.version}\r\nUser-Agent: KeepAliveClient\r\n${connection}Host: ${request.host}\r\n\r\n`,
  );
}

/** The Host header of a server without a name: address and port, an IPv6 address in brackets (RFC 3986 §3.2.2). */
export function hostOf(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/**
 * Where a response stands. "head": the blank line has not come yet. "body": it has, bytes go to the sink until the
 * connection ends. "malformed": it will never be a response (no status code, or an endless head).
 */
export type HttpResponseState = "head" | "body" | "malformed";

const CR = 13;
const LF = 10;

/**
 * Reads one HTTP/1.x response from a byte stream cut anywhere, and keeps none of its body: the end of the connection
 * ends it, transfer codings are left undecoded, and of the head only status code and Content-Length are kept. This is
 * what keepalived looks at (so a digest covers chunk framing too), and all that a health check needs.
 */
export class HttpResponseReader {
  state: HttpResponseState = "head";
  /** Three digits after the first space of the status line; undefined until the blank line has come. */
  status: number | undefined;
  contentLength: number | undefined;
  /** All that came after the head. */
  bodyBytes = 0;
  private headBytes = 0;
  private line = "";
  private firstLine: string | undefined;
  private previous = 0;
  private readonly onBody: (bytes: Uint8Array) => void;

  /**
   * `onBody` gets every piece of the body as it comes, as far as Content-Length covers it; its bytes are only valid during
   * the call.
   */
  constructor(onBody: (bytes: Uint8Array) => void) {
    this.onBody = onBody;
  }

  push(bytes: Uint8Array): void {
    let offset = 0;
    while (this.state === "head" && offset < bytes.length) {
      this.headByte(bytes[offset] ?? 0);
      offset++;
    }
    if (this.state !== "body" || offset === bytes.length) return;
    const left = Math.max(0, (this.contentLength ?? Number.POSITIVE_INFINITY) - this.bodyBytes);
    this.bodyBytes += bytes.length - offset;
    const covered = bytes.subarray(offset, offset + left);
    if (covered.length > 0) this.onBody(covered);
  }

  private headByte(byte: number): void {
    this.headBytes++;
    if (this.headBytes > MAX_HEAD_BYTES) this.state = "malformed";
    else if (byte === LF && this.previous === CR) this.endLine(this.line.slice(0, -1));
    else this.line += String.fromCharCode(byte);
    this.previous = byte;
  }

  /** RFC 9112 §2.1: a line ends with CRLF. A lone LF ends none here, as with keepalived. */
  private endLine(line: string): void {
    this.line = "";
    if (this.firstLine === undefined) this.firstLine = line;
    else if (line === "") this.endHead();
    else this.header(line);
  }

  private header(line: string): void {
    const length = /^content-length:[ \t]*(\d{1,15})[ \t]*$/i.exec(line)?.[1];
    if (length !== undefined) this.contentLength = Number(length);
  }

  /** RFC 9112 §4, read loosely: whatever the protocol calls itself, the code follows the first space. */
  private endHead(): void {
    const code = /^[^ ]* +(\d{3})(?!\d)/.exec(this.firstLine ?? "")?.[1];
    if (code === undefined) {
      this.state = "malformed";
      return;
    }
    this.status = Number(code);
    this.state = "body";
  }
}
