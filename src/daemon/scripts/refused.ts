import type { Config, RealServer, ScriptCommand } from "../../config/config.ts";
import { type Admission, admit } from "./admission.ts";
import type { ScriptPolicy } from "./messages.ts";
import { scriptPolicyOf } from "./policy.ts";

/** The keywords whose value is a notify script. */
const NOTIFIES = ["notify_master", "notify_backup", "notify_fault", "notify_stop", "notify"] as const;
const INSTANCE_NOTIFIES = [...NOTIFIES, "notify_master_rx_lower_pri", "notify_deleted"] as const;
const GLOBAL_SCRIPTS = [
  "startup_script",
  "shutdown_script",
  "notify_fifo_script",
  "vrrp_notify_fifo_script",
  "lvs_notify_fifo_script",
] as const;
const QUORUM_NOTIFIES = ["quorum_up", "quorum_down"] as const;
const SERVER_NOTIFIES = ["notify_up", "notify_down"] as const;

type Refusal = Extract<Admission, { problem: string }>;

/** Answers once for each different command. */
class Judge {
  readonly messages: string[] = [];
  readonly #policy: ScriptPolicy;
  readonly #known = new Map<string, Refusal | undefined>();

  constructor(policy: ScriptPolicy) {
    this.#policy = policy;
  }

  /** `notify_deleted` may stand without a script, which nobody refuses. */
  refusalOf(command: ScriptCommand): Refusal | undefined {
    return command.argv.length === 0 ? undefined : this.refusal(command);
  }

  refusal(command: ScriptCommand): Refusal | undefined {
    const key = JSON.stringify([command.argv[0], command.user, command.group]);
    if (!this.#known.has(key)) {
      const admission = admit(command, this.#policy);
      this.#known.set(key, "problem" in admission ? admission : undefined);
    }
    return this.#known.get(key);
  }

  /** The block without those of its notify scripts that may not run. */
  strip<B extends object, K extends keyof B>(block: B, keywords: readonly K[], name: string): B {
    const refused = keywords.filter((keyword) => {
      const command = block[keyword];
      // These keywords are ScriptCommand or undefined; B says so only to its caller.
      const refusal = command === undefined ? undefined : this.refusalOf(command as ScriptCommand);
      if (refusal !== undefined) {
        this.messages.push(`${name}: disabling ${String(keyword)} script due to ${because(refusal)}`);
      }
      return refusal !== undefined;
    });
    if (refused.length === 0) return block;
    return { ...block, ...Object.fromEntries(refused.map((keyword) => [keyword, undefined])) };
  }

  /** The server without those of its checks that may not run: nobody can say by them that it is down. */
  withoutChecks(real: RealServer): RealServer {
    const kept = real.MISC_CHECK.filter(({ misc_path, user }) => {
      const refusal = this.refusalOf({ ...misc_path, ...user });
      if (refusal !== undefined)
        this.messages.push(`Disabling misc script ${misc_path.argv[0]} due to ${because(refusal)}`);
      return refusal === undefined;
    });
    return kept.length === real.MISC_CHECK.length ? real : { ...real, MISC_CHECK: kept };
  }
}

const because = ({ kind, problem }: Refusal): string => `${kind} (${problem})`;

/**
 * A configuration without the scripts that this machine refuses to run: who is to run them does not exist, the program
 * is not there, or enable_script_security is set and somebody other than root could have changed it. A vrrp_script
 * that is disabled is tracked by nobody. The same configuration when there is nothing to disable.
 */
export function withoutRefusedScripts(config: Config): {
  readonly config: Config;
  readonly messages: readonly string[];
} {
  const judge = new Judge(scriptPolicyOf(config));
  const refused = new Set<string>();
  for (const { name, script } of config.vrrp_script) {
    const refusal = judge.refusal(script);
    if (refusal === undefined) continue;
    refused.add(name);
    judge.messages.push(`Disabling track script ${name} due to ${because(refusal)}`);
  }
  const tracked = <B extends { readonly track_script: readonly { readonly script: string }[] }>(
    block: B,
  ): B =>
    block.track_script.some(({ script }) => refused.has(script))
      ? { ...block, track_script: block.track_script.filter(({ script }) => !refused.has(script)) }
      : block;
  const stripped: Config = {
    ...config,
    global_defs: judge.strip(config.global_defs, GLOBAL_SCRIPTS, "global_defs"),
    vrrp_script: config.vrrp_script.filter(({ name }) => !refused.has(name)),
    vrrp_sync_group: config.vrrp_sync_group.map((group) => judge.strip(tracked(group), NOTIFIES, group.name)),
    vrrp_instance: config.vrrp_instance.map((each) =>
      judge.strip(tracked(each), INSTANCE_NOTIFIES, `(${each.name})`),
    ),
    virtual_server: config.virtual_server.map((server) => ({
      ...judge.strip(server, QUORUM_NOTIFIES, "virtual_server"),
      real_server: server.real_server.map((real) =>
        judge.withoutChecks(judge.strip(real, SERVER_NOTIFIES, "real_server")),
      ),
    })),
  };
  return judge.messages.length === 0
    ? { config, messages: [] }
    : { config: stripped, messages: judge.messages };
}
