import { integer, optional, wholeSeconds, word } from "./kinds.ts";
import { clamped, wanted } from "./kinds-options.ts";
import { cpuSet, umask } from "./kinds-process.ts";
import { scriptCommand } from "./kinds-script.ts";
import { flag, leaf } from "./row.ts";

const compiledOnly = true;
const scriptTimeout = wholeSeconds(1, 1000);
const processName = { doc: "Its name among the processes.", since: "2.0.16" } as const;
const priority = wanted(integer(-20, 19));
const realTime = wanted(clamped(1, 99));
const limit = integer(1, 4_294_967_295);
const cpus = wanted(cpuSet);
const DOC = {
  priority: "Nice value of the process.",
  noSwap: "Keep the memory of the process from being swapped out.",
  realTime: "Priority among the real time processes.",
  limit: "Most CPU time, in microseconds, without waiting for anything.",
  cpus: "CPUs that the process may run on.",
} as const;

/** The rows of global_defs for the processes of the daemon: names, priorities, limits, and the scripts around them. */
export const globalProcessRows = {
  process_names: flag({
    bare: true,
    doc: "Give the processes names of their own: keepalived, keepalived_vrrp, keepalived_ipvs, keepalived_bfd.",
    since: "2.0.16",
  }),
  process_name: leaf(word, { ...processName, doc: "Name of the parent among the processes." }),
  vrrp_process_name: leaf(word, processName),
  checker_process_name: leaf(word, { ...processName, since: "2.2.0" }),
  lvs_process_name: leaf(word, {
    ...processName,
    doc: "Another name of checker_process_name.",
    replacedBy: "checker_process_name",
    synonym: true,
  }),
  bfd_process_name: leaf(word, { ...processName, compiledOnly }),
  vrrp_priority: leaf(priority, { doc: DOC.priority, since: "1.2.20" }),
  checker_priority: leaf(priority, { doc: DOC.priority, since: "1.2.20" }),
  bfd_priority: leaf(priority, { doc: DOC.priority, since: "2.0.0", compiledOnly }),
  vrrp_no_swap: flag({ bare: true, doc: DOC.noSwap, since: "1.2.20" }),
  checker_no_swap: flag({ bare: true, doc: DOC.noSwap, since: "1.2.20" }),
  bfd_no_swap: flag({ bare: true, doc: DOC.noSwap, since: "2.0.0", compiledOnly }),
  vrrp_rt_priority: leaf(realTime, { doc: DOC.realTime, since: "2.0.0" }),
  checker_rt_priority: leaf(realTime, { doc: DOC.realTime, since: "2.0.0" }),
  bfd_rt_priority: leaf(realTime, { doc: DOC.realTime, since: "2.0.0", compiledOnly }),
  vrrp_rlimit_rttime: leaf(limit, { default: 10_000, doc: DOC.limit, since: "2.1.0" }),
  checker_rlimit_rttime: leaf(limit, { default: 10_000, doc: DOC.limit, since: "2.1.0" }),
  bfd_rlimit_rttime: leaf(limit, { default: 10_000, doc: DOC.limit, since: "2.1.0", compiledOnly }),
  vrrp_rlimit_rtime: leaf(limit, {
    doc: DOC.limit,
    since: "2.0.0",
    replacedBy: "vrrp_rlimit_rttime",
    synonym: true,
  }),
  checker_rlimit_rtime: leaf(limit, {
    doc: DOC.limit,
    since: "2.0.0",
    replacedBy: "checker_rlimit_rttime",
    synonym: true,
  }),
  bfd_rlimit_rtime: leaf(limit, {
    doc: DOC.limit,
    since: "2.0.0",
    replacedBy: "bfd_rlimit_rttime",
    synonym: true,
    compiledOnly,
  }),
  vrrp_cpu_affinity: leaf(cpus, { doc: DOC.cpus, since: "2.0.17" }),
  checker_cpu_affinity: leaf(cpus, { doc: DOC.cpus, since: "2.0.17" }),
  bfd_cpu_affinity: leaf(cpus, { doc: DOC.cpus, since: "2.0.17", compiledOnly }),
  max_auto_priority: leaf(optional(integer(-1, 99), "highest"), {
    default: 0,
    doc: "Highest real time priority that a process which runs late may give itself; 0 for none, -1 for no notice of it.",
    since: "2.1.0",
  }),
  min_auto_priority_delay: leaf(wanted(integer(1, 10_000_000)), {
    default: 1_000_000,
    doc: "How late, in microseconds, a process has to be for that.",
    since: "2.1.0",
  }),
  startup_script: leaf(wanted(scriptCommand), {
    firstWins: true,
    doc: "Script to run before any process starts.",
    since: "2.1.0",
  }),
  startup_script_timeout: leaf(wanted(scriptTimeout), {
    default: 10_000_000,
    doc: "Time that it may take.",
    since: "2.1.0",
  }),
  shutdown_script: leaf(wanted(scriptCommand), {
    firstWins: true,
    doc: "Script to run after all processes have ended.",
    since: "2.1.0",
  }),
  shutdown_script_timeout: leaf(wanted(scriptTimeout), {
    default: 10_000_000,
    doc: "Time that it may take.",
    since: "2.1.0",
  }),
  use_symlink_paths: flag({
    doc: "Run scripts by the path that is written, with its symbolic links.",
    since: "2.3.0",
  }),
  set_supplementary_groups: flag({
    bare: true,
    doc: "Give scripts the supplementary groups of their user.",
    since: "2.4.4",
  }),
  umask: leaf(umask, {
    default: 0o177,
    doc: "Permissions that created files do not get.",
    since: "2.0.9",
  }),
};
