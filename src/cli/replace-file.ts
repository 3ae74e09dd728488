import { randomBytes } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

/** A file that may be replaced, as it is now. */
export interface Replaceable {
  readonly path: string;
  readonly text: string;
  readonly stat: Stats;
}

const PERMISSIONS = 0o7777;

function phrase(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const known: Readonly<Record<string, string>> = {
    ENOENT: "no such file",
    EACCES: "permission denied",
    EPERM: "its owner cannot be kept",
    EROFS: "the file system is read-only",
    ENOSPC: "no space left",
    ELOOP: "it is a symbolic link; name the file itself",
    EISDIR: "it is a directory",
  };
  return known[code] ?? (error instanceof Error ? error.message : String(error));
}

/** The bytes as text; undefined when they are not UTF-8, so that writing the text back would change them. */
export function exactText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Reads a file that is to be replaced: a regular, writable file, named itself and not through a symbolic link, with no
 * second name that would keep the old text. Otherwise why not, as a phrase.
 */
export function readReplaceable(path: string): Replaceable | { readonly problem: string } {
  let fd: number | undefined;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = fstatSync(fd);
    if (!stat.isFile()) return { problem: "it is not a regular file" };
    if (stat.nlink > 1) return { problem: "it has other names (hard links), which would keep the old text" };
    accessSync(path, constants.W_OK);
    const text = exactText(readFileSync(fd));
    return text === undefined ? { problem: "it is not UTF-8" } : { path, text, stat };
  } catch (error) {
    return { problem: phrase(error) };
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function writeBeside(path: string, text: string, { uid, gid, mode }: Stats): string {
  // A name that no include pattern such as *.conf matches.
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  const fd = openSync(temporary, "wx", 0o600);
  try {
    writeFileSync(fd, text);
    const made = fstatSync(fd);
    if (made.uid !== uid || made.gid !== gid) fchownSync(fd, uid, gid);
    fchmodSync(fd, mode & PERMISSIONS);
    fsyncSync(fd);
    return temporary;
  } catch (error) {
    unlinkSync(temporary);
    throw error;
  } finally {
    closeSync(fd);
  }
}

/**
 * Gives a file a new text in one step: readers see the old or the new one, whatever happens. Owner and mode stay.
 * Returns why it could not be done, as a phrase; the file is as it was then.
 */
export function replaceFile({ path, stat }: Replaceable, text: string): string | undefined {
  let temporary: string | undefined;
  try {
    temporary = writeBeside(path, text, stat);
    const now = lstatSync(path);
    if (now.ino !== stat.ino || now.dev !== stat.dev || now.mtimeMs !== stat.mtimeMs) {
      unlinkSync(temporary);
      return "somebody else changed it meanwhile";
    }
    renameSync(temporary, path);
    temporary = undefined;
    const directory = openSync(dirname(path), constants.O_RDONLY);
    try {
      fsyncSync(directory);
    } finally {
      closeSync(directory);
    }
    return undefined;
  } catch (error) {
    if (temporary !== undefined) unlinkSync(temporary);
    return phrase(error);
  }
}
