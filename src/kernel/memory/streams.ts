import type { StreamConnection, StreamEvent, StreamPort, StreamTarget } from "../ports.ts";
import { type ConnectContext, connectRefusal, listen } from "./connect.ts";

/** Connections to the simulated hosts of a MemoryNetwork. */
export class MemoryStreams implements StreamPort {
  readonly #context: ConnectContext;

  constructor(context: ConnectContext) {
    this.#context = context;
  }

  connect(target: StreamTarget, callback: (event: StreamEvent) => void): StreamConnection {
    const { network } = this.#context;
    let toServer: ((bytes: Uint8Array) => void) | undefined;
    let queue: Uint8Array[] = [];
    const ear = listen(this.#context, `connect to ${target.address} port ${target.port}`, callback);
    const refusal = connectRefusal(this.#context, "streams.connect", target);
    if (refusal !== 0) {
      network.later(0, () => ear.fail(refusal));
    } else {
      network.hosts.connect(target.address, target.port, {
        connected: (send) => {
          toServer = send;
          ear.tell({ type: "connected" });
          for (const bytes of queue.splice(0)) send(bytes);
        },
        data: (bytes) => ear.tell({ type: "data", bytes }),
        ended: () => ear.tell({ type: "ended" }),
        failed: ear.fail,
      });
    }
    return {
      send: (bytes) => {
        if (!ear.open || bytes.length === 0) return;
        if (toServer) toServer(bytes.slice());
        else queue.push(bytes.slice());
      },
      close: () => {
        queue = [];
        ear.close();
      },
    };
  }
}
