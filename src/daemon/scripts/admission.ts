import { realpathSync } from "node:fs";
import { type Identity, scriptIdentity } from "./identity.ts";
import type { ScriptPolicy } from "./messages.ts";
import { findProgram, insecurity } from "./program.ts";

/** A script that may run: absolute program and numbers; or the reason why it may not. */
export type Admission =
  | { readonly program: string; readonly identity: Identity }
  | { readonly problem: string; readonly kind: "user" | "not found/accessible" | "insecure" };

interface Command {
  readonly argv: readonly string[];
  readonly user?: string;
  readonly group?: string;
}

/**
 * Whether a script may run at this moment, and as whom. Asked once when a configuration is loaded, to disable what
 * cannot run, and again right before each run.
 */
export function admit(command: Command, policy: ScriptPolicy): Admission {
  const identity = scriptIdentity(command, policy);
  if ("problem" in identity) return { problem: identity.problem, kind: "user" };
  const [name = ""] = command.argv;
  const found = findProgram(name);
  const program = found === undefined || policy.keepLinks ? found : realPath(found);
  if (found === undefined || program === undefined)
    return { problem: `${name} is no executable file`, kind: "not found/accessible" };
  const weak =
    policy.secure && identity.uid === 0 && process.getuid?.() === 0 ? insecurityOf(found) : undefined;
  return weak === undefined ? { program, identity } : { problem: weak, kind: "insecure" };
}

/** Undefined when it is gone by now. */
function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function insecurityOf(program: string): string | undefined {
  try {
    return insecurity(program);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
