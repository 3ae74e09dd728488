import { readdirSync, readFileSync, realpathSync } from "node:fs";
import type { FileContent, SourceHost } from "./host.ts";

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EACCES: "permission denied",
  EISDIR: "it is a directory",
  ENOTDIR: "a part of the path is not a directory",
  ELOOP: "too many symbolic links",
  EMFILE: "too many open files",
};

/** What went wrong, as a phrase. */
function problemOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return PROBLEMS[code] ?? (code || String(error));
}

/** The files of this machine. Bytes that are not UTF-8 become U+FFFD; the source stage reports them. */
export const nodeHost: SourceHost = {
  read(path: string): FileContent {
    try {
      return { text: readFileSync(path === "-" ? 0 : path, "utf8") };
    } catch (error) {
      return { problem: problemOf(error) };
    }
  },
  list(directory: string): readonly string[] {
    try {
      return readdirSync(directory === "" ? "." : directory);
    } catch {
      return [];
    }
  },
  identity(path: string): string {
    try {
      return path === "-" ? path : realpathSync(path);
    } catch {
      return path;
    }
  },
};
