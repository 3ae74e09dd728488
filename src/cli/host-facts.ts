import { spawnSync } from "node:child_process";
import { lstatSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { isIP } from "node:net";
import { hostname, networkInterfaces, release } from "node:os";
import { join } from "node:path";
import type { Compiled } from "../config/compile.ts";
import type { Config } from "../config/config.ts";
import type { FileFacts, HostFacts, InterfaceFacts } from "../config/facts.ts";
import { keyFileUses } from "../config/host-keys.ts";
import { type NameUse, nameKey, nameUses, resolvedNames } from "../config/host-names.ts";
import { type PatternUse, patternKey, patternUses } from "../config/host-patterns.ts";
import { candidatePaths, directoriesAbove, scriptUses } from "../config/scripts.ts";
import { ipProtocol } from "../daemon/ip-protocols.ts";
import { IprouteNames } from "../daemon/iproute-names.ts";
import { linkKinds } from "../kernel/linux/link-kinds.ts";
import { compilePattern, patternLibraryVersion } from "../kernel/linux/patterns.ts";
import { keyOfFile } from "../values/hmac-key.ts";

/** Flags of <linux/if.h>, by bit. */
const FLAGS = [
  "up",
  "broadcast",
  "debug",
  "loopback",
  "pointopoint",
  "notrailers",
  "running",
  "noarp",
].concat(["promisc", "allmulti", "master", "slave", "multicast"]);
const IPROUTE = "/etc/iproute2";
/** Links that lead to links; the kernel gives up at 40, too. */
const MOST_LINKS = 40;

/** What `@id` lines are compared with on this host, unless an option says something else. */
export function hostId(): string | undefined {
  return hostname().split(".")[0];
}

/** The lines of a file, none when it cannot be read. */
function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch {
    return [];
  }
}

/** Names and numbers of passwd(5) and group(5). */
function numbersByName(path: string): Record<string, number> {
  const entries = linesOf(path).flatMap((line) => {
    const [name, , number] = line.split(":");
    return name && number ? [[name, Number(number)] as const] : [];
  });
  return Object.fromEntries(entries);
}

/** Files of this machine, or of the one whose files are below `root`: links do not lead out of it. */
class FileTree {
  readonly files: Record<string, FileFacts | null> = {};
  private readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** Adds the facts of a path and of the directories that lead to it, links followed. */
  add(path: string): void {
    const real = this.follow(path);
    for (const start of [path, real ?? path]) {
      for (const part of [start, ...directoriesAbove(start)]) {
        if (!(part in this.files)) this.files[part] = this.factsOf(part);
      }
    }
  }

  private factsOf(path: string): FileFacts | null {
    try {
      const real = this.follow(path);
      if (real === undefined) return null;
      const stat = statSync(join(this.root, real));
      const link = lstatSync(join(this.root, path)).isSymbolicLink();
      const type = stat.isFile() ? "file" : stat.isDirectory() ? "directory" : "other";
      const { uid, gid, mode } = stat;
      return { type, uid, gid, mode: mode & 0o7777, ...(link ? { link } : {}) };
    } catch {
      return null;
    }
  }

  /** The path without links, as seen from the root; undefined when there is nothing. */
  private follow(path: string): string | undefined {
    const rest = path.split("/").filter((part) => part !== "");
    let at = "/";
    for (let links = 0; rest.length > 0; ) {
      const part = rest.shift() ?? "";
      const next = join(at, part);
      try {
        if (!lstatSync(join(this.root, next)).isSymbolicLink()) {
          at = next;
          continue;
        }
        if (++links > MOST_LINKS) return undefined;
        const target = readlinkSync(join(this.root, next));
        if (target.startsWith("/")) at = "/";
        rest.unshift(...target.split("/").filter((each) => each !== ""));
      } catch {
        return undefined;
      }
    }
    return at;
  }
}

/** The numbers of the names that a configuration uses. */
function names(config: Config, root: string): NonNullable<HostFacts["names"]> {
  const { iproute_usr_dir: usr = IPROUTE, iproute_etc_dir: etc = IPROUTE } = config.global_defs;
  const known = new IprouteNames({ usr: join(root, usr), etc: join(root, etc) });
  const numberOf = ({ table, name }: NameUse): number | undefined =>
    table === "protocols" ? ipProtocol(name, join(root, "etc/protocols")) : known.number(table, name);
  return Object.fromEntries(nameUses(config).map((use) => [nameKey(use), numberOf(use) ?? null]));
}

/** Bytes of the keys in a configuration's files; nothing is known of what must not be read. */
function keyBytes(
  config: Config,
  root: string,
  files: HostFacts["files"],
): NonNullable<HostFacts["keyBytes"]> {
  return Object.fromEntries(
    keyFileUses(config).flatMap(({ path }) => {
      if (files[path]?.type !== "file") return [];
      try {
        return [[path, keyOfFile(readFileSync(join(root, path)))?.length ?? null]];
      } catch {
        return [];
      }
    }),
  );
}

/** Milliseconds that the name service has for a name. */
const RESOLVE_TIMEOUT = 3_000;
/** Status of getent(1) for a name that is not known. */
const NOT_FOUND = 2;

