import type { VrrpInstance } from "../config.ts";
import type { ReportFault } from "../faults.ts";
import { type Check, forgetOrigin, keepItems, type Open, originOfKeyword } from "../open.ts";

function uniqueKeys(instance: Open<VrrpInstance>, report: ReportFault): void {
  const { auth_hmac: signing } = instance;
  if (!signing) return;
  const seen = new Map<number, number>();
  keepItems(signing, "key", ({ id }, origin) => {
    const first = seen.get(id);
    seen.set(id, first ?? origin);
    if (first === undefined) return true;
    report(
      { code: "duplicate-key", summary: `${instance.name} has a key ${id} already; this one is ignored` },
      origin,
      [{ origin: first, message: "first given here" }],
    );
    return false;
  });
}

/**
 * `duplicate-key`, `no-active-key`, `authentication-ignored`: signed adverts need the key that is active, and no other
 * authentication.
 */
export const authHmac: Check = (config, report) => {
  for (const instance of config.vrrp_instance) {
    const { auth_hmac: signing, authentication } = instance;
    if (!signing) continue;
    uniqueKeys(instance, report);
    if (!signing.key.some(({ id }) => id === signing.active_key)) {
      report(
        {
          code: "no-active-key",
          summary: `the adverts of ${instance.name} are not signed: ${signing.active_key === undefined ? "there is no active_key" : `there is no key ${signing.active_key}`}`,
          detail: "keepalived ignores the whole auth_hmac then.",
        },
        originOfKeyword(signing, "active_key"),
      );
      instance.auth_hmac = undefined;
      forgetOrigin(instance, "auth_hmac");
    } else if (authentication) {
      report(
        {
          code: "authentication-ignored",
          severity: "warning",
          summary: `the authentication of ${instance.name} is ignored: it has auth_hmac`,
        },
        authentication.$.at,
      );
      instance.authentication = undefined;
      forgetOrigin(instance, "authentication");
    }
  }
};

/** Priority of the router that owns the addresses (RFC 9568 §5.2.4). */
const OWNER = 255;

/** `authentication-ignored`: an instance with AH that is not the owner starts as backup. */
export const ahState: Check = (config, report) => {
  for (const instance of config.vrrp_instance) {
    const ah = instance.authentication?.auth_type === "AH";
    if (!ah || instance.state !== "MASTER" || instance.priority === OWNER) continue;
    instance.state = "BACKUP";
    report(
      {
        code: "master-with-ah",
        severity: "warning",
        summary: `${instance.name} starts as backup: it has AH authentication`,
        detail: "The sequence numbers of AH are only known once the adverts of others are heard.",
      },
      originOfKeyword(instance, "state"),
    );
  }
};
