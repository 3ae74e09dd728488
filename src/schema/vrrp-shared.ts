import { scriptCommand } from "./kinds-script.ts";
import { trackedBfd, trackedFile, trackedInterface, trackedProcess, trackedScript } from "./kinds-track.ts";
import { flag, leaf, list } from "./row.ts";

/** Scripts and mails on transitions, of instances and sync groups. */
export const notifyRows = {
  notify_master: leaf(scriptCommand, {
    doc: "Script to run on becoming master.",
    since: "0.5.9",
    firstWins: true,
  }),
  notify_backup: leaf(scriptCommand, {
    doc: "Script to run on becoming backup.",
    since: "0.5.9",
    firstWins: true,
  }),
  notify_fault: leaf(scriptCommand, {
    doc: "Script to run on entering fault.",
    since: "0.5.9",
    firstWins: true,
  }),
  notify_stop: leaf(scriptCommand, {
    doc: "Script to run when VRRP stops.",
    since: "1.1.13",
    firstWins: true,
  }),
  notify: leaf(scriptCommand, {
    doc: "Script to run on every transition, with type, name, state and priority.",
    since: "0.5.3",
    firstWins: true,
  }),
  notify_priority_changes: flag({
    inherits: "global_defs.vrrp_notify_priority_changes",
    doc: "Write changes of priority to the notify FIFOs.",
    since: "2.0.16",
  }),
  smtp_alert: flag({ doc: "Mail on every transition.", since: "0.5.7" }),
};

/** What instances and sync groups track. */
export const trackRows = {
  track_interface: list(trackedInterface, { doc: "Interfaces whose state counts.", since: "1.0.1" }),
  track_script: list(trackedScript, { doc: "Scripts whose result counts.", since: "1.1.13" }),
  track_file: list(trackedFile, {
    doc: "Files whose number counts.",
    since: "2.0.0",
  }),
  track_process: list(trackedProcess, {
    doc: "Processes that have to run.",
    since: "2.0.11",
  }),
  track_bfd: list(trackedBfd, {
    doc: "BFD sessions whose state counts.",
    since: "2.0.0",
    compiledOnly: true,
  }),
};
