import { checkerRows, unsigned } from "./checkers-common.ts";
import { oneOfAnyCase, oneText, word } from "./kinds.ts";
import { regex, regexOffset, regexOptions, regexStack } from "./kinds-checker.ts";
import { tolerated, wanted } from "./kinds-options.ts";
import { statusRanges } from "./kinds-server.ts";
import { type BlockOf, blocks, defineBlock, flag, leaf } from "./row.ts";

/** MD5 as 32 hexadecimal digits, in lower case. */
const digest = oneText("MD5 digest", (text, complain, at) => {
  if (/^[\da-f]{32}$/i.test(text)) return text.toLowerCase();
  complain(
    { code: "invalid-digest", summary: `'${text}' is not an MD5 digest of 32 hexadecimal digits` },
    at,
  );
  return undefined;
});

const urlRows = {
  path: leaf(word, { required: true, doc: "Path to get.", since: "0.5.3" }),
  digest: leaf(digest, { doc: "MD5 of the body, as 32 hexadecimal digits.", since: "0.5.3" }),
  status_code: leaf(tolerated(statusRanges), {
    doc: "Status codes that are good; 200–299 by default.",
    since: "0.7.6",
  }),
  virtualhost: leaf(wanted(word), {
    countsRepeats: true,
    doc: "Host to name in the request.",
    since: "0.5.8",
  }),
  regex: leaf(wanted(regex), {
    doc: "Regular expression (PCRE) that the response has to match, head included.",
    since: "2.0.7",
  }),
  regex_no_match: flag({
    bare: true,
    doc: "The response must not match.",
    since: "2.0.7",
  }),
  regex_options: leaf(regexOptions, {
    doc: "Options of the regular expression, by their names in pcre2api.",
    since: "2.0.7",
  }),
  regex_stack: leaf(tolerated(regexStack), {
    doc: "Bytes of stack to match with: at first, and at most.",
    since: "2.0.7",
  }),
  regex_min_offset: leaf(tolerated(regexOffset), {
    default: 0,
    doc: "Where in the response a match may start at the earliest, in bytes.",
    since: "2.0.7",
  }),
  regex_max_offset: leaf(tolerated(regexOffset), {
    doc: "Where in the response a match may start at the latest, in bytes.",
    since: "2.0.7",
  }),
};

const httpUrl = defineBlock({ keyword: "url", header: {}, rows: urlRows });

const tlsCompliant = flag({
  doc: "Close TLS with an alert, as the standard says.",
  since: "2.2.8",
});

const sslUrl = defineBlock({
  keyword: "url",
  header: {},
  rows: { ...urlRows, tls_compliant: tlsCompliant },
});

const webRows = {
  ...checkerRows(1, 3_000_000),
  nb_get_retry: leaf(unsigned, {
    doc: "Older name of retry.",
    since: "0.5.3",
    replacedBy: "retry",
  }),
  virtualhost: leaf(wanted(word), {
    countsRepeats: true,
    inherits: "^",
    doc: "Host to name in requests.",
    since: "0.5.8",
  }),
  http_protocol: leaf(wanted(oneOfAnyCase("1.0", "1.0C", "1.0c", "1.1")), {
    default: "1.0",
    doc: "HTTP version of requests.",
    since: "2.0.17",
  }),
  enable_sni: flag({
    doc: "Name the host in the TLS handshake.",
    since: "1.4.3",
  }),
  sni_name: leaf(word, {
    doc: "Host to name in the TLS handshake; the virtual host by default.",
    since: "2.4.4",
  }),
  fast_recovery: flag({
    doc: "Check all pages at once, at the start and after a failure.",
    since: "2.0.17",
  }),
};

const urlFacts = { required: true, doc: "A page to get and what to expect.", since: "0.5.3" } as const;

export const httpGet = defineBlock({
  keyword: "HTTP_GET",
  header: {},
  rows: { ...webRows, url: blocks(httpUrl, urlFacts) },
});

export const sslGet = defineBlock({
  keyword: "SSL_GET",
  header: {},
  rows: { ...webRows, tls_compliant: tlsCompliant, url: blocks(sslUrl, urlFacts) },
});

export type HttpUrl = BlockOf<typeof httpUrl>;
export type HttpGet = BlockOf<typeof httpGet>;
export type SslGet = BlockOf<typeof sslGet>;
