import type { Check, OpenConfig } from "../open.ts";

/** So many virtual servers, with their real servers, stay in the processor's cache. */
const SLICE = 32;

/**
 * Runs checks on a few virtual servers at a time: all of the checks on the first, then all on the next. A check that
 * compares virtual servers with each other has to see them all, and cannot be among them.
 */
export function inSlices(checks: readonly Check[]): Check {
  return (config, report) => {
    const { virtual_server: servers } = config;
    if (servers.length <= SLICE) {
      for (const check of checks) check(config, report);
      return;
    }
    const written = config.$.of.virtual_server;
    const origins = typeof written === "object" ? written : [];
    const kept: OpenConfig["virtual_server"][number][] = [];
    const keptOrigins: number[] = [];
    for (let from = 0; from < servers.length; from += SLICE) {
      const $ = { ...config.$, of: { ...config.$.of, virtual_server: origins.slice(from, from + SLICE) } };
      const slice: OpenConfig = { ...config, $, virtual_server: servers.slice(from, from + SLICE) };
      for (const check of checks) check(slice, report);
      kept.push(...slice.virtual_server);
      keptOrigins.push(...$.of.virtual_server);
    }
    config.virtual_server = kept;
    config.$.of = { ...config.$.of, virtual_server: keptOrigins };
  };
}
