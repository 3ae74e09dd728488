import type { ServerAddress, VirtualServer } from "../config.ts";
import type { ReportFault } from "../faults.ts";
import { type Check, type Open, type OpenConfig, originOfKeyword } from "../open.ts";

/** Ports that packets to a group keep where the forwarding method cannot change them; a mark has any. */
function portsOf({ service }: Open<VirtualServer>, config: OpenConfig): readonly (number | undefined)[] {
  if (service.type !== "group") return [];
  const group = config.virtual_server_group.find(({ name }) => name === service.group);
  return (group?.entries ?? []).map((entry) => (entry.type === "fwmark" ? undefined : entry.port));
}

function warn(what: string, server: ServerAddress, kept: boolean, origin: number, report: ReportFault): void {
  report(
    {
      code: "port-mismatch",
      severity: "warning",
      summary: `the port ${server.port} of ${what} ${server.address} is not that of each entry of its group`,
      detail: kept
        ? "Packets keep the port of the entry that they were sent to: the forwarding method cannot change it."
        : "Packets with a mark keep their port: the forwarding method cannot change it.",
    },
    origin,
  );
}

/** `port-mismatch`: DR and TUN cannot change the port of what is sent to an entry of a group. */
export const groupPorts: Check = (config, report) => {
  for (const server of config.virtual_server) {
    if (server.service.type !== "group") continue;
    const ports = portsOf(server, config);
    const differs = ({ port }: ServerAddress, method: string): boolean =>
      method !== "NAT" && port !== 0 && ports.some((one) => one !== port);
    const kept = ports.some((port) => port !== undefined);
    for (const real of server.real_server) {
      const { method } = real.lvs_method ?? server.lb_kind;
      if (differs(real.server, method)) warn("real_server", real.server, kept, real.$.at, report);
    }
    const { sorry_server: sorry } = server;
    const { method } = server.sorry_server_lvs_method ?? server.lb_kind;
    if (sorry && differs(sorry, method))
      warn("sorry_server", sorry, kept, originOfKeyword(server, "sorry_server"), report);
  }
};
