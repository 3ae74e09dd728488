import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { isTarget } from "../config/target.ts";
import { CODES } from "../diagnostics/codes.ts";
import type { DiffOptions } from "./diff.ts";
import type { DumpCommandOptions } from "./dump.ts";
import type { FmtOptions } from "./fmt.ts";
import { addGenhashCommand } from "./genhash-command.ts";
import type { KeywordsOptions } from "./keywords.ts";
import { DEFAULT_FILE, EXIT, stderr, stdout, UsageError } from "./output.ts";
import { addRunCommand } from "./run.ts";
import { type ValidateOptions, validate } from "./validate.ts";

const FILE = "the configuration, - for standard input";
const CONFIG_ID = "what @id lines are compared with";
const ROOT = "the directory that absolute includes and scripts are below";

/** The value of --warn-off, which may be given several times. */
function codes(given: string, earlier: readonly string[]): readonly string[] {
  const list = given.split(",").map((code) => code.trim());
  const wrong = list.find((code) => CODES[code]?.suppressible !== true);
  if (wrong === undefined) return [...earlier, ...list];
  const why =
    wrong in CODES ? `${wrong} is an error, which cannot be left out.` : `There is no code ${wrong}.`;
  throw new InvalidArgumentError(why);
}

/** The value of --target. */
function target(given: string): string {
  if (isTarget(given)) return given;
  throw new InvalidArgumentError("It is a release of keepalived from 2.0.0 to 2.4.3.");
}

/**
 * What validate needs is there from the start, in one file of the bundle; the module of every other command is loaded when
 * it is used. None but run and genhash loads the addon.
 */
function makeProgram(): Command {
  const program = new Command("holdfast")
    .description("The keepalived.conf compiler and runtime.")
    .version(packageJson.version)
    .enablePositionalOptions() // or -V of run were that of the program
    .exitOverride()
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .showSuggestionAfterError();
  program
    .command("validate")
    .description("check a configuration and report everything that is wrong with it")
    .argument("[file]", FILE, DEFAULT_FILE)
    .addOption(
      new Option("--format <format>", "how to print")
        .choices(["text", "json", "sarif", "github"])
        .default("text"),
    )
    .option("--fix", "apply the fixes that are certain, and report what is left")
    .addOption(
      new Option("--warn-off <codes>", "leave out warnings and notes of these codes, separated by commas")
        .argParser(codes)
        .default([]),
    )
    .option(
      "--host <host>",
      "whose interfaces, users and scripts have to exist: this, none, FACTS.json",
      "none",
    )
    .option("--root <directory>", ROOT)
    .addOption(
      new Option("--target <release>", "the release of keepalived that has to know every keyword").argParser(
        target,
      ),
    )
    .option("-i, --config-id <id>", CONFIG_ID)
    .action(async (file: string, options: ValidateOptions) => {
      process.exitCode = await validate(file, options);
    });
  program
    .command("dump")
    .description("print the compiled configuration")
    .argument("[file]", FILE, DEFAULT_FILE)
    .addOption(new Option("--from <format>", "what is read").choices(["conf", "json"]).default("conf"))
    .addOption(
      new Option("--format <format>", "how to print").choices(["conf", "json", "keepalived"]).default("conf"),
    )
    .option("--root <directory>", ROOT)
    .option("--defaults", "every value, also what was not written")
    .option("--secrets", "passwords unmasked")
    .option("-i, --config-id <id>", CONFIG_ID)
    .action(async (file: string, options: DumpCommandOptions) => {
      const { dump } = await import("./dump.ts");
      process.exitCode = await dump(file, options);
    });
  program
    .command("fmt")
    .description("print a configuration in its usual form: one statement a line, indented")
    .argument("[files...]", FILE, [DEFAULT_FILE])
    .addOption(
      new Option("--check", "print the names of files that would change; exit with 1 if any").conflicts(
        "write",
      ),
    )
    .option("--write", "change the files, and print their names")
    .action(async (files: string[], options: FmtOptions) => {
      const { fmt } = await import("./fmt.ts");
      process.exitCode = fmt(files, options);
    });
  program
    .command("diff")
    .description("print what a reload from one configuration to another does")
    .argument("<old>", "the configuration that runs, - for standard input")
    .argument("<new>", "the one to come")
    .addOption(new Option("--format <format>", "how to print").choices(["text", "json"]).default("text"))
    .option("--exit-code", "exit with 2 when something changes")
    .option("-i, --config-id <id>", CONFIG_ID)
    .action(async (oldFile: string, newFile: string, options: DiffOptions) => {
      const { diff } = await import("./diff.ts");
      process.exitCode = await diff(oldFile, newFile, options);
    });
  addFactCommands(program);
  addGenhashCommand(program);
  addRunCommand(program, packageJson.version);
  return program;
}

/** The commands that tell of this machine and of the language. */
function addFactCommands(program: Command): void {
  program
    .command("facts")
    .description("write what checks need to know of this machine, for validate --host FACTS.json elsewhere")
    .argument("[file]", "the configuration whose scripts are looked at", DEFAULT_FILE)
    .option("--root <directory>", ROOT)
    .option("-i, --config-id <id>", CONFIG_ID)
    .action(async (file: string, options: { readonly root?: string; readonly configId?: string }) => {
      const { facts } = await import("./facts.ts");
      process.exitCode = facts(file, options);
    });
  program
    .command("keywords")
    .description("list every keyword of keepalived.conf")
    .addOption(
      new Option("--format <format>", "how to print").choices(["tsv", "json", "markdown"]).default("tsv"),
    )
    .action(async (options: KeywordsOptions) => {
      const { keywords } = await import("./keywords.ts");
      process.exitCode = keywords(options);
    });
  program
    .command("schema")
    .description("print the JSON Schema of dump --format json")
    .action(async () => {
      const { schema } = await import("./schema.ts");
      process.exitCode = schema();
    });
}

/** `run -T`, as keepalived has genhash since it is one program: the first option, and the rest is genhash's. */
function commandLine(words: readonly string[]): readonly string[] {
  const [node = "", program = "", command, first = "", ...rest] = words;
  const isGenhash = command === "run" && ["-T", "--genhash"].includes(first);
  return isGenhash ? [node, program, "genhash", ...rest] : words;
}

async function main(): Promise<void> {
  const words = commandLine(process.argv);
  try {
    await makeProgram().parseAsync(words);
  } catch (error) {
    if (error instanceof UsageError) stderr.write(`error: ${error.message}\n`);
    // Commander has printed its line already: help and version are no faults, everything else is wrong usage.
    else if (!(error instanceof CommanderError)) throw error;
    // The 2 of `diff --exit-code` means that something changes, so wrong usage of diff is an error like any other. That of
    // genhash is 1 with keepalived, too.
    const wrongUsage = ["diff", "genhash"].includes(words[2] ?? "") ? EXIT.errors : EXIT.usage;
    const fine = error instanceof CommanderError && error.exitCode === 0;
    process.exitCode = fine ? EXIT.ok : wrongUsage;
  }
}

void main();
