#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { CODES } from "../diagnostics/codes.ts";
import type { DiffOptions } from "./diff.ts";
import type { DumpCommandOptions } from "./dump.ts";
import type { FmtOptions } from "./fmt.ts";
import { DEFAULT_FILE, EXIT, tolerateClosedPipes } from "./output.ts";
import { addRunCommand } from "./run.ts";
import type { ValidateOptions } from "./validate.ts";

const FILE = "the configuration, - for standard input";
const CONFIG_ID = "what @id lines are compared with";

/** The value of --warn-off, which may be given several times. */
function codes(given: string, earlier: readonly string[]): readonly string[] {
  const list = given.split(",").map((code) => code.trim());
  const wrong = list.find((code) => CODES[code]?.suppressible !== true);
  if (wrong === undefined) return [...earlier, ...list];
  const why =
    wrong in CODES ? `${wrong} is an error, which cannot be left out.` : `There is no code ${wrong}.`;
  throw new InvalidArgumentError(why);
}

/** Each command's own module is loaded when it is used: none but run loads the addon. */
function makeProgram(): Command {
  const program = new Command("holdfast")
    .description("The keepalived.conf compiler and runtime.")
    .version(packageJson.version)
    .exitOverride()
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
    .addOption(
      new Option("--host <host>", "whose interfaces, users and scripts have to exist")
        .choices(["this", "none"])
        .default("none"),
    )
    .option("-i, --config-id <id>", CONFIG_ID)
    .action(async (file: string, options: ValidateOptions) => {
      const { validate } = await import("./validate.ts");
      process.exitCode = validate(file, options);
    });
  program
    .command("dump")
    .description("print the compiled configuration")
    .argument("[file]", FILE, DEFAULT_FILE)
    .addOption(new Option("--format <format>", "how to print").choices(["conf", "json"]).default("conf"))
    .option("--defaults", "every value, also what was not written")
    .option("--secrets", "passwords unmasked")
    .option("-i, --config-id <id>", CONFIG_ID)
    .action(async (file: string, options: DumpCommandOptions) => {
      const { dump } = await import("./dump.ts");
      process.exitCode = dump(file, options);
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
      process.exitCode = diff(oldFile, newFile, options);
    });
  addRunCommand(program, packageJson.version);
  return program;
}

tolerateClosedPipes();
try {
  await makeProgram().parseAsync();
} catch (error) {
  // Commander has printed its line already: help and version are no faults, everything else is wrong usage.
  if (!(error instanceof CommanderError)) throw error;
  // The 2 of `diff --exit-code` means that something changes, so wrong usage of diff is an error like any other.
  const wrongUsage = process.argv[2] === "diff" ? EXIT.errors : EXIT.usage;
  process.exitCode = error.exitCode === 0 ? EXIT.ok : wrongUsage;
}
