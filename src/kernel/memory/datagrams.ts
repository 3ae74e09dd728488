import { kernelError } from "../errors.ts";
import type { DatagramPort, DatagramTarget, StreamConnection, StreamEvent } from "../ports.ts";
import { type ConnectContext, connectRefusal } from "./connect.ts";

/** Datagrams to and from the simulated hosts of a MemoryNetwork. */
export class MemoryDatagrams implements DatagramPort {
  readonly #context: ConnectContext;

  constructor(context: ConnectContext) {
    this.#context = context;
  }

  connect(target: DatagramTarget, callback: (event: StreamEvent) => void): StreamConnection {
    const { network, closables } = this.#context;
    const { address, port, protocol } = target;
    const operation = `connect to ${address} ${protocol} port ${port}`;
    let open = true;
    const { close } = closables.add(() => {
      open = false;
    });
    const tell = (event: StreamEvent) => {
      if (!open) return;
      if (event.type === "failed") close();
      callback(event);
    };
    const fail = (errno: number) => tell({ type: "failed", error: kernelError(operation, errno) });
    const refusal = connectRefusal(this.#context, "datagrams.connect", target);
    network.later(0, () => (refusal === 0 ? tell({ type: "connected" }) : fail(refusal)));
    const client = { data: (bytes: Uint8Array) => tell({ type: "data", bytes }), failed: fail };
    return {
      send: (bytes) => {
        if (!open || refusal !== 0) return;
        if (protocol === "udp") network.hosts.datagram(address, port, bytes.slice(), client);
        else network.hosts.echo(address, bytes.slice(), client);
      },
      close,
    };
  }
}
