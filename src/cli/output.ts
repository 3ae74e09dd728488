import pc from "picocolors";
import { type Palette, plainPalette } from "../diagnostics/render-text.ts";

/** Exit statuses of the commands that look at configurations. */
export const EXIT = { ok: 0, errors: 1, usage: 2 } as const;

/** An option or argument that cannot be used; the message says why. */
export class UsageError extends Error {}

/** Where configurations are when no file is named. */
export const DEFAULT_FILE = "/etc/keepalived/keepalived.conf";

/** Whether text for a stream is coloured: a terminal, unless NO_COLOR (no-color.org); anywhere with FORCE_COLOR. */
export function usesColor(stream: { readonly isTTY?: boolean }, env = process.env): boolean {
  if (env.NO_COLOR) return false;
  return env.FORCE_COLOR ? env.FORCE_COLOR !== "0" : stream.isTTY === true && env.TERM !== "dumb";
}

/** The palette of diagnostics on a stream. */
export function paletteFor(stream: { readonly isTTY?: boolean }): Palette {
  if (!usesColor(stream)) return plainPalette;
  const colors = pc.createColors(true);
  return {
    error: (text) => colors.bold(colors.red(text)),
    warning: (text) => colors.bold(colors.yellow(text)),
    note: (text) => colors.bold(colors.cyan(text)),
    frame: colors.blue,
    summary: colors.bold,
  };
}

/**
 * Lets a reader that closes its end (`| head`) end the output quietly. The process ends by itself once everything is
 * written; nothing calls process.exit, which would cut a pipe short.
 */
export function tolerateClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
}
