import type { Compiled } from "../config/compile.ts";
import { renderText as renderDiagnostics } from "../diagnostics/render-text.ts";
import { differences, isEmpty } from "../plan/diff.ts";
import { renderJson } from "../plan/render-json.ts";
import { type Palette, PLAIN, renderText } from "../plan/render-text.ts";
import { load } from "./load.ts";
import {
  colorsFor,
  EXIT,
  type Output,
  paletteFor,
  stderr as standardError,
  stdout as standardOutput,
} from "./output.ts";

export interface DiffOptions {
  readonly format: "text" | "json";
  readonly exitCode?: boolean;
  readonly configId?: string;
}

/** Status with --exit-code when something changes. */
const CHANGES = 2;

async function planPalette(out: Output): Promise<Palette> {
  const colors = await colorsFor(out);
  if (!colors) return PLAIN;
  return {
    create: colors.green,
    update: colors.yellow,
    replace: colors.magenta,
    delete: colors.red,
    warning: colors.yellow,
    dim: colors.dim,
  };
}

/** Prints the errors of a configuration; whether there are any. */
async function complain({ diagnostics, sources }: Compiled, out: Output): Promise<boolean> {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  out.write(
    renderDiagnostics(errors, {
      lineOf: (path, line) => sources.line(path, line),
      palette: await paletteFor(out),
    }),
  );
  return errors.length > 0;
}

/**
 * `holdfast diff`: what a reload from one configuration to another does. 0, or with `exitCode` 2 when something
 * changes. 1 when either cannot be used, and when the new one has errors: a reload would refuse it, and the plan is then
 * that of a restart. Errors of the old one are shown and change nothing: a daemon may be running on it.
 */
export async function diff(
  oldFile: string,
  newFile: string,
  options: DiffOptions,
  { stdout, stderr }: { readonly stdout: Output; readonly stderr: Output } = {
    stdout: standardOutput,
    stderr: standardError,
  },
): Promise<number> {
  const running = load(oldFile, options);
  const next = load(newFile, options);
  await complain(running, stderr);
  const refused = await complain(next, stderr);
  if (!running.usable || !next.usable) return EXIT.errors;
  if (refused)
    stderr.write(`${newFile} has errors: a reload refuses it; this is what a restart with it comes to.\n`);
  const changes = differences(running.config, next.config);
  const locate = {
    before: (origin: number) => running.sources.range(origin),
    after: (origin: number) => next.sources.range(origin),
  };
  stdout.write(
    options.format === "json"
      ? `${JSON.stringify(renderJson(changes, locate), null, 2)}\n`
      : renderText(changes, locate, await planPalette(stdout)),
  );
  if (refused) return EXIT.errors;
  return options.exitCode && !isEmpty(changes) ? CHANGES : EXIT.ok;
}
