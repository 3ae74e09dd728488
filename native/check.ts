/** Argument checks of the wrapper: the C++ side takes what it is given. They throw TypeError, a programming error. */

export function requireInteger(value: unknown, name: string): void {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${name} must be an integer, not ${String(value)}`);
}

export function requireBytes(value: unknown, name: string): void {
  if (!(value instanceof Uint8Array)) throw new TypeError(`${name} must be a Uint8Array`);
}

export function requireText(value: unknown, name: string): void {
  if (typeof value !== "string" || value.includes("\0")) {
    throw new TypeError(`${name} must be a string without NUL`);
  }
}

export function requireFunction(value: unknown, name: string): void {
  if (typeof value !== "function") throw new TypeError(`${name} must be a function`);
}
