import packageJson from "../../package.json" with { type: "json" };
import { renderGithub } from "../diagnostics/render-github.ts";
import { renderJson } from "../diagnostics/render-json.ts";
import { renderSarif } from "../diagnostics/render-sarif.ts";
import { plainPalette, renderText } from "../diagnostics/render-text.ts";
import type { FixedFiles } from "./fix.ts";
import { hostOptions } from "./host-options.ts";
import { type Loaded, type LoadOptions, load } from "./load.ts";
import { EXIT, paletteFor, stderr, stdout } from "./output.ts";

export interface ValidateOptions extends LoadOptions {
  /** Whose interfaces, users and scripts have to exist: `this`, `none`, or a file that `holdfast facts` wrote. */
  readonly host: string;
  readonly format: "text" | "json" | "sarif" | "github";
  /** Apply what fixes there are, and report what is left. */
  readonly fix?: boolean;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

async function text(file: string, { diagnostics, sources, suppressed }: Loaded): Promise<string> {
  const rendered = renderText(diagnostics, {
    lineOf: (path, line) => sources.line(path, line),
    // Nothing to colour is the usual case, and asking whether this is a terminal takes time.
    palette: diagnostics.length > 0 ? await paletteFor(stdout) : plainPalette,
  });
  const fixable = file === "-" ? 0 : diagnostics.filter(({ fix }) => fix !== undefined).length;
  const hints = [
    ...(fixable > 0 ? [`${count(fixable, "fix").replace(/fixs$/, "fixes")} can be applied with --fix`] : []),
    ...(suppressed.length > 0 ? [`${count(suppressed.length, "diagnostic")} suppressed`] : []),
  ];
  const problems = rendered === "" ? `${file}: no problems\n` : rendered;
  return problems + hints.map((hint) => `${hint}\n`).join("");
}

async function report(file: string, format: ValidateOptions["format"], loaded: Loaded): Promise<string> {
  const { diagnostics, suppressed } = loaded;
  switch (format) {
    case "text":
      return text(file, loaded);
    case "json":
      return renderJson(diagnostics);
    case "sarif":
      return renderSarif(diagnostics, { version: packageJson.version, suppressed });
    case "github":
      return renderGithub(diagnostics);
  }
}

/** Why files cannot be changed, if so. */
function refusalOf(file: string, options: ValidateOptions): string | undefined {
  if (file === "-") return "--fix needs a file: standard input cannot be written";
  // Under a root, the paths in diagnostics are those of another system.
  if ("root" in options && options.root !== undefined) return "--fix cannot be used with --root";
  return undefined;
}

/** The configuration, after its fixes when they are wanted, and what was done. */
async function examined(file: string, given: ValidateOptions): Promise<FixedFiles> {
  const options = { ...given, ...(await hostOptions(given.host, given)) };
  if (!options.fix) return { loaded: load(file, options), log: [] };
  const { fixFiles } = await import("./fix.ts");
  return fixFiles(file, options);
}

/** `holdfast validate`: prints every diagnostic; the exit status says whether there are errors. */
export async function validate(file: string, options: ValidateOptions): Promise<number> {
  const refusal = options.fix ? refusalOf(file, options) : undefined;
  if (refusal !== undefined) {
    stderr.write(`error: ${refusal}\n`);
    return EXIT.usage;
  }
  const { loaded, log } = await examined(file, options);
  stderr.write(log.map((line) => `${line}\n`).join(""));
  stdout.write(await report(file, options.format, loaded));
  return loaded.exitCode;
}
