import { ownCheckers } from "../checkers-of.ts";
import type { HttpUrl, RealServer } from "../config.ts";
import type { ReportFault } from "../faults.ts";
import { type Check, forgetOrigin, type Open, originOfKeyword } from "../open.ts";

type Url = Open<HttpUrl>;
type Checker = Open<RealServer>["HTTP_GET" | "SSL_GET"][number];

/** Keywords that say something of a regular expression, with what each is without it. */
const ABOUT_REGEX = {
  regex_no_match: false,
  regex_options: undefined,
  regex_stack: undefined,
  regex_min_offset: 0,
  regex_max_offset: undefined,
} as const;

const KEYWORDS = Object.keys(ABOUT_REGEX) as readonly (keyof typeof ABOUT_REGEX)[]; // its own keys

function urls(real: Open<RealServer>): readonly Url[] {
  return [...real.HTTP_GET, ...real.SSL_GET].flatMap(({ url }) => url);
}

const written = (url: Url): readonly (keyof typeof ABOUT_REGEX)[] =>
  KEYWORDS.filter((keyword) => url.$.of[keyword] !== undefined);

/** The latest place is before the earliest one. */
const isReversed = ({ regex_min_offset: earliest, regex_max_offset: latest }: Url): boolean =>
  latest !== undefined && latest < earliest;

function forget(url: Url, keywords: readonly (keyof typeof ABOUT_REGEX)[]): void {
  Object.assign(url, Object.fromEntries(keywords.map((keyword) => [keyword, ABOUT_REGEX[keyword]])));
  for (const keyword of keywords) forgetOrigin(url, keyword);
}

function repair(url: Url, report: ReportFault): void {
  const [first] = url.regex === undefined ? written(url) : [];
  if (first !== undefined) {
    const summary = `${first} is ignored: the url has no regex`;
    report({ code: "ineffective-regex", severity: "warning", summary }, originOfKeyword(url, first));
    forget(url, written(url));
  }
  if (!isReversed(url)) return;
  const { regex_min_offset: earliest, regex_max_offset: latest } = url;
  const summary = `no match starts at ${earliest} or later and at ${latest} or earlier: both are ignored`;
  report(
    { code: "ineffective-regex", severity: "warning", summary },
    originOfKeyword(url, "regex_max_offset"),
  );
  forget(url, ["regex_min_offset", "regex_max_offset"]);
}

function isFaulty(url: Url): boolean {
  return isReversed(url) || (url.regex === undefined && written(url).length > 0);
}

/** `ineffective-regex`: what is said of a regular expression that is not there, and of matches that cannot be. */
export const regularExpressions: Check = (config, report) => {
  // Most real servers share their checkers with others.
  const faultless = new Set<readonly Checker[]>();
  const areFaultless = (checkers: readonly Checker[]): boolean => {
    if (faultless.has(checkers)) return true;
    if (checkers.some(({ url: urls }) => urls.some(isFaulty))) return false;
    faultless.add(checkers);
    return true;
  };
  for (const { real_server: servers } of config.virtual_server) {
    for (const real of servers) {
      if (areFaultless(real.HTTP_GET) && areFaultless(real.SSL_GET)) continue;
      ownCheckers(real);
      for (const url of urls(real)) repair(url, report);
    }
  }
};
