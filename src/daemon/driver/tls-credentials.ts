import type { Config } from "../../config/config.ts";
import {
  KernelError,
  type StreamConnection,
  type StreamEvent,
  type TlsClient,
  type TlsPort,
  type TlsTarget,
} from "../../kernel/ports.ts";
import type { Log } from "../log/log.ts";

/** The credentials of the SSL block: read with every configuration that has an SSL_GET, shared by all of them. */
export class TlsCredentialStore implements TlsClient {
  readonly #port: TlsPort;
  readonly #log: Log;
  #client: TlsClient | undefined;

  constructor(port: TlsPort, log: Log) {
    this.#port = port;
    this.#log = log;
  }

  /** Throws KernelError that names the file. */
  load({ SSL: ssl, virtual_server: services }: Config): void {
    const isWanted = services.some(({ real_server }) => real_server.some((real) => real.SSL_GET.length > 0));
    if (isWanted) this.#client = this.#port.client(ssl ?? {});
  }

  /** The same for a configuration that replaces another one: what cannot be read leaves the credentials as they were. */
  reload(config: Config): void {
    try {
      this.load(config);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.#log.error(`${error.message}; the certificates of before stay in use`);
    }
  }

  connect(target: TlsTarget, callback: (event: StreamEvent) => void): StreamConnection {
    this.#client ??= this.#port.client({});
    return this.#client.connect(target, callback);
  }
}
