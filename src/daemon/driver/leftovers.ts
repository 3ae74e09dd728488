import type { Kernel } from "../../kernel/ports.ts";
import { VRRP_PROTOCOL } from "./interfaces.ts";
import type { VrrpAddresses } from "./vrrp-addresses.ts";
import type { vrrpRoutes } from "./vrrp-routes.ts";
import type { vrrpRules } from "./vrrp-rules.ts";

/**
 * What is marked as VRRP's and is nobody's here: of a daemon that was killed and has another configuration since, or of
 * another one that runs. One cannot tell, so that it is said and left. What is configured was taken over or away.
 */
export function leftovers(
  kernel: Kernel,
  held: {
    readonly addresses: VrrpAddresses;
    readonly routes: ReturnType<typeof vrrpRoutes>;
    readonly rules: ReturnType<typeof vrrpRules>;
  },
): string[] {
  const ours = ({ protocol }: { readonly protocol?: number }) => protocol === VRRP_PROTOCOL;
  return [
    ...kernel.addresses
      .list()
      .filter((one) => ours(one) && !held.addresses.holds(one))
      .map(({ address, prefixLength }) => `address ${address}/${prefixLength}`),
    ...kernel.routes
      .list(VRRP_PROTOCOL)
      .filter((one) => !held.routes.holds({ ...one, append: false }))
      .map(({ destination, prefixLength, table }) => `route ${destination}/${prefixLength} table ${table}`),
    ...kernel.rules
      .list()
      .filter((one) => ours(one) && !held.rules.holds(one))
      .map(({ family, priority }) => `rule of IPv${family} priority ${priority}`),
  ];
}
