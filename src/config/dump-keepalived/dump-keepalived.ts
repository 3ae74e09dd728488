import type { Config } from "../config.ts";
import { rulePreferences } from "../rule-preferences.ts";
import { checkerLines, fileTrackers } from "./checkers.ts";
import { globalLayout } from "./global.ts";
import { heading, type Identities, indent, type Layout, linesOf, type Scope, section } from "./layout.ts";
import { addressLine, routeLine, ruleLine } from "./network.ts";
import { groupLayout, realServerName, virtualServerLayout } from "./servers.ts";
import {
  bfdLayout,
  garpGroups,
  garpLayout,
  reportsTo,
  scriptLayout,
  syncGroupLayout,
  trackBfdLayout,
  trackFileLayout,
  trackGroupLayout,
  trackProcessLayout,
  usedScripts,
} from "./topology.ts";
import { instanceLayout } from "./vrrp.ts";

const UNKNOWN: Identities = { users: {}, groups: {} };

/** Blanks before the lines of a section, and before those of static addresses, routes and rules. */
const MARGIN = 1;
const STATIC_MARGIN = 5;

function blocks<B>(layout: Layout<B>, list: readonly B[], scope: Scope): string[] {
  return indent(
    list.flatMap((block) => linesOf(layout, block, scope)),
    MARGIN,
  );
}

function vrrpSections(scope: Scope): string[] {
  const { config } = scope;
  const garp = garpGroups(config).flatMap((group) => linesOf(garpLayout, group, scope));
  const device = config.global_defs.default_interface;
  const addresses = config.static_ipaddress.map((one) => addressLine(one, device));
  const bfds = config.bfd_instance.filter((one) => reportsTo(one).vrrp);
  return [
    ...section("Gratuitous ARP delays", garp),
    ...section("Static Addresses", indent(addresses, STATIC_MARGIN)),
    ...section("Static Routes", indent(config.static_routes.map(routeLine), STATIC_MARGIN)),
    ...section(
      "Static Rules",
      indent(
        config.static_rules.map((rule) => ruleLine(rule, scope)),
        STATIC_MARGIN,
      ),
    ),
    ...section("Static Track groups", blocks(trackGroupLayout, config.track_group, scope)),
    ...section("VRRP Topology", blocks(instanceLayout, config.vrrp_instance, scope)),
    ...section("VRRP Sync groups", blocks(syncGroupLayout, config.vrrp_sync_group, scope)),
    ...section("VRRP Scripts", blocks(scriptLayout, usedScripts(config), scope)),
    ...section("VRRP Track files", blocks(trackFileLayout, config.track_file, scope)),
    ...section("VRRP Track processes", blocks(trackProcessLayout, config.vrrp_track_process, scope)),
    ...section("VRRP Track BFDs", blocks(trackBfdLayout, bfds, scope)),
  ];
}

function trackedFiles(scope: Scope): string[] {
  return scope.config.track_file.flatMap((file) => {
    const trackers = fileTrackers(file.name, scope);
    // The instances that track it, too, are the VRRP process's.
    const [name, ...rest] = linesOf(trackFileLayout, file, {
      ...scope,
      config: { ...scope.config, vrrp_instance: [], vrrp_sync_group: [] },
    });
    return trackers.length === 0
      ? []
      : [name ?? "", ...rest, "  Tracking instances :", ...indent(trackers, 4)];
  });
}

function trackedBfds({ config }: Scope): string[] {
  return config.bfd_instance
    .filter((one) => reportsTo(one).checker)
    .flatMap(({ name }) => {
      const servers = config.virtual_server.flatMap((virtual) =>
        virtual.real_server
          .filter((real) => real.BFD_CHECK.some((check) => check.name === name))
          .map((real) => `  ${realServerName(virtual, real)}`),
      );
      return [`Checker Track BFD = ${name}`, "  Tracking RS :", ...servers];
    });
}

/** The certificates of TLS checks; the line of the password, as others, without the password. */
function sslLines({ SSL, virtual_server }: Config): string[] {
  if (SSL !== undefined)
    return [
      ...(SSL.password === undefined ? [] : [" Password : ********"]),
      ...(SSL.ca === undefined ? [] : [` CA-file : ${SSL.ca}`]),
      ...(SSL.certificate === undefined ? [] : [` Certificate file : ${SSL.certificate}`]),
      ...(SSL.key === undefined ? [] : [` Key file : ${SSL.key}`]),
    ];
  const used = virtual_server.some(({ real_server }) => real_server.some((real) => real.SSL_GET.length > 0));
  return used ? [" Using autogen SSL context"] : [];
}

function serverSections(scope: Scope): string[] {
  const { config } = scope;
  return [
    ...section("SSL definitions", sslLines(config)),
    heading("LVS Topology"),
    " System is compiled with LVS v1.2.1",
    ...blocks(groupLayout, config.virtual_server_group, scope),
    ...blocks(virtualServerLayout, config.virtual_server, scope),
    ...section("Health checkers", indent(checkerLines(scope), MARGIN)),
    ...section("Checker track files", indent(trackedFiles(scope), MARGIN)),
    ...section("Checker track BFDs", indent(trackedBfds(scope), MARGIN)),
  ];
}

/**
 * The configuration as keepalived 2.4.3 logs it with `-d` and puts it into its state files: global_defs, then what its
 * VRRP, checker and BFD processes each have. What only a running daemon or its host knows (states, timers, sockets,
 * indices, addresses of interfaces) has no line. Passwords are masked. Users without a number in `identities` are
 * written by name.
 */
export function dumpKeepalived(config: Config, identities: Identities = UNKNOWN): string {
  const scope: Scope = { config, identities, preferences: rulePreferences(config) };
  const hasVrrp = config.vrrp_instance.length > 0;
  const hasServers = config.virtual_server.length > 0;
  const lines = [
    ...section("Global definitions", blocks(globalLayout, [config.global_defs], scope)),
    ...(hasVrrp ? vrrpSections(scope) : []),
    ...(hasServers ? serverSections(scope) : []),
    ...section("BFD Topology", blocks(bfdLayout, config.bfd_instance, scope)),
  ];
  return `${lines.join("\n")}\n`;
}
