import { dumpConf } from "../config/dump-conf.ts";
import { dumpJson } from "../config/dump-json.ts";
import { renderText } from "../diagnostics/render-text.ts";
import { load } from "./load.ts";
import { EXIT, paletteFor } from "./output.ts";

export interface DumpCommandOptions {
  readonly from: "conf" | "json";
  readonly format: "conf" | "json";
  readonly defaults?: boolean;
  readonly secrets?: boolean;
  readonly configId?: string;
  readonly root?: string;
}

/** `holdfast dump`: the compiled configuration on standard output; errors of the file on standard error. */
export function dump(file: string, options: DumpCommandOptions): number {
  const { config, diagnostics, sources, exitCode } = load(file, { ...options, host: "none" });
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  process.stderr.write(
    renderText(errors, {
      lineOf: (path, line) => sources.line(path, line),
      palette: paletteFor(process.stderr),
    }),
  );
  if (exitCode === EXIT.usage) return exitCode;
  process.stdout.write(
    options.format === "json"
      ? `${JSON.stringify(dumpJson(config, options), null, 2)}\n`
      : dumpConf(config, options),
  );
  return exitCode;
}
