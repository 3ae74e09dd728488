import type { Config } from "../config/config.ts";
import { dumpConf } from "../config/dump-conf.ts";
import { dumpJson } from "../config/dump-json.ts";
import { dumpKeepalived } from "../config/dump-keepalived/dump-keepalived.ts";
import { confFromJson } from "../config/json-config.ts";
import { renderText } from "../diagnostics/render-text.ts";
import type { SourceHost } from "../source/host.ts";
import { MemoryHost } from "../source/memory-host.ts";
import { nodeHost } from "../source/node-host.ts";
import { load } from "./load.ts";
import { EXIT, paletteFor, stderr, stdout, UsageError } from "./output.ts";

export interface DumpCommandOptions {
  readonly from: "conf" | "json";
  readonly format: "conf" | "json" | "keepalived";
  readonly defaults?: boolean;
  readonly secrets?: boolean;
  readonly configId?: string;
  readonly root?: string;
}

/** The configuration that a JSON file stands for, as text in its place. Throws UsageError when it stands for none. */
function jsonSource(file: string): SourceHost {
  const content = nodeHost.read(file);
  if ("problem" in content) return nodeHost;
  const made = confFromJson(content.text);
  if ("problem" in made) throw new UsageError(`${file}: ${made.problem}`);
  return new MemoryHost({ [file]: made.text });
}

/** `holdfast dump`: the compiled configuration on standard output; errors of the file on standard error. */
export async function dump(file: string, options: DumpCommandOptions): Promise<number> {
  const source = options.from === "json" ? jsonSource(file) : undefined;
  const { config, diagnostics, sources, exitCode } = load(file, options, source);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  stderr.write(
    renderText(errors, {
      lineOf: (path, line) => sources.line(path, line),
      palette: await paletteFor(stderr),
    }),
  );
  if (exitCode === EXIT.usage) return exitCode;
  stdout.write(textOf(config, options));
  return exitCode;
}

function textOf(config: Config, options: DumpCommandOptions): string {
  switch (options.format) {
    case "json":
      return `${JSON.stringify(dumpJson(config, options), null, 2)}\n`;
    case "keepalived":
      return dumpKeepalived(config);
    case "conf":
      return dumpConf(config, options);
  }
}
