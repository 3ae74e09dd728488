/** The program of the demo: its commands, and its daemon. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { show, typed } from "./story.mjs";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PROGRAM = fileURLToPath(new URL("../dist/holdfast.cjs", import.meta.url));

/** The command line of `holdfast ARGUMENT …`. */
export function holdfast(...args) {
  return [process.execPath, PROGRAM, ...args];
}

/** Runs a command that prints something, from the project's folder, and shows it. */
export function showCommand(args, limit) {
  typed(`holdfast ${args.join(" ")}`);
  const [program, ...rest] = holdfast(...args);
  const output = execFileSync(program, rest, {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, NO_COLOR: "1" },
  });
  show(output, limit);
}
