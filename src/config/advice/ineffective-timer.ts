import { formatSeconds } from "../../values/time.ts";
import type { VrrpInstance } from "../config.ts";
import { type Check, type Open, type OpenConfig, originOfKeyword, writtenAt } from "../open.ts";

/** Where the interval of refreshes was written: in the instance, else for all. */
function refreshAt(instance: Open<VrrpInstance>, config: OpenConfig): number {
  return (
    writtenAt(instance, "garp_master_refresh") || writtenAt(config.global_defs, "vrrp_garp_master_refresh")
  );
}

/** `ineffective-timer`: what is sent along with adverts cannot be sent more often than they, or without interval. */
export const ineffectiveTimer: Check = (config, report) => {
  const said = new Set<number>();
  for (const instance of config.vrrp_instance) {
    const { garp_master_refresh: refresh, advert_int: advert, name } = instance;
    const origin = refreshAt(instance, config);
    if (refresh > 0 && refresh < advert && origin !== 0 && !said.has(origin)) {
      said.add(origin);
      report(
        {
          code: "ineffective-timer",
          severity: "warning",
          summary: `gratuitous ARPs of ${name} are refreshed every ${formatSeconds(advert)} s, not every ${formatSeconds(refresh)} s`,
          detail: "A master refreshes them when it sends an advert, so not more often than advert_int.",
        },
        origin,
        [{ origin: originOfKeyword(instance, "advert_int"), message: `the advert interval of ${name}` }],
      );
    }
    const repeat = writtenAt(instance, "garp_master_refresh_repeat");
    if (refresh > 0 || repeat === 0 || instance.strict_mode) continue;
    report(
      {
        code: "ineffective-timer",
        severity: "warning",
        summary: `garp_master_refresh_repeat of ${name} has no effect: nothing is refreshed`,
        detail: "Without garp_master_refresh, or with 0, gratuitous ARPs are sent on becoming master only.",
      },
      repeat,
    );
  }
};
