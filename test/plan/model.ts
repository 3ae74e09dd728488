import type { Config } from "../../src/config/config.ts";
import type { Change, Plan } from "../../src/plan/plan.ts";

/** What an object of the model holds: its own keywords, those of the objects inside it left out. */
type Content = string;

const INNER = new Set([
  "$",
  "real_server",
  "sorry_server",
  "virtual_ipaddress",
  "virtual_ipaddress_excluded",
]);

/** A canonical text of plain data, without origins; of an object at the top, without what is inside it. */
export function contentOf(value: object): Content {
  const own = Object.fromEntries(Object.entries(value).filter(([key]) => !INNER.has(key)));
  return JSON.stringify(own, (key, part: unknown) => {
    if (key === "$") return undefined;
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** Every object of a configuration by address, written without the code under test. */
export function objectsOfModel(config: Config): Map<string, Content> {
  const objects = new Map<string, Content>([["global_defs", contentOf(config.global_defs)]]);
  for (const script of config.vrrp_script) objects.set(`vrrp_script[${script.name}]`, contentOf(script));
  for (const group of config.vrrp_sync_group) objects.set(`vrrp_sync_group[${group.name}]`, contentOf(group));
  for (const instance of config.vrrp_instance) {
    const at = `vrrp_instance[${instance.name}]`;
    objects.set(at, contentOf(instance));
    const address =
      (excluded: boolean) => (vip: Config["vrrp_instance"][number]["virtual_ipaddress"][number]) =>
        objects.set(
          `${at}/virtual_ipaddress[${vip.address}/${vip.prefixLength}]`,
          contentOf({ ...vip, excluded }),
        );
    instance.virtual_ipaddress.forEach(address(false));
    instance.virtual_ipaddress_excluded.forEach(address(true));
  }
  for (const server of config.virtual_server) {
    if (server.service.type !== "address") throw new Error("the model has services by address only");
    const { address, port } = server.service;
    const at = `virtual_server[${address}:${server.protocol === "TCP" ? "tcp" : "udp"}:${port}]`;
    objects.set(at, contentOf(server));
    if (server.sorry_server) {
      const sorry = server.sorry_server;
      objects.set(`${at}/sorry_server[${sorry.address}:${sorry.port}]`, contentOf(sorry));
    }
    for (const real of server.real_server)
      objects.set(`${at}/real_server[${real.server.address}:${real.server.port}]`, contentOf(real));
  }
  return objects;
}

/** Carries a plan out on a model, refusing whatever a kernel or a machine would; `watch` sees every step. */
export function applyToModel(
  objects: Map<string, Content>,
  plan: Plan,
  watch: (change: Change, objects: ReadonlyMap<string, Content>) => void = () => {},
): void {
  for (const change of plan.changes) {
    const there = objects.get(change.address);
    const expected = change.before && contentOf(change.before);
    if (there !== expected) throw new Error(`${change.kind} ${change.address}: ${there} is not ${expected}`);
    const wanted = change.after && contentOf(change.after);
    if (change.kind === "keep" && wanted !== there) throw new Error(`keep ${change.address} hides a change`);
    if (wanted === undefined) objects.delete(change.address);
    else objects.set(change.address, wanted);
    watch(change, objects);
  }
}
