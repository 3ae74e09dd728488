/** What is known of a file or directory of a host. */
export interface FileFacts {
  readonly type: "file" | "directory" | "other";
  readonly uid: number;
  readonly gid: number;
  /** Permission bits, 0–0o7777. */
  readonly mode: number;
  /** The path itself is a symbolic link; the rest is of what it leads to. */
  readonly link?: boolean;
}

/** A network interface. */
export interface InterfaceFacts {
  /** With prefix length, `10.0.0.1/24`. */
  readonly addresses: readonly string[];
  /** Names of IFF_* flags in lower case: up, loopback, multicast … */
  readonly flags: readonly string[];
  /** What it is where the kernel has a word for it: `vrf`, `veth`; null where it has none. When absent it is not known. */
  readonly kind?: string | null;
}

/**
 * What the checks may know of a host: an explicit input, read from this machine (src/cli/host-facts.ts), from a file,
 * or absent. Plain data.
 */
export interface HostFacts {
  readonly interfaces: Readonly<Record<string, InterfaceFacts>>;
  /** Users by name, with their numbers. */
  readonly users: Readonly<Record<string, number>>;
  readonly groups: Readonly<Record<string, number>>;
  /** Directories that commands without a slash are looked for in. */
  readonly searchPath: readonly string[];
  /**
   * Files and directories by absolute path, symbolic links followed; null for one that does not exist. Of a path that
   * is not in it nothing is known.
   */
  readonly files: Readonly<Record<string, FileFacts | null>>;
  /**
   * Numbers of names in iproute2's tables and /etc/protocols, by table and name (`rt_tables/main`, `protocols/tcp`); null
   * for a name that is in none. Of a name that is not in it nothing is known.
   */
  readonly names?: Readonly<Record<string, number | null>>;
  /**
   * Bytes of the keys of auth_hmac that files hold, by absolute path; null for a file that holds none. Of a file that is
   * not in it, or that could not be read, nothing is known.
   */
  readonly keyBytes?: Readonly<Record<string, number | null>>;
  /** Whether its name service knows a host name. Of a name that is not in it nothing is known. */
  readonly resolves?: Readonly<Record<string, boolean>>;
  /**
   * The library of regular expressions: its version, null without one, and what it says of each of a configuration's that
   * it refuses, by options and pattern. When absent nothing is known.
   */
  readonly pcre2?: { readonly version: string | null; readonly refused: Readonly<Record<string, string>> };
  /** Release of the kernel, and which of its features a configuration may need are there. */
  readonly kernel: { readonly release: string; readonly features: Readonly<Record<string, boolean>> };
}

type Reader<T> = (value: unknown, where: string) => T;

function fail(where: string, what: string): never {
  throw new TypeError(`${where} is not ${what}`);
}

const text: Reader<string> = (value, where) => (typeof value === "string" ? value : fail(where, "a text"));
const number: Reader<number> = (value, where) =>
  Number.isInteger(value) ? Number(value) : fail(where, "an integer");
const boolean: Reader<boolean> = (value, where) =>
  typeof value === "boolean" ? value : fail(where, "true or false");

function array<T>(item: Reader<T>): Reader<readonly T[]> {
  return (value, where) =>
    Array.isArray(value)
      ? value.map((one, index) => item(one, `${where}[${index}]`))
      : fail(where, "an array");
}

function object(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) fail(where, "an object");
  return { ...value };
}

function record<T>(item: Reader<T>): Reader<Readonly<Record<string, T>>> {
  return (value, where) =>
    Object.fromEntries(
      Object.entries(object(value, where)).map(([key, one]) => [key, item(one, `${where}.${key}`)]),
    );
}

const interfaceFacts: Reader<InterfaceFacts> = (value, where) => {
  const { addresses, flags, kind } = object(value, where);
  return {
    addresses: array(text)(addresses, `${where}.addresses`),
    flags: array(text)(flags, `${where}.flags`),
    ...(kind === undefined ? {} : { kind: kind === null ? null : text(kind, `${where}.kind`) }),
  };
};

const numberOrNull: Reader<number | null> = (value, where) => (value === null ? null : number(value, where));

const pcre2Facts: Reader<NonNullable<HostFacts["pcre2"]>> = (value, where) => {
  const { version, refused } = object(value, where);
  return {
    version: version === null ? null : text(version, `${where}.version`),
    refused: record(text)(refused, `${where}.refused`),
  };
};

const fileFacts: Reader<FileFacts | null> = (value, where) => {
  if (value === null) return null;
  const { type, uid, gid, mode, link } = object(value, where);
  if (type !== "file" && type !== "directory" && type !== "other") {
    return fail(`${where}.type`, "file, directory or other");
  }
  return {
    type,
    uid: number(uid, `${where}.uid`),
    gid: number(gid, `${where}.gid`),
    mode: Number.parseInt(text(mode, `${where}.mode`), 8),
    ...(link === undefined ? {} : { link: boolean(link, `${where}.link`) }),
  };
};

/** Facts as `holdfast facts` writes them; modes in octal, as `chmod` takes them. */
export function formatFacts(facts: HostFacts): string {
  const files = Object.fromEntries(
    Object.entries(facts.files).map(([path, found]) => [
      path,
      found && { ...found, mode: found.mode.toString(8).padStart(4, "0") },
    ]),
  );
  return `${JSON.stringify({ ...facts, files }, null, 2)}\n`;
}

/** Reads what `formatFacts` wrote; a `problem` says what of it cannot be such facts. */
export function parseFacts(json: string): HostFacts | { readonly problem: string } {
  try {
    const { interfaces, users, groups, searchPath, files, names, keyBytes, resolves, pcre2, kernel } = object(
      JSON.parse(json),
      "it",
    );
    const { release, features } = object(kernel, "kernel");
    return {
      interfaces: record(interfaceFacts)(interfaces, "interfaces"),
      users: record(number)(users, "users"),
      groups: record(number)(groups, "groups"),
      searchPath: array(text)(searchPath, "searchPath"),
      files: record(fileFacts)(files, "files"),
      ...(names === undefined ? {} : { names: record(numberOrNull)(names, "names") }),
      ...(keyBytes === undefined ? {} : { keyBytes: record(numberOrNull)(keyBytes, "keyBytes") }),
      ...(resolves === undefined ? {} : { resolves: record(boolean)(resolves, "resolves") }),
      ...(pcre2 === undefined ? {} : { pcre2: pcre2Facts(pcre2, "pcre2") }),
      kernel: {
        release: text(release, "kernel.release"),
        features: record(boolean)(features, "kernel.features"),
      },
    };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
