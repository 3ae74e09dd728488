import { createLinuxKernel } from "../kernel/linux/kernel.ts";
import type { Kernel, StreamEvent } from "../kernel/ports.ts";
import { formatGetRequest, HttpResponseReader, hostOf } from "../wire/http.ts";
import { Md5 } from "../wire/md5.ts";
import { hexDump } from "./hex-dump.ts";
import { EXIT, type Output, stderr, stdout } from "./output.ts";

export interface GenhashOptions {
  readonly useSsl?: true;
  readonly useSni?: true;
  /** An address. */
  readonly server: string;
  readonly port: number;
  readonly url: string;
  readonly useVirtualhost?: string;
  readonly verbose?: true;
  readonly fwmark?: number;
  readonly protocol: "1.0" | "1.0C" | "1.1";
  /** In seconds: to connect, and between two pieces of the answer. */
  readonly timeout: number;
}

/** keepalived's reads; where they end shows in verbose output. */
const READ_BYTES = 4095;

const title = (text: string) => `-----------------------[${text}]-----------------------\n`;

/** The answer as it comes: hashed, and with `verbose` printed. */
class Answer {
  readonly #out: Output;
  readonly #verbose: boolean;
  readonly #digest = new Md5();
  readonly #head: number[] = [];
  readonly #reader: HttpResponseReader;
  /** The body in the read that is looked at. */
  #body: Uint8Array = new Uint8Array();

  constructor(out: Output, verbose: boolean) {
    this.#out = out;
    this.#verbose = verbose;
    this.#reader = new HttpResponseReader((bytes) => {
      this.#digest.update(bytes);
      this.#body = bytes;
    });
  }

  get hasHead(): boolean {
    return this.#reader.status !== undefined;
  }

  /** False: it will never be a response. */
  push(bytes: Uint8Array): boolean {
    for (let rest = bytes; rest.length > 0 && this.#reader.state !== "malformed"; ) {
      const piece = rest.subarray(0, READ_BYTES - (this.hasHead ? 0 : this.#head.length));
      if (piece.length === 0) return false; // as little as keepalived can make of such a head
      rest = rest.subarray(piece.length);
      this.#read(piece);
    }
    return this.#reader.state !== "malformed";
  }

  #read(piece: Uint8Array): void {
    const hadHead = this.hasHead;
    this.#body = new Uint8Array();
    if (!hadHead) this.#head.push(...piece);
    this.#reader.push(piece);
    if (!this.#verbose) return;
    if (!hadHead) {
      this.#out.write(title("    HTTP Header Buffer    "));
      if (!this.hasHead) return;
      const head = Uint8Array.from(this.#head.slice(0, this.#head.length - this.#reader.bodyBytes));
      this.#out.write(`${hexDump(head)}${title(" HTTP Header Ascii Buffer ")}`);
      this.#out.write(`${new TextDecoder("latin1").decode(head)}\n`);
      if (this.#body.length > 0) this.#out.write(title("        HTML Buffer        "));
    }
    this.#out.write(hexDump(this.#body));
  }

  /** Prints what came of it. */
  finish(errors: Output): void {
    const hash = this.#digest.hex();
    if (this.#verbose) {
      this.#out.write(`\n${title("    HTML hash resulting    ")}`);
      this.#out.write(`${hexDump(Buffer.from(hash, "hex"))}${title(" HTML hash final resulting ")}`);
    }
    if (this.hasHead) this.#out.write(`${hash}\n`);
    else errors.write("no data received from remote webserver\n");
  }
}

/** One connection to the server, until it has ended; resolves with what keepalived says of a fault, if there is one. */
function fetchAnswer(kernel: Kernel, options: GenhashOptions, answer: Answer): Promise<string | undefined> {
  const { useSsl, useSni, server: address, port, useVirtualhost, fwmark, timeout } = options;
  return new Promise((done) => {
    let phase: "connecting" | "asking" | "reading" = "connecting";
    let timer: ReturnType<typeof setTimeout>;
    const finish = (fault?: string) => {
      clearTimeout(timer);
      connection.close();
      done(fault);
    };
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => finish(timeoutWords[phase]), timeout * 1000);
    };
    const timeoutWords = {
      connecting: "Timeout connecting",
      asking: useSsl ? "Timeout SSL read" : "Timeout WEB read",
      reading: useSsl ? "Timeout SSL read" : "Timeout HTTP read",
    };
    const onEvent = (event: StreamEvent): void => {
      switch (event.type) {
        case "connected":
          phase = "asking";
          connection.send(requestOf(options));
          wait();
          break;
        case "data":
          phase = "reading";
          wait();
          if (!answer.push(event.bytes)) finish();
          break;
        case "ended":
          finish(useSsl && !answer.hasHead ? "SSL read error from" : undefined);
          break;
        case "failed":
          finish(faultOf(phase === "connecting", useSsl === true, event.error.code));
      }
    };
    const target = { address, port, ...(fwmark !== undefined && { fwmark }) };
    const serverName = useSni ? useVirtualhost : undefined;
    const connection = useSsl
      ? kernel.tls.client({}).connect({ ...target, ...(serverName !== undefined && { serverName }) }, onEvent)
      : kernel.streams.connect(target, onEvent);
    wait();
  });
}

function faultOf(isConnecting: boolean, isTls: boolean, code: string): string | undefined {
  if (!isConnecting) return isTls ? undefined : "Read error with"; // what TLS has let through is judged
  return code === "EPROTO" ? "SSL handshake/communication error connecting to" : "Connection failed";
}

function requestOf({ url, useVirtualhost, server, port, protocol }: GenhashOptions): Uint8Array {
  return formatGetRequest({
    path: url,
    host: useVirtualhost ?? hostOf(server, port),
    version: protocol === "1.1" ? "1.1" : "1.0",
    connectionClose: protocol !== "1.0",
  });
}

/** `holdfast genhash`: prints the MD5 of a page as keepalived's genhash does. The exit status is 0 like there, whatever came. */
export async function genhash(options: GenhashOptions): Promise<number> {
  const started = process.hrtime.bigint();
  const kernel = createLinuxKernel();
  const answer = new Answer(stdout, options.verbose === true);
  const fault = await fetchAnswer(kernel, options, answer);
  kernel.close();
  if (fault === undefined) answer.finish(stderr);
  else stdout.write(`${fault}\n`);
  const micros = (process.hrtime.bigint() - started) / 1000n;
  if (options.verbose) stdout.write(`\nGlobal response time for [${options.url}] = ${micros} usecs\n`);
  return EXIT.ok;
}
