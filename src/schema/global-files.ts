import { integer, optional, word } from "./kinds.ts";
import { includeChecks } from "./kinds-files.ts";
import { wanted } from "./kinds-options.ts";
import { flag, leaf } from "./row.ts";

const path = wanted(word);

/** The rows of global_defs for files that are read and written: configuration, reload, state and statistics. */
export const globalFileRows = {
  tmp_config_directory: leaf(word, {
    firstWins: true,
    doc: "Directory of keepalived's copy of the configuration; nothing needs one here.",
    since: "2.2.0",
  }),
  config_save_dir: leaf(word, {
    doc: "Directory that gets the configuration of the start and of each reload.",
    since: "2.2.3",
  }),
  include_check: leaf(includeChecks, {
    doc: "Which included files must exist: readable, match, wildcard_match, brace_match; all without a word.",
    since: "2.2.0",
  }),
  random_seed: leaf(integer(0, 4_294_967_295), {
    doc: "Start of the numbers of `_RANDOM`, to have the same ones again.",
    since: "2.0.15",
  }),
  reload_check_config: leaf(optional(word, ""), {
    doc: "Check a configuration before it is loaded, and log to this file what is wrong.",
    since: "2.2.0",
  }),
  reload_time_file: leaf(path, { moreWords: "spoil", doc: "File that says when to reload.", since: "2.1.0" }),
  reload_repeat: flag({
    bare: true,
    doc: "Keep that file, to reload every day.",
    since: "2.1.0",
  }),
  reload_file: leaf(optional(word, ""), {
    doc: "File that exists while the configuration is read; keepalived.reload beside the pid files when not named.",
    since: "2.2.0",
  }),
  data_use_instance: flag({
    doc: "Put instance and network namespace into the names of state files.",
    since: "2.2.3",
  }),
  state_dump_file: leaf(path, {
    moreWords: "spoil",
    doc: "Where the state goes on SIGUSR1; a directory when it ends in a slash.",
    since: "2.3.3",
  }),
  stats_dump_file: leaf(path, {
    moreWords: "spoil",
    doc: "Where statistics go on SIGUSR2; a directory when it ends in a slash.",
    since: "2.3.3",
  }),
  json_dump_file: leaf(path, {
    moreWords: "spoil",
    doc: "Where the state as JSON goes; a directory when it ends in a slash.",
    since: "2.3.3",
  }),
  json_version: leaf(wanted(integer(1, 2)), {
    default: 1,
    doc: "Layout of that JSON.",
    since: "2.2.8",
  }),
  iproute_usr_dir: leaf(path, {
    moreWords: "spoil",
    doc: "Directory of the names that iproute2 comes with.",
    since: "2.3.2",
  }),
  iproute_etc_dir: leaf(path, {
    moreWords: "spoil",
    doc: "Directory of the names that overrule those.",
    since: "2.3.2",
  }),
};
