/**
 * The text of a file, or why there is none, as a phrase: "no such file", "permission denied". Of a file that is
 * executable, or not a regular one, `irregular` says so: it is not read when a pattern happens to match it.
 */
export type FileContent =
  | { readonly text: string; readonly irregular?: string }
  | { readonly problem: string };

/** The problem of a file that does not exist. */
export const NO_SUCH_FILE = "no such file";

/** All that the source stage needs of the world. `node-host.ts` is the real one, `memory-host.ts` a table of texts. */
export interface SourceHost {
  /** Reads a file; `-` is standard input. Never throws. */
  read(path: string): FileContent;
  /** Names in a directory, in any order; none when it is not a directory that can be read. */
  list(directory: string): readonly string[];
  /** The same text for the same file, whatever the path to it; the path itself when there is no such file. */
  identity(path: string): string;
}

/** The directory of a path, empty for the current one. */
export function directoryOf(path: string): string {
  const slash = path.lastIndexOf("/");
  if (slash < 0) return "";
  return slash === 0 ? "/" : path.slice(0, slash);
}

/** `path` as seen from `directory`. */
export function joinPath(directory: string, path: string): string {
  if (directory === "" || path.startsWith("/")) return path;
  return directory.endsWith("/") ? directory + path : `${directory}/${path}`;
}
