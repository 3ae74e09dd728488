import { childConsole, parentConsole } from "./console-sink.ts";
import { createLog, type Log, type LogSettings, type LogSink } from "./log.ts";
import { SyslogSink } from "./syslog-sink.ts";

/** Name of each process in syslog, in the style of keepalived's. */
const IDENTS = {
  parent: "Holdfast",
  vrrp: "Holdfast_vrrp",
  checkers: "Holdfast_healthcheckers",
} as const;

/** The log of one process of the daemon. */
export function processLog(process: keyof typeof IDENTS, settings: LogSettings): Log {
  const sinks: LogSink[] = [];
  if (settings.console) sinks.push(process === "parent" ? parentConsole : childConsole());
  if (settings.facility !== undefined) sinks.push(new SyslogSink(settings.facility, IDENTS[process]));
  return createLog(sinks, settings.detail);
}