/** Which host names the name service knows; without an answer in time nothing is known of a name. */
function resolves(config: Config): NonNullable<HostFacts["resolves"]> {
  return Object.fromEntries(
    resolvedNames(config).flatMap((name) => {
      if (isIP(name) !== 0) return [];
      const { status } = spawnSync("getent", ["ahosts", "--", name], {
        stdio: "ignore",
        timeout: RESOLVE_TIMEOUT,
      });
      return status === 0 || status === NOT_FOUND ? [[name, status === 0]] : [];
    }),
  );
}

/** What the library makes of a configuration's regular expressions; not asked when there is none. */
function pcre2(config: Config): Pick<HostFacts, "pcre2"> {
  const uses = patternUses(config);
  if (uses.length === 0) return {};
  try {
    return { pcre2: judged(uses) };
  } catch {
    return {}; // The addon is not built: nothing is known, and nothing else here needs it.
  }
}

function judged(uses: readonly PatternUse[]): NonNullable<HostFacts["pcre2"]> {
  const refused: Record<string, string> = {};
  for (const { source, options } of new Map(uses.map((use) => [patternKey(use), use])).values()) {
    const compiled = compilePattern(source, options);
    if ("type" in compiled && compiled.type === "invalid")
      refused[patternKey({ source, options })] = `${compiled.text} at offset ${compiled.offset}`;
  }
  return { version: patternLibraryVersion() ?? null, refused };
}

const SYSTEM_NETWORK = "/sys/class/net";

/** Names of the interfaces in our network namespace: /proc always shows it, /sys that in which it was mounted. */
function interfaceNames(): readonly string[] {
  return linesOf("/proc/net/dev")
    .slice(2)
    .flatMap((line) => /^\s*(\S+):/.exec(line)?.[1] ?? []);
}

/** What each interface is; nothing is known of them when the addon is not built. */
function kinds(): ReadonlyMap<string, string | null> {
  try {
    return linkKinds();
  } catch {
    return new Map();
  }
}

function interfaces(): Record<string, InterfaceFacts> {
  const names = interfaceNames();
  const addressed = networkInterfaces();
  const found = [...new Set([...names, ...Object.keys(addressed)])].sort();
  const known = kinds();
  return Object.fromEntries(
    found.map((name) => {
      const bits = Number(linesOf(`${SYSTEM_NETWORK}/${name}/flags`)[0] ?? 0);
      const addresses = (addressed[name] ?? []).flatMap(({ cidr }) => (cidr === null ? [] : [cidr]));
      const flags = FLAGS.filter((_, bit) => (bits & (1 << bit)) !== 0);
      const kind = known.get(name);
      return [name, { addresses, flags, ...(kind === undefined ? {} : { kind }) }];
    }),
  );
}

/** Modules that configurations may need, by the feature. */
const MODULES: Readonly<Record<string, string>> = {
  ipv6: "ipv6",
  ipvs: "ip_vs",
  ipset: "ip_set",
  macvlan: "macvlan",
  nftables: "nf_tables",
};

/** Which features are built in, loaded, or there to be loaded. */
function kernel(): HostFacts["kernel"] {
  const version = release();
  const known = ["modules.builtin", "modules.dep"]
    .flatMap((name) => linesOf(`/lib/modules/${version}/${name}`))
    .map((line) =>
      line
        .split(":")[0]
        ?.split("/")
        .at(-1)
        ?.replace(/\.ko.*$/, ""),
    );
  const modules = new Set([...known, ...linesOf("/proc/modules").map((line) => line.split(" ")[0])]);
  const visible: Readonly<Record<string, string>> = { ipv6: "/proc/net/if_inet6", ipvs: "/proc/net/ip_vs" };
  const features = Object.entries(MODULES).map(([feature, module]) => {
    const shown = visible[feature];
    return [feature, modules.has(module) || (shown !== undefined && linesOf(shown).length > 0)];
  });
  return { release: version, features: Object.fromEntries(features) };
}

/**
 * The facts of this machine that matter to a configuration. Reads files, and asks the addon for regular expressions and
 * what interfaces are; no privilege. With `root` users, groups and script files are those of the system below that directory.
 */
export function hostFacts({ config, scripts }: Pick<Compiled, "config" | "scripts">, root = "/"): HostFacts {
  const searchPath = (process.env.PATH ?? "").split(":").filter((directory) => directory.startsWith("/"));
  const tree = new FileTree(root);
  for (const { command } of [...scriptUses(config), ...scripts.vrrp, ...scripts.checkers]) {
    for (const path of candidatePaths(command.argv[0] ?? "", searchPath)) tree.add(path);
  }
  for (const { path } of keyFileUses(config)) tree.add(path);
  return {
    interfaces: interfaces(),
    users: numbersByName(join(root, "etc/passwd")),
    groups: numbersByName(join(root, "etc/group")),
    searchPath,
    files: tree.files,
    names: names(config, root),
    keyBytes: keyBytes(config, root, tree.files),
    // The name service and the libraries of the system below a root cannot be asked.
    ...(root === "/" ? { resolves: resolves(config), ...pcre2(config) } : {}),
    kernel: kernel(),
  };
}
