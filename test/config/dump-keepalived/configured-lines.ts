/**
 * Lines of keepalived's text that only a running daemon or its host knows: states, counters, sockets, what an
 * interface has. docs/dump-keepalived.md lists them.
 */
const RUNNING = [
  /^ {3}Flags:/,
  /^ {3}Wantstate = /,
  /^ {3}Number of config faults = /,
  /^ {3}Using src_ip = (?!.* \(from configuration\)$)/,
  /^ {3}Last advert sent = /,
  /^ {3}Highest other priority = /,
  /^ {3}No sockets allocated$/,
  /^ {3}Num member fault /,
  /^ {3}(?:Result|Insecure|Init state|Status|State) = /,
  /^ {3}(?:Current processes|Have quorum) = /,
  /^ {3}Bfd is /,
  /^ {3}Path = /,
  /^ G(?:ARP|NA) next time /,
  /^ No reload scheduled$/,
  /^ {5}(?:Alive: |reloaded = |set = |alive = |Reloaded = |Regex ref count|ICMP seq no)/,
  /^ {3}(?:VS alive|quorum_state_up|reloaded|effective weight|previous effective_weight|alive) = /,
  /^ {3}(?:num failed checkers|RS set) = /,
  /^ {3}(?:Enabled|Up|Has run|Current weight|Retries iterations|Last ran|Last status) = /,
];

/** Parts of lines that are of the same sort. */
const RUNNING_PARTS: readonly (readonly [RegExp, string])[] = [
  [/^( VRRP Sync Group = .*), [A-Z]+$/, "$1"],
  [/, ifindex \d+$/, ""],
  [/, is_up = (?:true|false)/, ""],
  [/^( {5}.* dev .*) set$/, "$1"],
  // The script's real path stands before it where the written one leads through a symbolic link.
  [/ = \/\S+, params = /, " = "],
  [/, WEIGHT = \d+ EFF WEIGHT = \d+$/, ""],
];

/** The lines of a dump that the configuration decides, without the section of the host's interfaces. */
export function configuredLines(text: string): string[] {
  const lines: string[] = [];
  let inInterfaces = false;
  for (const line of text.trimEnd().split("\n")) {
    if (/^------< [A-Z]/.test(line)) inInterfaces = line === "------< Interfaces >------";
    if (inInterfaces || RUNNING.some((pattern) => pattern.test(line))) continue;
    lines.push(RUNNING_PARTS.reduce((rest, [pattern, by]) => rest.replace(pattern, by), line));
  }
  return lines;
}
