/** What a child process asks of its script runner, and what comes back. Plain data. */

/** Names a user and group by name or number. A colon before the group, or alone, asks for supplementary groups. */
export interface ScriptUser {
  readonly user: string;
  readonly group?: string;
}

export interface ScriptRequest {
  /** Requests of one key run one after the other, in order. */
  readonly key: string;
  /** But this one together with the one of its key before it. */
  readonly beside?: boolean;
  /**
   * track: its result counts; ends with the daemon. notify: does something for somebody; once started it is left to
   * finish.
   */
  readonly kind: "track" | "notify";
  /** Program and arguments; run as they are, no shell. */
  readonly argv: readonly string[];
  /** Whom it runs as; the default user otherwise. */
  readonly user?: string;
  readonly group?: string;
  /** Microseconds after its start at which it has failed and is killed. */
  readonly timeout?: number;
}

/** What holds for all scripts: `script_user` and `enable_script_security`. */
export interface ScriptPolicy {
  readonly defaultUser?: ScriptUser;
  readonly secure: boolean;
  /** Scripts have the supplementary groups of their user, also where no colon before a group asks for it. */
  readonly supplementary?: boolean;
  /** They run by the paths that are written; otherwise by what symbolic links on them lead to. */
  readonly keepLinks?: boolean;
}

export type ToRunner =
  | { readonly type: "policy"; readonly policy: ScriptPolicy }
  | { readonly type: "run"; readonly id: number; readonly request: ScriptRequest }
  /** Drops what waits under the key, and kills what runs. */
  | { readonly type: "cancel"; readonly key: string };

/** How a script ended. ok: exit status 0 in time. status for people: "exited with status 1". */
export interface ScriptResult {
  readonly ok: boolean;
  readonly status: string;
  /** Absent when it did not exit by itself. */
  readonly exitStatus?: number;
}

export type FromRunner =
  | { readonly type: "result"; readonly id: number; readonly result: ScriptResult }
  | { readonly type: "log"; readonly level: "warn" | "info"; readonly message: string };
