import type { ChecksumRule, OddAdvert } from "../../wire/vrrp.ts";
import { followsRule } from "../../wire/vrrp.ts";
import type { Definition } from "./definition.ts";
import type { InstanceLog } from "./instance-log.ts";

/**
 * The checksum of version 3 over IPv4, where routers disagree: v3_checksum_as_v2 leaves the pseudo-header out, and
 * keepalived up to 1.3.6 had the multicast group in that of unicast adverts. A unicast instance that hears such
 * adverts from then on sends them as well, unless old_unicast_checksum is `never`.
 */
export class ChecksumRules {
  #definition: Definition;
  #detected = false;
  readonly #log: InstanceLog;

  constructor(definition: Definition, log: InstanceLog) {
    this.#definition = definition;
    this.#log = log;
  }

  configure(definition: Definition): void {
    this.#definition = definition;
    if (definition.config.old_unicast_checksum !== undefined) this.#detected = false;
  }

  /** The rule of adverts that are sent. */
  get sending(): ChecksumRule {
    const { config, group, oldGroup } = this.#definition;
    if (config.v3_checksum_as_v2) return "message";
    const old = group === undefined && (this.#detected || config.old_unicast_checksum === "always");
    return old ? { destination: oldGroup } : "packet";
  }

  /** Whether an advert whose checksum is not that of its packet is taken all the same. */
  admits(odd: OddAdvert, source: string, destination: string): boolean {
    const { config, group, oldGroup, version, family } = this.#definition;
    if (version !== 3 || family !== 4) return false;
    if (config.v3_checksum_as_v2 && followsRule("message", odd, source, destination)) return true;
    if (group !== undefined || config.old_unicast_checksum === "never" || config.v3_checksum_as_v2)
      return false;
    if (!followsRule({ destination: oldGroup }, odd, source, destination)) return false;
    if (!this.#detected && config.old_unicast_checksum === undefined) {
      this.#log.info("Setting unicast VRRPv3 checksum to old version");
      this.#detected = true;
    }
    return true;
  }
}
