import { errnoName } from "../wire/errno.ts";
import { KernelError } from "./ports.ts";

/** The error of an operation for an errno of either sign. */
export function kernelError(operation: string, errno: number): KernelError {
  const number = Math.abs(errno);
  return new KernelError(operation, number, errnoName(number));
}

/** The result of a system call that gives a value or -errno; throws KernelError for the latter. */
export function check(result: number, operation: string): number {
  if (result < 0) throw kernelError(operation, result);
  return result;
}
