import { ERRNO } from "../../wire/errno.ts";
import type { Closables } from "../closables.ts";
import { kernelError } from "../errors.ts";
import type { StreamConnection, StreamEvent, StreamPort, StreamTarget } from "../ports.ts";
import type { MemoryAddresses } from "./addresses.ts";
import type { Faults } from "./faults.ts";
import type { MemoryLinks } from "./links.ts";
import type { MemoryNetwork } from "./network.ts";

export interface StreamContext {
  readonly network: MemoryNetwork;
  readonly links: MemoryLinks;
  readonly addresses: MemoryAddresses;
  readonly faults: Faults;
  readonly closables: Closables;
}

/** Connections to the simulated hosts of a MemoryNetwork. */
export class MemoryStreams implements StreamPort {
  readonly #context: StreamContext;

  constructor(context: StreamContext) {
    this.#context = context;
  }

  connect(target: StreamTarget, callback: (event: StreamEvent) => void): StreamConnection {
    const { network, closables } = this.#context;
    const operation = `connect to ${target.address} port ${target.port}`;
    let open = true;
    let toServer: ((bytes: Uint8Array) => void) | undefined;
    let queue: Uint8Array[] = [];
    const { close } = closables.add(() => {
      open = false;
    });
    const tell = (event: StreamEvent) => {
      if (!open) return;
      if (event.type === "failed") close();
      callback(event);
    };
    const fail = (errno: number) => tell({ type: "failed", error: kernelError(operation, errno) });
    const refusal = this.#refusal(target);
    if (refusal !== 0) {
      network.later(0, () => fail(refusal));
    } else {
      network.hosts.connect(target.address, target.port, {
        connected: (send) => {
          toServer = send;
          tell({ type: "connected" });
          for (const bytes of queue.splice(0)) send(bytes);
        },
        data: (bytes) => tell({ type: "data", bytes }),
        ended: () => tell({ type: "ended" }),
        failed: fail,
      });
    }
    return {
      send: (bytes) => {
        if (!open || bytes.length === 0) return;
        if (toServer) toServer(bytes.slice());
        else queue.push(bytes.slice());
      },
      close: () => {
        queue = [];
        close();
      },
    };
  }

  /** The errno with which the socket would fail before a packet is sent; 0 for none. */
  #refusal({ bindAddress, bindInterface }: StreamTarget): number {
    const { links, addresses, faults } = this.#context;
    const fault = faults.take("streams.connect");
    if (fault) return fault.errno;
    if (bindInterface !== undefined && !links.get(bindInterface)) return ERRNO.ENODEV;
    if (bindAddress !== undefined && !addresses.owns(bindAddress)) return ERRNO.EADDRNOTAVAIL;
    return 0;
  }
}
