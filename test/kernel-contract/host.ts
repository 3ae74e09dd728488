import type { Kernel } from "../../src/kernel/ports.ts";

/**
 * A server that answers what it receives with "echo " before it, once, and then finishes; on the UDP port of the same
 * number each datagram, an empty one with an empty one.
 */
export interface EchoServer {
  readonly address: string;
  readonly port: number;
  /** A port of the same host where nobody listens. */
  readonly refusedPort: number;
  close(): Promise<void>;
}

/**
 * What the contract suite runs on: a kernel with an Ethernet link, and a second kernel at the other end of the cable.
 * Both have an address of 192.0.2.0/24 on it, .1 and .2.
 */
export interface KernelUnderTest {
  readonly kernel: Kernel;
  readonly link: string;
  readonly peer: Kernel;
  readonly peerLink: string;
  /** Runs something where the peer's sockets belong: they open at first use. */
  onPeer<T>(run: () => T): T;
  /** Whether the cable between the two is plugged in. */
  setCarrier(on: boolean): void;
  addLink(name: string): void;
  removeLink(name: string): void;
  /** Whom the peer's side believes to have an address: "02:00:…"; undefined when nobody. */
  neighbour(address: string): string | undefined;
  serve(): Promise<EchoServer>;
  close(): void;
}

/** Long enough for anything that is on its way to arrive. */
export const settle = () => new Promise((done) => setTimeout(done, 60));

/** The code of the KernelError that `run` throws; "none" when it throws nothing. */
export function refusal(run: () => void): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Error && "code" in error) return String(error.code);
    throw error;
  }
  return "none";
}
