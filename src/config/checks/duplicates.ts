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

/** `duplicate-name`, `unused-definition`: what has a name has one of its own. */
export const duplicateNames: Check = (config, report) => {
  const named = (keyword: string, code = "duplicate-name") =>
    firstOnly<{ readonly name: string; readonly $: { readonly at: number } }>(
      code,
      ({ name }) => `${keyword} ${name}`,
      ({ name }) => name,
      report,
    );
  keepItems(config, "vrrp_instance", named("vrrp_instance"));
  keepItems(config, "vrrp_sync_group", named("vrrp_sync_group"));
  keepItems(config, "vrrp_script", named("vrrp_script", "unused-definition"));
  keepItems(config, "track_group", named("track_group"));
  keepItems(config, "track_file", named("track_file", "unused-definition"));
  keepItems(config, "vrrp_track_process", named("vrrp_track_process", "unused-definition"));
  keepItems(config, "bfd_instance", named("bfd_instance"));
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
