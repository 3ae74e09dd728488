import type { GlobalDefs } from "../../config/config.ts";
import type { Log } from "../log/log.ts";
import type { Firewall } from "./nft-firewall.ts";

/** undefined: nf_tables it is. */
export function openIptables(_global: GlobalDefs, _log: Log): Firewall | undefined {
  return undefined;
}
