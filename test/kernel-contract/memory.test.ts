import { createMemoryKernel } from "../../src/kernel/memory/kernel.ts";
import { MemoryNetwork } from "../../src/kernel/memory/network.ts";
import { kernelContract } from "./contract.ts";
import type { KernelUnderTest } from "./host.ts";
import { ipvsContract } from "./ipvs.ts";

function start(): KernelUnderTest {
  const network = new MemoryNetwork();
  const plug = (name: string, address: string) =>
    createMemoryKernel({ network, links: [{ name, segment: "cable", addresses: [`${address}/24`] }] });
  const kernel = plug("hf0", "192.0.2.1");
  const peer = plug("hf1", "192.0.2.2");
  return {
    kernel,
    link: "hf0",
    peer,
    peerLink: "hf1",
    onPeer: (run) => run(),
    setCarrier: (on) => {
      kernel.setLink("hf0", { carrier: on });
      peer.setLink("hf1", { carrier: on });
    },
    addLink: (name) => kernel.addLink({ name }),
    removeLink: (name) => kernel.removeLink(name),
    neighbour: (address) => network.segment("cable").neighbours.get(address),
    serve: async () => {
      const server = network.hosts.listen("127.0.0.1", 80, (connection) =>
        connection.onData((bytes) => {
          connection.send(Buffer.concat([Buffer.from("echo "), bytes]));
          connection.end();
        }),
      );
      const datagrams = network.hosts.respond("127.0.0.1", 80, (bytes) =>
        bytes.length === 0 ? bytes : Buffer.concat([Buffer.from("echo "), bytes]),
      );
      const close = async () => {
        server.close();
        datagrams.close();
      };
      return { address: "127.0.0.1", port: 80, refusedPort: 81, close };
    },
    close: () => {
      kernel.close();
      peer.close();
    },
  };
}

kernelContract("memory", start);
ipvsContract("memory", () => createMemoryKernel());
