import type { DatagramPort, DatagramTarget, StreamConnection, StreamEvent } from "../ports.ts";
import { type ConnectContext, connectRefusal, listen } from "./connect.ts";

/** Datagrams to and from the simulated hosts of a MemoryNetwork. */
export class MemoryDatagrams implements DatagramPort {
  readonly #context: ConnectContext;

  constructor(context: ConnectContext) {
    this.#context = context;
  }

  connect(target: DatagramTarget, callback: (event: StreamEvent) => void): StreamConnection {
    const { network } = this.#context;
    const { address, port, protocol } = target;
    const ear = listen(this.#context, `connect to ${address} ${protocol} port ${port}`, callback);
    const refusal = connectRefusal(this.#context, "datagrams.connect", target);
    network.later(0, () => (refusal === 0 ? ear.tell({ type: "connected" }) : ear.fail(refusal)));
    const client = { data: (bytes: Uint8Array) => ear.tell({ type: "data", bytes }), failed: ear.fail };
    return {
      send: (bytes) => {
        if (!ear.open || refusal !== 0) return;
        if (protocol === "udp") network.hosts.datagram(address, port, bytes.slice(), client);
        else network.hosts.echo(address, bytes.slice(), client);
      },
      close: ear.close,
    };
  }
}
