/** The program of the demo: its commands, and its daemon. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { show, typed } from "./story.mjs";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PROGRAM = fileURLToPath(new URL("../dist/holdfast.js", import.meta.url));

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

/** A process and its descendants, parents first. */
export function family(pid) {
  const parents = new Map();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      // The name, in parentheses, may hold anything; the parent is the second word after it.
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // It ended meanwhile.
    }
  }
  const members = [pid];
  for (const member of members)
    for (const [child, parent] of parents) if (parent === member) members.push(child);
  return members;
}
