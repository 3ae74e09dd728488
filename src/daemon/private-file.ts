import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";

const FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const READING = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const WRITABLE_BY_OTHERS = 0o022;
let files = 0;

/**
 * Writes a file that only root may read, whole or not at all. It takes the place of whatever has the name, a link too:
 * nothing that was there is opened, so in /tmp nobody can have it written elsewhere. Throws the file system's errors.
 */
export function writePrivateFile(path: string, text: string): void {
  files += 1;
  const aside = join(dirname(path), `.holdfast-${process.pid}-${files}`);
  const descriptor = openSync(aside, FLAGS, 0o600);
  try {
    writeSync(descriptor, text);
    renameSync(aside, path);
  } catch (error) {
    unlinkSync(aside);
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Reads a file that this user has written and nobody else could have; undefined where there is none. Throws the file
 * system's errors, and Error for what somebody else may have put there.
 */
export function readPrivateFile(path: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, READING);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const facts = fstatSync(descriptor);
    const ours = facts.uid === process.geteuid?.() && (facts.mode & WRITABLE_BY_OTHERS) === 0;
    if (!facts.isFile() || !ours) throw new Error("somebody else could have written it");
    return readFileSync(descriptor, "utf8");
  } finally {
    closeSync(descriptor);
  }
}
