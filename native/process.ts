import { addon } from "./addon.ts";
import { requireInteger, requireText } from "./check.ts";

/** Attributes of this process that node:process does not offer. All return 0 or -errno. */

/** The signal that the kernel sends us when our parent ends; 0 for none. Lost by set-user-id and credential changes. */
export function setParentDeathSignal(signal: number): number {
  requireInteger(signal, "signal");
  return addon().setParentDeathSignal(signal);
}

/** The name of the main thread (`comm`), what ps and pgrep show: at most 15 bytes, longer ones are cut. */
export function setProcessName(name: string): number {
  requireText(name, "name");
  return addon().setProcessName(name);
}

/** Whether the process may dump core and be traced by its own user. */
export function setDumpable(on: boolean): number {
  return addon().setDumpable(on ? 1 : 0);
}

/** sched_setscheduler of the main thread. SCHED_OTHER 0, FIFO 1, RR 2, RESET_ON_FORK bit 0x40000000; priority 1–99. */
export function setScheduler(policy: number, priority: number): number {
  requireInteger(policy, "policy");
  requireInteger(priority, "priority");
  return addon().setScheduler(policy, priority);
}

/** Nice value, -20 to 19. */
export function setPriority(nice: number): number {
  requireInteger(nice, "nice");
  return addon().setPriority(nice);
}

/** sched_setaffinity of the main thread: the CPUs it may run on, by number, at least one. */
export function setAffinity(cpus: readonly number[]): number {
  for (const cpu of cpus) requireInteger(cpu, "cpu");
  const words = Math.floor(Math.max(...cpus) / 64) + 1;
  const mask = new Uint8Array(words * 8);
  // The words of the mask are the machine's: of little-endian ones the bytes are in the order of the CPUs.
  for (const cpu of cpus) mask[cpu >> 3] = (mask[cpu >> 3] ?? 0) | (1 << (cpu & 7));
  return addon().setAffinity(mask);
}

/** mkfifo(2); the umask takes from `mode`. */
export function makeFifo(path: string, mode: number): number {
  requireText(path, "path");
  requireInteger(mode, "mode");
  return addon().makeFifo(path, mode);
}

/** mlockall. MCL_CURRENT 1, MCL_FUTURE 2, MCL_ONFAULT 4. */
export function lockMemory(flags: number): number {
  requireInteger(flags, "flags");
  return addon().lockMemory(flags);
}

/** mlock2 of a range of addresses, each page when it is used (MLOCK_ONFAULT). */
export function lockRange(start: number, length: number): number {
  requireInteger(start, "start");
  requireInteger(length, "length");
  return addon().lockRange(start, length);
}

/** setrlimit; `undefined` is no limit. RLIMIT_CORE 4, NOFILE 7, MEMLOCK 8, RTPRIO 14, RTTIME 15 (microseconds). */
export function setResourceLimit(resource: number, soft?: number, hard?: number): number {
  requireInteger(resource, "resource");
  if (soft !== undefined) requireInteger(soft, "soft");
  if (hard !== undefined) requireInteger(hard, "hard");
  return addon().setResourceLimit(resource, soft ?? -1, hard ?? -1);
}

/** Real, effective and saved user id. Cannot be taken back by an unprivileged user. */
export function setUser(id: number): number {
  requireInteger(id, "id");
  return addon().setUser(id);
}

/** Real, effective and saved group id. */
export function setGroup(id: number): number {
  requireInteger(id, "id");
  return addon().setGroup(id);
}

/** Supplementary groups of a user from the group database, and `group`. */
export function initGroups(name: string, group: number): number {
  requireText(name, "name");
  requireInteger(group, "group");
  return addon().initGroups(name, group);
}

/** Closes a descriptor in the programs that this process starts. */
export function closeOnExec(descriptor: number): number {
  requireInteger(descriptor, "descriptor");
  return addon().closeOnExec(descriptor);
}

const LOCK_EX = 2;
const LOCK_NB = 4;

/** flock(2), exclusive, not waiting: 0, or -EWOULDBLOCK when another open file holds it. Lasts until the file closes. */
export function lockFile(descriptor: number): number {
  requireInteger(descriptor, "descriptor");
  return addon().lockFile(descriptor, LOCK_EX | LOCK_NB);
}
