import type { RealServer, ServerAddress, VirtualServer } from "../../config/config.ts";

/** The protocol as logs write it: "tcp", "udp", "sctp", and "none" for a firewall mark, which has none. */
function protocolName(server: VirtualServer): string {
  return server.service.type === "fwmark" ? "none" : (server.protocol ?? "UDP").toLowerCase();
}

/** A virtual server as keepalived's logs name it: `[10.0.0.1]:tcp:80`, `FWM 9`, `[G]:0` for a group. */
export function virtualServerName(server: VirtualServer): string {
  const { service } = server;
  switch (service.type) {
    case "address":
      return `[${service.address}]:${protocolName(server)}:${service.port}`;
    case "fwmark":
      return `FWM ${service.fwmark}`;
    case "group":
      return `[${service.group}]:0`;
  }
}

/** One of its servers: `[10.0.1.1]:tcp:80`. */
export function serverName(virtualServer: VirtualServer, server: ServerAddress): string {
  return `[${server.address}]:${protocolName(virtualServer)}:${server.port}`;
}

export function realServerName(virtualServer: VirtualServer, real: RealServer): string {
  return serverName(virtualServer, real.server);
}
