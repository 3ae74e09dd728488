import { identityOf } from "../../schema/row.ts";
import { realServer } from "../../schema/virtual-server.ts";
import { familyOf, type IpFamily } from "../../values/ip.ts";
import { connectingCheckers, ownCheckers } from "../checkers-of.ts";
import type { Forwarding, RealServer, ServerAddress, VirtualServer } from "../config.ts";
import { type Check, forgetOrigin, keepItems, type Open, originOfKeyword } from "../open.ts";
import { familyOfService } from "./service-family.ts";

/** The family of a mark that names none: that of its first server without tunnel. */
function familyOfServers({ real_server: servers }: Open<VirtualServer>): IpFamily | undefined {
  const plain = servers.find(({ lvs_method: method }) => method?.method !== "TUN");
  return plain && familyOf(plain.server.address);
}

/** `mixed-families`: only a tunnel leads from one address family to the other. */
export const serverFamilies: Check = (config, report) => {
  for (const server of config.virtual_server) {
    const { sorry_server: sorry } = server;
    const family = familyOfService(server) ?? familyOfServers(server);
    if (family === undefined) continue;
    const reachable = (address: string, method: Forwarding | undefined): boolean =>
      method === "TUN" || familyOf(address) === family;
    keepItems(server, "real_server", ({ server: { address }, lvs_method: method, $ }) => {
      if (reachable(address, method?.method)) return true;
      report(
        {
          code: "mixed-families",
          summary: `real_server ${address} is left out: its virtual server is IPv${family}`,
          detail: "Only lvs_method TUN leads from one address family to the other.",
        },
        $.at,
      );
      return false;
    });
    if (sorry && !reachable(sorry.address, (server.sorry_server_lvs_method ?? server.lb_kind).method)) {
      report(
        {
          code: "mixed-families",
          summary: `sorry_server ${sorry.address} is left out: its virtual server is IPv${family}`,
        },
        originOfKeyword(server, "sorry_server"),
      );
      server.sorry_server = undefined;
      server.sorry_server_inhibit = false;
      server.sorry_server_lvs_method = undefined;
      for (const keyword of ["", "_inhibit", "_lvs_method"]) forgetOrigin(server, `sorry_server${keyword}`);
    }
  }
};

/** The port that a server is reached at, and whether the written one had to give way. */
function portFor(
  { service }: Open<VirtualServer>,
  { port }: ServerAddress,
  method: Forwarding | undefined,
): { readonly port: number; readonly overruled: boolean } {
  switch (service.type) {
    case "fwmark":
      return { port: method === "NAT" ? port : 0, overruled: false };
    case "group":
      return { port, overruled: false };
    case "address": {
      const fixed = method !== "NAT" && service.port !== port;
      return port === 0 || fixed ? { port: service.port, overruled: port !== 0 } : { port, overruled: false };
    }
  }
}

/** Checkers go on checking the port that was written, whatever the kernel then uses. */
function checkWrittenPort(real: Open<RealServer>): void {
  ownCheckers(real);
  for (const checker of connectingCheckers(real)) {
    if (checker.connect_port !== undefined) continue;
    checker.connect_port = real.server.port;
    checker.$.of = { ...checker.$.of, connect_port: real.$.at }; // so that a dump, which has the other port, keeps it
  }
}

/** `ignored-port`: without address translation what carries a mark keeps its port, whatever stands at the server. */
export const portsUnderMark: Check = (config, report) => {
  for (const server of config.virtual_server) {
    const { service, sorry_server: sorry } = server;
    if (service.type !== "fwmark") continue;
    const ignored = (
      what: string,
      { address, port }: ServerAddress,
      { method }: { readonly method: Forwarding },
      origin: number,
    ): void => {
      if (port === 0 || method === "NAT") return;
      const summary = `the port ${port} of ${what} ${address} is ignored: packets with the mark ${service.fwmark} keep theirs`;
      report({ code: "ignored-port", severity: "warning", summary }, origin);
    };
    for (const real of server.real_server)
      ignored("real_server", real.server, real.lvs_method ?? server.lb_kind, real.$.at);
    const sorryMethod = server.sorry_server_lvs_method ?? server.lb_kind;
    if (sorry) ignored("sorry_server", sorry, sorryMethod, originOfKeyword(server, "sorry_server"));
  }
};

/** `port-mismatch`: DR and TUN cannot change the port; a server without one has its service's. */
export const serverPorts: Check = (config, report) => {
  const overruled = (what: string, from: number, to: number, method: string, origin: number): void =>
    report(
      {
        code: "port-mismatch",
        severity: "warning",
        summary: `the port ${from} of ${what} is ignored: ${method} cannot change the port, so it is ${to}`,
      },
      origin,
    );
  for (const server of config.virtual_server) {
    for (const real of server.real_server) {
      const method = (real.lvs_method ?? server.lb_kind).method;
      const found = portFor(server, real.server, method);
      if (found.overruled)
        overruled(`real_server ${real.server.address}`, real.server.port, found.port, method, real.$.at);
      if (found.port === real.server.port) continue;
      if (real.server.port !== 0) checkWrittenPort(real);
      real.server = { ...real.server, port: found.port };
    }
    const { sorry_server: sorry } = server;
    if (!sorry) continue;
    const { method } = server.sorry_server_lvs_method ?? server.lb_kind;
    const found = portFor(server, sorry, method);
    if (found.overruled)
      overruled("sorry_server", sorry.port, found.port, method, originOfKeyword(server, "sorry_server"));
    server.sorry_server = { ...sorry, port: found.port };
  }
};

/** Most services have no more servers; to compare each with each is quicker then than to make a set. */
const FEW = 8;

/** Whether an address stands twice, which is quicker to see than whether a server does. */
function repeatsAddress({ real_server: servers }: Open<VirtualServer>): boolean {
  if (servers.length > FEW) return new Set(servers.map(({ server }) => server.address)).size < servers.length;
  for (let one = 1; one < servers.length; one++) {
    const address = servers[one]?.server.address;
    for (let other = 0; other < one; other++) if (servers[other]?.server.address === address) return true;
  }
  return false;
}

/** `duplicate-real-server`: a server stands once in its virtual server. */
export const duplicateRealServers: Check = (config, report) => {
  for (const server of config.virtual_server) {
    if (!repeatsAddress(server)) continue;
    const seen = new Map<string, number>();
    keepItems(server, "real_server", (real) => {
      const id = identityOf(realServer, real);
      const first = seen.get(id);
      if (first === undefined) {
        seen.set(id, real.$.at);
        return true;
      }
      report(
        { code: "duplicate-real-server", summary: `real_server ${id} stands twice; this one is left out` },
        real.$.at,
        [{ origin: first, message: "first given here" }],
      );
      return false;
    });
  }
};
