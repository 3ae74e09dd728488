import type { Config } from "./config.ts";
import type { HostFacts } from "./facts.ts";
import type { ReportFault } from "./faults.ts";
import { originOfKeyword } from "./open.ts";

/** A regular expression that a check looks for. */
export interface PatternUse {
  readonly source: string;
  /** By their names in pcre2api. */
  readonly options: readonly string[];
  readonly origin: number;
}

/** What a regular expression is known by in `HostFacts.pcre2`: with its options before it. */
export function patternKey({ source, options }: Pick<PatternUse, "source" | "options">): string {
  return [...options, `/${source}/`].join(" ");
}

/** Every regular expression of HTTP_GET and SSL_GET. */
export function patternUses(config: Config): readonly PatternUse[] {
  const uses: PatternUse[] = [];
  for (const { real_server: servers } of config.virtual_server)
    for (const real of servers)
      for (const { url: urls } of [...real.HTTP_GET, ...real.SSL_GET])
        for (const url of urls) {
          if (url.regex === undefined) continue;
          const origin = originOfKeyword(url, "regex") + (real.$.shift ?? 0);
          uses.push({ source: url.regex, options: url.regex_options ?? [], origin });
        }
  return uses;
}

/** `no-pcre2`, `invalid-regex`: regular expressions that this host cannot run. */
export function checkPatterns(config: Config, { pcre2 }: HostFacts, report: ReportFault): void {
  if (pcre2 === undefined) return;
  for (const use of patternUses(config)) {
    if (pcre2.version === null) {
      report(
        {
          code: "no-pcre2",
          severity: "warning",
          summary: "this host has no libpcre2-8: the regular expression is not looked for",
          detail: "Install the library (libpcre2-8-0 in Debian); until then the check goes without it.",
        },
        use.origin,
      );
      continue;
    }
    const why = pcre2.refused[patternKey(use)];
    if (why === undefined) continue;
    report(
      {
        code: "invalid-regex",
        severity: "warning",
        summary: `'${use.source}' is no regular expression: ${why}`,
        detail: "The check goes without it. keepalived starts, and crashes when it is to look for it.",
      },
      use.origin,
    );
  }
}
