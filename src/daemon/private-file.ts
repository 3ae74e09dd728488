import { closeSync, constants, openSync, renameSync, unlinkSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";

const FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
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
