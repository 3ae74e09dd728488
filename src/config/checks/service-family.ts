import { familyOf, type IpFamily } from "../../values/ip.ts";
import type { VirtualServer } from "../config.ts";
import type { ReportFault } from "../faults.ts";
import { type Check, forgetOrigin, type Open, writtenAt } from "../open.ts";

/** The family that a service is of before its servers are looked at; undefined when nothing says it. */
export function familyOfService({
  service,
  ip_family: family,
  persistence_granularity: granularity,
}: Open<VirtualServer>): IpFamily | undefined {
  if (service.type === "address") return familyOf(service.address);
  if (family !== undefined) return family === "inet6" ? 6 : 4;
  return granularity && (granularity.netmask ? 4 : 6);
}

/** A family that the address, or a granularity written before it, has settled already is no choice any more. */
function settledFamily(server: Open<VirtualServer>, report: ReportFault): void {
  const { service, persistence_granularity: granularity, ip_family: chosen } = server;
  if (chosen === undefined) return;
  const origin = writtenAt(server, "ip_family");
  const granularityFirst = granularity && writtenAt(server, "persistence_granularity") < origin;
  const settled = service.type === "address" || granularityFirst;
  const family = settled ? familyOfService({ ...server, ip_family: undefined }) : undefined;
  if (family === undefined || (chosen === "inet6" ? 6 : 4) === family) return;
  report(
    { code: "mixed-families", summary: `ip_family ${chosen} is ignored: the service is of IPv${family}` },
    origin,
  );
  server.ip_family = undefined;
  forgetOrigin(server, "ip_family");
}

/**
 * `mixed-families`, `invalid-netmask`: the family is said once; the granularity of an IPv4 service has at most 32 bits,
 * that of an IPv6 one is no netmask.
 */
export const serviceFamily: Check = (config, report) => {
  for (const server of config.virtual_server) {
    settledFamily(server, report);
    const { persistence_granularity: granularity } = server;
    const family = familyOfService(server);
    if (!granularity || !family) continue;
    if (family === 4 ? granularity.length <= 32 : !granularity.netmask) continue;
    const summary =
      family === 4
        ? `${granularity.length} is not a prefix length of IPv4, from 1 to 32`
        : "a service of IPv6 has a prefix length from 1 to 128 as granularity, and no netmask";
    report({ code: "invalid-netmask", summary }, writtenAt(server, "persistence_granularity"));
    server.persistence_granularity = undefined;
    forgetOrigin(server, "persistence_granularity");
  }
};
