import { type Check, writtenAt } from "../open.ts";

/** Priority of the router that owns the addresses; it accepts packets to them in strict mode, too. */
const OWNER = 255;

/** `strict-mode-drops`: strict mode without accept filters the packets to the very addresses that it moves. */
export const strictModeDrops: Check = (config, report) => {
  const said = new Set<number>();
  for (const instance of config.vrrp_instance) {
    if (!instance.strict_mode || instance.priority === OWNER || instance.virtual_ipaddress.length === 0)
      continue;
    if (writtenAt(instance, "accept") !== 0 || writtenAt(instance, "no_accept") !== 0) continue;
    const origin = writtenAt(instance, "strict_mode") || writtenAt(config.global_defs, "vrrp_strict");
    if (said.has(origin)) continue;
    said.add(origin);
    report(
      {
        code: "strict-mode-drops",
        severity: "warning",
        summary: `strict mode drops the packets to the addresses of ${instance.name}`,
        detail: `A router that does not own the addresses only forwards (RFC 9568 §6.1, Accept_Mode): no ping, no service on them answers, and firewall rules of keepalived see to it. ${
          instance.version === 3
            ? "Write accept in the instance, no_accept if it is meant so, or leave strict mode."
            : "Leave strict mode, as VRRP version 2 has no accept in it; write no_accept if it is meant so."
        }`,
      },
      origin,
      [{ origin: instance.$.at, message: `${instance.name} has neither accept nor no_accept` }],
    );
  }
};
