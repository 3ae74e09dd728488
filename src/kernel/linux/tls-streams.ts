import { isIP } from "node:net";
import { Duplex } from "node:stream";
import { connect, type SecureContext, type TLSSocket } from "node:tls";
import { ERRNO } from "../../wire/errno.ts";
import { kernelError } from "../errors.ts";
import type {
  StreamConnection,
  StreamEvent,
  StreamPort,
  TlsClient,
  TlsCredentials,
  TlsPort,
  TlsTarget,
} from "../ports.ts";
import { loadContext } from "./tls-context.ts";

/** One TLS connection over a stream of its own. */
class TlsConnection implements StreamConnection {
  readonly #target: TlsTarget;
  readonly #context: SecureContext;
  readonly #callback: (event: StreamEvent) => void;
  readonly #stream: StreamConnection;
  /** What OpenSSL reads from and writes to. */
  readonly #wire: Duplex;
  #tls: TLSSocket | undefined;
  #early: Uint8Array[] = [];
  #secured = false;
  #ended = false;
  #closed = false;

  constructor(
    streams: StreamPort,
    target: TlsTarget,
    context: SecureContext,
    callback: (event: StreamEvent) => void,
  ) {
    this.#target = target;
    this.#context = context;
    this.#callback = callback;
    this.#wire = new Duplex({
      allowHalfOpen: true, // or Node answers a close_notify with its own
      read: () => {},
      write: (bytes: Uint8Array, _, done) => {
        this.#stream.send(bytes);
        done();
      },
    });
    const { serverName, closeNotify, ...peer } = target;
    this.#stream = streams.connect(peer, (event) => this.#onStream(event));
  }

  send(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#closed) return;
    if (this.#tls) this.#tls.write(bytes.slice());
    else this.#early.push(bytes.slice());
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const tls = this.#tls;
    if (!tls || !this.#secured || this.#target.closeNotify !== true) {
      this.#release();
      return;
    }
    // It leaves for the stream at once; what does not fit there any more has had its chance.
    tls.end();
    setImmediate(() => this.#release());
  }

  #release(): void {
    this.#tls?.destroy();
    this.#wire.destroy();
    this.#stream.close();
  }

  #onStream(event: StreamEvent): void {
    if (this.#closed) return;
    switch (event.type) {
      case "connected":
        this.#handshake();
        break;
      case "data":
        this.#wire.push(event.bytes.slice());
        break;
      case "ended":
        // A close_notify that came with it is heard of by then.
        setImmediate(() => this.#ended || this.#fail());
        break;
      case "failed":
        this.#tell(event);
    }
  }

  #handshake(): void {
    const { serverName } = this.#target;
    const tls = connect({
      socket: this.#wire,
      secureContext: this.#context,
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      ...(serverName !== undefined && isIP(serverName) === 0 && { servername: serverName }),
    });
    this.#tls = tls;
    tls.on("secureConnect", () => {
      if (this.#closed) return;
      this.#secured = true;
      this.#tell({ type: "connected" });
      for (const bytes of this.#early.splice(0)) this.send(bytes);
    });
    tls.on("data", (bytes: Uint8Array) => this.#tell({ type: "data", bytes }));
    tls.on("end", () => this.#onEnd());
    tls.on("error", () => this.#fail());
    tls.on("close", () => this.#ended || this.#fail());
  }

  #onEnd(): void {
    if (!this.#secured) {
      this.#fail();
      return;
    }
    this.#ended = true;
    this.#tell({ type: "ended" });
  }

  #fail(): void {
    const { address, port } = this.#target;
    this.#tell({ type: "failed", error: kernelError(`TLS with ${address} port ${port}`, ERRNO.EPROTO) });
  }

  #tell(event: StreamEvent): void {
    if (this.#closed) return;
    if (event.type === "failed") {
      this.#closed = true;
      this.#release();
    }
    this.#callback(event);
  }
}

/** TLS over the streams of a kernel, by the OpenSSL that Node has. */
export class TlsStreams implements TlsPort {
  readonly #streams: StreamPort;

  constructor(streams: StreamPort) {
    this.#streams = streams;
  }

  client(credentials: TlsCredentials): TlsClient {
    const context = loadContext(credentials);
    return {
      connect: (target, callback) => new TlsConnection(this.#streams, target, context, callback),
    };
  }
}
