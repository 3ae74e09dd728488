/** What is known of a file or directory of a host. */
export interface FileFacts {
  readonly type: "file" | "directory" | "other";
  readonly uid: number;
  readonly gid: number;
  /** Permission bits, 0–0o7777. */
  readonly mode: number;
}

/**
 * What the checks may know of a host: an explicit input, read from this machine (src/cli/host-facts.ts), from a file,
 * or absent. Plain data.
 */
export interface HostFacts {
  /** Names of the network interfaces. */
  readonly interfaces: readonly string[];
  /** Users by name, with their numbers. */
  readonly users: Readonly<Record<string, number>>;
  readonly groups: Readonly<Record<string, number>>;
  /** Directories that commands without a slash are looked for in. */
  readonly searchPath: readonly string[];
  /** Files and directories by absolute path, symbolic links followed; those that do not exist are not in it. */
  readonly files: Readonly<Record<string, FileFacts>>;
}
