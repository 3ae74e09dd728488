import { identityOf } from "../../schema/row.ts";
import { virtualServer } from "../../schema/virtual-server.ts";
import type { VirtualServer } from "../config.ts";
import type { ReportFault } from "../faults.ts";
import { type Check, keepItems, type Open } from "../open.ts";

/** Keeps the first of the objects with one identity. */
function firstOnly<T extends { readonly $: { readonly at: number } }>(
  code: string,
  what: (object: T) => string,
  identity: (object: T) => string,
  report: ReportFault,
): (object: T) => boolean {
  const seen = new Map<string, number>();
  return (object) => {
    const id = identity(object);
    const first = seen.get(id);
    if (first === undefined) {
      seen.set(id, object.$.at);
      return true;
    }
    report(
      {
        code,
        summary: `${what(object)} is defined twice`,
        detail: "The first counts; this one is left out.",
      },
      object.$.at,
      [{ origin: first, message: "first defined here" }],
    );
    return false;
  };
}

function named(
  report: ReportFault,
  keyword: string,
  code = "duplicate-name",
): (object: { readonly name: string; readonly $: { readonly at: number } }) => boolean {
  return firstOnly(
    code,
    ({ name }) => `${keyword} ${name}`,
    ({ name }) => name,
    report,
  );
}

/** `duplicate-name`: of two instances or sync groups of one name keepalived does not read the second. */
export const unreadNames: Check = (config, report) => {
  keepItems(config, "vrrp_instance", named(report, "vrrp_instance"));
  keepItems(config, "vrrp_sync_group", named(report, "vrrp_sync_group"));
};

/** `duplicate-name`, `unused-definition`: what has a name has one of its own. */
export const duplicateNames: Check = (config, report) => {
  keepItems(config, "vrrp_script", named(report, "vrrp_script", "unused-definition"));
  keepItems(config, "track_group", named(report, "track_group"));
  keepItems(config, "track_file", named(report, "track_file", "unused-definition"));
  keepItems(config, "vrrp_track_process", named(report, "vrrp_track_process", "unused-definition"));
  keepItems(config, "bfd_instance", named(report, "bfd_instance"));
};

/** `duplicate-virtual-server`: a service stands once. */
export const duplicateVirtualServers: Check = (config, report) => {
  keepItems(
    config,
    "virtual_server",
    firstOnly<Open<VirtualServer>>(
      "duplicate-virtual-server",
      (server) => `virtual_server ${identityOf(virtualServer, server)}`,
      (server) => identityOf(virtualServer, server),
      report,
    ),
  );
};
