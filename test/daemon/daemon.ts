import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { HOLDFAST } from "../lab/holdfast.ts";
import type { Host, Lab } from "../lab/netns.ts";
import { eventually, statOf } from "../lab/process.ts";
import { Router } from "../lab/router.ts";

/** An instance that is master after 3.6 × `interval` seconds unless somebody else is. */
export function instance(addresses: readonly string[], more = "", interval = "0.1"): string {
  return `
vrrp_instance VI_1 {
  interface eth0
  virtual_router_id 51
  priority 100
  version 3
  advert_int ${interval}
  ${more}
  virtual_ipaddress {
    ${addresses.join("\n    ")}
  }
}
`;
}

/** Writes an executable shell script into the lab's directory and returns its path. */
export function writeScript(lab: Lab, name: string, text: string): string {
  const path = lab.path(name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Starts Holdfast in a host on a configuration; `program` where it has options of its own. */
export function startDaemon(lab: Lab, host: Host, config: string, program = HOLDFAST): Router {
  const made = new Router(lab, host, program, config);
  made.start();
  return made;
}

/** The lines of a file that are not empty and have come to their end; none when there is no file. */
export function linesOf(path: string): string[] {
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1).filter(Boolean) : [];
}

/** The number in a pid file. */
export function pidIn(path: string): number {
  return Number(readFileSync(path, "utf8"));
}

/** Waits for the pid file to name another process than `before`, and returns its pid. */
export function nextPid(path: string, before: number): Promise<number> {
  return eventually(`${path} names another process`, () => {
    const found = linesOf(path).map(Number)[0];
    return found !== before && found;
  });
}

/** Whether a process is there and has not ended. */
export function isAlive(pid: number): boolean {
  const [state] = statOf(pid);
  return state !== undefined && state !== "Z";
}

/** Adds a line at the end of a router's configuration and returns its number. */
export function appendLine(router: Router, line: string): number {
  const text = `${readFileSync(router.files.config, "utf8").trimEnd()}\n${line}\n`;
  router.configure(text);
  return text.trimEnd().split("\n").length;
}
