import type { UnicastPeer } from "../../config/config.ts";
import type { VrrpAdvert } from "../../wire/vrrp.ts";
import type { AdvertProof } from "./contract.ts";
import type { Counters } from "./counters.ts";

/** Why an advert is not for this instance: which counter it moves, and keepalived's words for the log. */
export interface Rejection {
  readonly counter: keyof Counters;
  readonly message: string;
}

/** What an instance expects of the adverts that it takes. */
export interface Expectation {
  readonly virtualRouterId: number;
  readonly version: 2 | 3;
  readonly interval: number;
  readonly addresses: readonly string[];
  readonly authType: number;
  readonly password: string | undefined;
  /** Empty with multicast. */
  readonly peers: readonly UnicastPeer[];
  /** Strangers are unwelcome: check_unicast_src, or because a peer has limits of its own. */
  readonly peersOnly: boolean;
}

/** An advert as it arrived. */
export interface Arrival {
  readonly advert: VrrpAdvert;
  readonly source: string;
  readonly hops: number;
  readonly proof?: AdvertProof;
}
