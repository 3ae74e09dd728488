import type { RealServer, ServerAddress, VirtualServer } from "../../config/config.ts";
import type { IpvsCommand, IpvsDestination, IpvsServiceKey } from "../../wire/ipvs-types.ts";

/** The protocol as logs write it: "tcp", "udp", "sctp", and "none" for firewall marks, which have none. */
function protocolName({ service, protocol }: VirtualServer): string {
  // Of a group, only one of marks is left without protocol.
  if (service.type === "fwmark" || (service.type === "group" && protocol === undefined)) return "none";
  return (protocol ?? "UDP").toLowerCase();
}

/**
 * A virtual server as keepalived's logs name it: `[10.0.0.1]:tcp:80`, `FWM 9`, `[G]:0` for the first that is of group G
 * and `[G]:1` for the second (`ordinal`).
 */
export function virtualServerName(server: VirtualServer, ordinal = 0): string {
  const { service } = server;
  // Names are joined, not written as templates: those are trees of pieces, of which each server keeps one.
  switch (service.type) {
    case "address":
      return ["[", service.address, "]:", protocolName(server), ":", service.port].join("");
    case "fwmark":
      return `FWM ${service.fwmark}`;
    case "group":
      return `[${service.group}]:${ordinal}`;
  }
}

/** One of its servers: `[10.0.1.1]:tcp:80`. */
export function serverName(virtualServer: VirtualServer, server: ServerAddress): string {
  return ["[", server.address, "]:", protocolName(virtualServer), ":", server.port].join("");
}

export function realServerName(virtualServer: VirtualServer, real: RealServer): string {
  return serverName(virtualServer, real.server);
}

const PROTOCOL_NAMES: Readonly<Record<number, string>> = { 6: "tcp", 17: "udp", 132: "sctp" };

/** A service of the kernel's table: `[10.0.0.1]:tcp:80`, `FWM 9`. */
export function keyName(key: IpvsServiceKey): string {
  if (key.type === "fwmark") return `FWM ${key.fwmark}`;
  return `[${key.address}]:${PROTOCOL_NAMES[key.protocol] ?? key.protocol}:${key.port}`;
}

/** One of its destinations: `10.0.1.1 port 80`. */
export function destinationName({ address, port }: Pick<IpvsDestination, "address" | "port">): string {
  return `${address} port ${port}`;
}

/** A command for people: "edit destination 10.0.1.1 port 80 of [10.0.0.1]:tcp:80". */
export function commandText(command: IpvsCommand): string {
  const verb = command.type.replace("-", " ");
  if (!("destination" in command))
    return `${verb} ${keyName("service" in command ? command.service.key : command.key)}`;
  return `${verb} ${destinationName(command.destination)} of ${keyName(command.key)}`;
}
