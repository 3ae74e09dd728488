import { kernelError } from "../errors.ts";
import type { StreamConnection, StreamEvent, StreamPort, StreamTarget } from "../ports.ts";
import { type ConnectContext, connectRefusal } from "./connect.ts";

/** Connections to the simulated hosts of a MemoryNetwork. */
export class MemoryStreams implements StreamPort {
  readonly #context: ConnectContext;

  constructor(context: ConnectContext) {
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
    const refusal = connectRefusal(this.#context, "streams.connect", target);
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
}
