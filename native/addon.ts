import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The classes and functions of native/*.cc. A result below zero is -errno. Only native/*.ts calls them. */
export interface Addon {
  readonly Socket: new () => NativeSocket;
  readonly Timer: new () => NativeTimer;
  readonly Signal: new () => NativeSignal;
  readonly Pattern: new () => NativePattern;
  /** sizeof(size_t): what ancillary headers are laid out and aligned by. */
  readonly wordSize: number;
  readonly firstRealTimeSignal: number;
  readonly lastRealTimeSignal: number;
  /** Why there is no PCRE2; undefined when there is. */
  patternProblem(): string | undefined;
  patternVersion(): string | undefined;
  patternErrorText(error: number): string;
  monotonicMicros(): number;
  realtimeMicros(): number;
  interfaceIndex(name: string): number;
  interfaceName(index: number): string | number;
  enterNetworkNamespace(path: string): number;
  newNetworkNamespace(): number;
  setParentDeathSignal(signal: number): number;
  setProcessName(name: string): number;
  setDumpable(on: number): number;
  setScheduler(policy: number, priority: number): number;
  setPriority(nice: number): number;
  setAffinity(mask: Uint8Array): number;
  makeFifo(path: string, mode: number): number;
  lockMemory(flags: number): number;
  lockRange(start: number, length: number): number;
  setResourceLimit(resource: number, soft: number, hard: number): number;
  setUser(id: number): number;
  setGroup(id: number): number;
  initGroups(name: string, group: number): number;
  closeOnExec(descriptor: number): number;
  lockFile(descriptor: number, operation: number): number;
}

export interface NativeSocket {
  open(family: number, type: number, protocol: number): number;
  close(): void;
  descriptor(): number;
  setOption(level: number, name: number, value: number | Uint8Array): number;
  getOption(level: number, name: number, into: Uint8Array): number;
  bind(address: Uint8Array): number;
  connect(address: Uint8Array): number;
  localName(into: Uint8Array): number;
  shutdown(how: number): number;
  send(data: Uint8Array, flags: number, address?: Uint8Array, ancillary?: Uint8Array): number;
  sendBatch(datas: readonly Uint8Array[], flags: number, addresses?: readonly Uint8Array[]): number;
  receive(data: Uint8Array, flags: number): number;
  receiveBatch(
    count: number,
    flags: number,
    datas: Uint8Array,
    names: Uint8Array,
    ancillaries: Uint8Array,
    fields: Int32Array,
  ): number;
  wait(events: number, milliseconds: number): number;
  control(request: number, data: Uint8Array, pointed?: Uint8Array): number;
  watch(events: number, callback?: (events: number) => void): number;
}

export interface NativeTimer {
  open(callback: () => void): number;
  arm(micros: number, lead: number): number;
  close(): void;
}

export interface NativeSignal {
  start(signal: number, callback: (signal: number) => void): number;
  close(): void;
}

export interface NativePattern {
  compile(
    source: Uint8Array,
    options: number,
    stackStart: number,
    stackMaximum: number,
    error: Int32Array,
  ): number;
  match(subject: Uint8Array, from: number, options: number, offsets: Int32Array): number;
  lookbehind(): number;
  options(): number;
  close(): void;
}

const BUILT = "native/build/Release/holdfast.node";

/** The compiled addon, in the package that holds this file: as native/addon.ts, or bundled in dist/ or dist/chunks/. */
function locate(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, BUILT))) {
    const parent = dirname(folder);
    if (parent === folder) {
      throw new Error(
        `The native addon is not built: no ${BUILT} in this package. Run "npm run build" there.`,
      );
    }
    folder = parent;
  }
  return join(folder, BUILT);
}

let loaded: Addon | undefined;

/** Loads the addon at the first call, so that commands that need no kernel never do. */
export function addon(): Addon {
  loaded ??= createRequire(import.meta.url)(locate()) as Addon; // require() is untyped
  return loaded;
}
