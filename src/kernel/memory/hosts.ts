import type { Micros } from "../../values/time.ts";
import { ERRNO } from "../../wire/errno.ts";
import { echoReply } from "../../wire/icmp.ts";
import type { Closable } from "../ports.ts";
import type { Later } from "./later.ts";

/** The far end of a connection, as a simulated server sees it. */
interface ServerConnection {
  /** Bytes arrive at the client later. */
  send(bytes: Uint8Array): void;
  /** Finishes sending. */
  end(): void;
  /** Breaks the connection: the client sees ECONNRESET. */
  reset(): void;
  onData(callback: (bytes: Uint8Array) => void): void;
}

/** What the client end of a connection is told, already at its time. */
export interface ClientEnd {
  connected(toServer: (bytes: Uint8Array) => void): void;
  data(bytes: Uint8Array): void;
  ended(): void;
  failed(errno: number): void;
}

/** What a simulated UDP server does with a datagram: what it answers, if it does. */
type Respond = (datagram: Uint8Array) => Uint8Array | undefined;

/** What the client of a datagram conversation is told, already at its time. */
export interface DatagramEnd {
  data(bytes: Uint8Array): void;
  failed(errno: number): void;
}

type Accept = (connection: ServerConnection) => void;

/** How long Linux asks for a neighbour that does not answer before it gives up. */
const UNREACHABLE_AFTER: Micros = 3_000_000;

/** Simulated servers by address and port. */
export class Hosts {
  /** One-way delay of everything between a kernel and a host, microseconds. */
  latency: Micros = 100;
  readonly #hosts = new Map<string, Map<number, Accept>>();
  readonly #responders = new Map<string, Map<number, Respond>>();
  readonly #silent = new Set<string>();
  readonly #later: Later;

  constructor(later: Later) {
    this.#later = later;
  }

  /** Accepts connections until closed. The address stays a host that refuses connections afterwards. */
  listen(address: string, port: number, accept: Accept): Closable {
    const ports = this.#hosts.get(address) ?? new Map<number, Accept>();
    this.#hosts.set(address, ports);
    ports.set(port, accept);
    return {
      close: () => {
        if (ports.get(port) === accept) ports.delete(port);
      },
    };
  }

  /** Answers datagrams until closed. The address stays a host that refuses them afterwards. */
  respond(address: string, port: number, respond: Respond): Closable {
    const ports = this.#responders.get(address) ?? new Map<number, Respond>();
    this.#responders.set(address, ports);
    ports.set(port, respond);
    return {
      close: () => {
        if (ports.get(port) === respond) ports.delete(port);
      },
    };
  }

  /** Carries one UDP datagram to a host, and what comes back. */
  datagram(address: string, port: number, bytes: Uint8Array, client: DatagramEnd): void {
    this.#carry(address, client, () => {
      const respond = this.#responders.get(address)?.get(port);
      if (respond === undefined) return () => client.failed(ERRNO.ECONNREFUSED);
      const answer = respond(bytes);
      return answer && (() => client.data(answer));
    });
  }

  /** Carries one echo request to a host; every one that is there answers. */
  echo(address: string, request: Uint8Array, client: DatagramEnd): void {
    this.#carry(address, client, () => () => client.data(echoReply(request, address.includes(":") ? 6 : 4)));
  }

  /** There and back again: `arrive` runs at the host and returns what to do at the client. */
  #carry(address: string, client: DatagramEnd, arrive: () => (() => void) | undefined): void {
    if (this.#silent.has(address)) return;
    if (!this.#hosts.has(address) && !this.#responders.has(address)) {
      this.#later(UNREACHABLE_AFTER, () => client.failed(ERRNO.EHOSTUNREACH));
      return;
    }
    this.#later(this.latency, () => {
      const back = arrive();
      if (back) this.#later(this.latency, back);
    });
  }

  /** A silent host answers nothing at all, as behind a firewall that drops. */
  setSilent(address: string, silent: boolean): void {
    if (silent) this.#silent.add(address);
    else this.#silent.delete(address);
  }

  /** Opens a connection for a kernel. Everything the client is told comes later. */
  connect(address: string, port: number, client: ClientEnd): void {
    if (this.#silent.has(address)) return;
    const ports = this.#hosts.get(address);
    if (!ports) {
      this.#later(UNREACHABLE_AFTER, () => client.failed(ERRNO.EHOSTUNREACH));
      return;
    }
    const toClient = (deliver: () => void) =>
      this.#later(this.latency, () => {
        if (!this.#silent.has(address)) deliver();
      });
    this.#later(this.latency, () => {
      const accept = ports.get(port);
      if (!accept) {
        toClient(() => client.failed(ERRNO.ECONNREFUSED));
        return;
      }
      let received: (bytes: Uint8Array) => void = () => {};
      toClient(() => client.connected((bytes) => this.#later(this.latency, () => received(bytes))));
      accept({
        send: (bytes) => toClient(() => client.data(bytes)),
        end: () => toClient(() => client.ended()),
        reset: () => toClient(() => client.failed(ERRNO.ECONNRESET)),
        onData: (callback) => {
          received = callback;
        },
      });
    });
  }
}
