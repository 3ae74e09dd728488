import { describe } from "vitest";
import { addressContract } from "./addresses.ts";
import { clockContract } from "./clock.ts";
import { datagramContract } from "./datagrams.ts";
import { firewallContract } from "./firewall.ts";
import type { KernelUnderTest } from "./host.ts";
import { linkbeatContract } from "./linkbeat.ts";
import { linkContract } from "./links.ts";
import { packetContract } from "./packets.ts";
import { routeContract } from "./routes.ts";
import { ruleContract } from "./rules.ts";
import { streamContract } from "./streams.ts";
import { virtualLinkContract } from "./virtual-links.ts";

/** What every kernel must do, by port. `start` makes a fresh pair of kernels for each test. */
export function kernelContract(name: string, start: () => KernelUnderTest): void {
  describe(`${name} kernel`, () => {
    linkContract(start);
    linkbeatContract(start);
    virtualLinkContract(start);
    firewallContract(start);
    addressContract(start);
    routeContract(start);
    ruleContract(start);
    packetContract(start);
    streamContract(start);
    datagramContract(start);
    clockContract(start);
  });
}
