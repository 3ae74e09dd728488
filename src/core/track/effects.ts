import type { InitialValue } from "../../config/config.ts";
import type { ProcessPattern } from "./census.ts";
import type { ScriptEffect } from "./script-tracker.ts";

/** What trackers ask for; a subset of the VRRP router's effects. */
export type TrackEffect = ScriptEffect | WatchEffect;

/** What trackers of files and processes ask for. */
export type WatchEffect =
  /** Tells what the file holds, now and whenever that changes, by `file-value`. */
  | {
      readonly type: "watch-file";
      readonly file: string;
      readonly path: string;
      /** To be written first: where there is no file, or `overwrite`. */
      readonly initial?: InitialValue;
    }
  | { readonly type: "unwatch-file"; readonly file: string }
  /** Counts the processes of a pattern, now and whenever that changes, by `process-count`. */
  | { readonly type: "count-processes"; readonly process: string; readonly pattern: ProcessPattern }
  | { readonly type: "uncount-processes"; readonly process: string };
