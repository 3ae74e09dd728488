import { fstatSync, writeSync } from "node:fs";
import type { createColors } from "picocolors";
import { type Palette, plainPalette } from "../diagnostics/render-text.ts";

/** Exit statuses of the commands that look at configurations. */
export const EXIT = { ok: 0, errors: 1, usage: 2 } as const;

/** An option or argument that cannot be used; the message says why. */
export class UsageError extends Error {}

/** Where configurations are when no file is named. */
export const DEFAULT_FILE = "/etc/keepalived/keepalived.conf";

/** Whether text for a stream is coloured: a terminal, unless NO_COLOR (no-color.org); anywhere with FORCE_COLOR. */
function usesColor(stream: { readonly isTTY?: boolean }, env = process.env): boolean {
  if (env.NO_COLOR) return false;
  return env.FORCE_COLOR ? env.FORCE_COLOR !== "0" : stream.isTTY === true && env.TERM !== "dumb";
}

/** The colours for a stream; undefined where it has none. Loaded when wanted: asking what Node thinks of its streams makes them. */
export async function colorsFor(stream: {
  readonly isTTY?: boolean;
}): Promise<ReturnType<typeof createColors> | undefined> {
  if (!usesColor(stream)) return undefined;
  const { default: picocolors } = await import("picocolors");
  return picocolors.createColors(true);
}

/** The palette of diagnostics on a stream. */
export async function paletteFor(stream: { readonly isTTY?: boolean }): Promise<Palette> {
  const colors = await colorsFor(stream);
  if (!colors) return plainPalette;
  return {
    error: (text) => colors.bold(colors.red(text)),
    warning: (text) => colors.bold(colors.yellow(text)),
    note: (text) => colors.bold(colors.cyan(text)),
    frame: colors.blue,
    summary: colors.bold,
  };
}

/** Where a command writes. */
export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Lets a reader that closes its end (`| head`) end the output quietly. */
function tolerateClosedPipe(stream: NodeJS.WriteStream): void {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

/**
 * The same for both of Node's streams, which the daemon writes to. The process ends by itself once everything is
 * written; nothing calls process.exit, which would cut a pipe short.
 */
export function tolerateClosedPipes(): void {
  tolerateClosedPipe(process.stdout);
  tolerateClosedPipe(process.stderr);
}

/**
 * Writes to a descriptor at once. Node's own stream, which takes milliseconds to make, is only asked for where it is needed:
 * when the reader of a pipe that does not block is slow, and to tell a terminal from another device.
 */
class DirectOutput implements Output {
  private readonly descriptor: 1 | 2;
  private stream: NodeJS.WriteStream | undefined;

  constructor(descriptor: 1 | 2) {
    this.descriptor = descriptor;
  }

  get isTTY(): boolean {
    return fstatSync(this.descriptor).isCharacterDevice() && this.nodeStream().isTTY === true;
  }

  write(text: string): void {
    if (this.stream !== undefined) {
      this.stream.write(text);
      return;
    }
    let rest = Buffer.from(text);
    try {
      while (rest.length > 0) rest = rest.subarray(writeSync(this.descriptor, rest));
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === "EAGAIN") this.nodeStream().write(rest);
      else if (code !== "EPIPE") throw error;
    }
  }

  private nodeStream(): NodeJS.WriteStream {
    if (this.stream === undefined) {
      this.stream = this.descriptor === 1 ? process.stdout : process.stderr;
      tolerateClosedPipe(this.stream);
    }
    return this.stream;
  }
}

export const stdout: Output = new DirectOutput(1);
export const stderr: Output = new DirectOutput(2);
