import { optional, wholeSeconds, word } from "./kinds.ts";
import { type FlagRow, flag, leaf } from "./row.ts";

const childWaitTime = wholeSeconds(0, 4_294_967_295);

/** Keywords that stand outside every block and are no block themselves: what the daemon is before it reads the rest. */
export const topLevelRows = {
  instance: leaf(word, {
    firstWins: true,
    doc: "Name of this daemon among several of one host: in pid files, and for `@instance` lines.",
    since: "1.2.24",
  }),
  use_pid_dir: flag({
    bare: true,
    doc: "Keep pid files in /run/keepalived.",
    since: "1.2.24",
  }),
  net_namespace: leaf(word, {
    firstWins: true,
    doc: "Network namespace to run in.",
    since: "1.2.24",
  }),
  net_namespace_ipvs: leaf(optional(word, ""), {
    firstWins: true,
    doc: "Network namespace of the IPVS table; the first one of this host when not named.",
    since: "2.1.0",
  }),
  namespace_with_ipsets: flag({
    bare: true,
    doc: "Use ipsets in a network namespace of Linux before 3.13, too; newer ones need no leave.",
    since: "1.3.0",
  }),
  child_wait_time: leaf(childWaitTime, {
    default: 5_000_000,
    doc: "Time that the processes have to end.",
    since: "2.0.0",
  }),
  linkbeat_use_polling: flag({
    bare: true,
    doc: "Poll interfaces for their link.",
    since: "1.1.18",
  }),
};

/** A keyword that keepalived knows by name in global_defs, and reports and ignores there. */
function misplaced(since: string): FlagRow {
  return flag({ bare: true, doc: "Stands outside every block.", since, elsewhere: "outside every block" });
}

/** The same keywords in global_defs. */
export const misplacedRows = {
  instance: misplaced("1.2.24"),
  use_pid_dir: misplaced("1.2.24"),
  net_namespace: misplaced("1.2.24"),
  net_namespace_ipvs: misplaced("2.1.0"),
  namespace_with_ipsets: misplaced("1.3.0"),
  child_wait_time: misplaced("2.0.0"),
  linkbeat_use_polling: misplaced("1.1.18"),
};
