import type { Claims } from "../../core/vrrp/claims.ts";
import type {
  InterfaceAddress,
  Kernel,
  Route as KernelRoute,
  Rule as KernelRule,
} from "../../kernel/ports.ts";
import { type Held, STATIC } from "./held.ts";
import { VRRP_PROTOCOL } from "./interfaces.ts";
import type { VrrpAddresses } from "./vrrp-addresses.ts";
import type { vrrpRoutes } from "./vrrp-routes.ts";
import type { vrrpRules } from "./vrrp-rules.ts";

/** Something in the kernel that is marked as VRRP's and is nobody's here. */
export interface Leftover {
  /** "address 192.0.2.10/24". */
  readonly text: string;
  /** Takes it away; absent where it may be another daemon's. */
  readonly remove?: () => void;
}

/** Of one sort: `items` are what an earlier run may have had, `there` is what is marked in the kernel. */
function leftOf<Item, Entry>(
  held: Held<Item, Entry>,
  items: readonly Item[],
  there: readonly Entry[],
  text: (entry: Entry) => string,
): Leftover[] {
  const strays = there.filter((entry) => !held.holds(entry));
  if (strays.length === 0) return [];
  const known = held.find(items, strays);
  return strays.map((entry) => {
    const item = known.get(entry);
    return { text: text(entry), ...(item !== undefined && { remove: () => held.remove([item], STATIC) }) };
  });
}

/**
 * What is marked as VRRP's and is nobody's here, once everything that is configured was taken over or away. What an earlier
 * run had can be taken away; what it had not is of another daemon, or of one that was killed and left no word.
 */
export function leftovers(
  kernel: Kernel,
  held: {
    readonly addresses: VrrpAddresses;
    readonly routes: ReturnType<typeof vrrpRoutes>;
    readonly rules: ReturnType<typeof vrrpRules>;
  },
  earlier: Claims | undefined,
): Leftover[] {
  const { addresses = [], routes = [], rules = [] } = earlier ?? {};
  const marked = ({ protocol }: { readonly protocol?: number }) => protocol === VRRP_PROTOCOL;
  const placed = kernel.routes.list(VRRP_PROTOCOL).map((route) => ({ ...route, append: false }));
  return [
    ...leftOf(held.rules, rules, kernel.rules.list().filter(marked), ruleText),
    ...leftOf(held.routes, routes, placed, routeText),
    ...leftOf(held.addresses, addresses, kernel.addresses.list().filter(marked), addressText),
  ];
}

const addressText = ({ address, prefixLength }: InterfaceAddress) => `address ${address}/${prefixLength}`;
const routeText = ({ destination, prefixLength, table }: KernelRoute) =>
  `route ${destination}/${prefixLength} table ${table}`;
const ruleText = ({ family, priority }: KernelRule) => `rule of IPv${family} priority ${priority}`;
