import { renderJson } from "../diagnostics/render-json.ts";
import { renderText } from "../diagnostics/render-text.ts";
import { type LoadOptions, load } from "./load.ts";
import { paletteFor } from "./output.ts";

export interface ValidateOptions extends LoadOptions {
  readonly format: "text" | "json";
}

/** `holdfast validate`: prints every diagnostic; the exit status says whether there are errors. */
export function validate(file: string, options: ValidateOptions): number {
  const { diagnostics, sources, exitCode } = load(file, options);
  if (options.format === "json") {
    process.stdout.write(renderJson(diagnostics));
    return exitCode;
  }
  const text = renderText(diagnostics, {
    lineOf: (path, line) => sources.line(path, line),
    palette: paletteFor(process.stdout),
  });
  process.stdout.write(text === "" ? `${file}: no problems\n` : text);
  return exitCode;
}
