import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { enterNetworkNamespace } from "../../native/interface.ts";
import type { Config } from "../config/config.ts";
import { INITIAL_NAMESPACE } from "../kernel/linux/namespaces.ts";
import { errnoName } from "../wire/errno.ts";
import type { Role } from "./messages.ts";
import type { RunOptions } from "./options.ts";

const RUN = "/run";
/** Where `ip netns` keeps network namespaces. */
const NAMESPACES = "/run/netns";
/** Directory of the pid files of daemons that are one of several on their host. */
const PID_DIRECTORY = "/run/keepalived";

/** The pid files of one daemon, by absolute path. */
export interface Places {
  readonly pidFile: string;
  readonly childPidFiles: { readonly [R in Role]: string };
}

/**
 * Where a configuration and the command line, which wins, put pid files: in /run, with use_pid_dir or an instance in
 * /run/keepalived with the instance in their names, for a network namespace in a directory of its own there. Makes the
 * directories, root's alone. Throws the errors of the file system.
 */
export function placesOf(config: Config, options: RunOptions): Places {
  const { instance, net_namespace, use_pid_dir } = config;
  const apart = instance !== undefined || net_namespace !== undefined || use_pid_dir;
  const directory =
    net_namespace === undefined
      ? apart
        ? PID_DIRECTORY
        : RUN
      : join(PID_DIRECTORY, `keepalived_${net_namespace}`);
  const of = (name: string) => join(directory, `${name}${instance === undefined ? "" : `_${instance}`}.pid`);
  const { pidFile, childPidFiles } = options;
  const places = {
    pidFile: pidFile ?? of("keepalived"),
    childPidFiles: {
      vrrp: childPidFiles.vrrp ?? of("vrrp"),
      checkers: childPidFiles.checkers ?? of("checkers"),
    },
  };
  const used = [places.pidFile, places.childPidFiles.vrrp, places.childPidFiles.checkers];
  if (apart && used.some((path) => path.startsWith(directory)))
    mkdirSync(directory, { recursive: true, mode: 0o755 });
  return places;
}

/** The file in which a child writes down what it has in the kernel, by the path of its pid file. */
export const ledgerBeside = (pidFile: string): string => `${pidFile.replace(/\.pid$/, "")}.held`;

/** The file of the network namespace of IPVS; undefined where it is the daemon's own. */
export function ipvsNamespaceOf({ net_namespace_ipvs: name }: Config): string | undefined {
  if (name === undefined) return undefined;
  return name === "" ? INITIAL_NAMESPACE : join(NAMESPACES, name);
}

/** Moves this process into the network namespace of a configuration. Why it could not, if it could not. */
export function enterNamespaceOf(config: Config): string | undefined {
  for (const keyword of ["net_namespace", "net_namespace_ipvs"] as const) {
    const name = config[keyword] ?? "";
    if (name.includes("/") || name.startsWith(".")) return `${keyword} '${name}' is no name`;
  }
  const name = config.net_namespace;
  if (name === undefined) return undefined;
  const result = enterNetworkNamespace(join(NAMESPACES, name));
  return result < 0 ? `cannot enter network namespace ${name}: ${errnoName(-result)}` : undefined;
}
