import fc from "fast-check";

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,11}$/);
const number = (min: number, max: number): fc.Arbitrary<string> => fc.integer({ min, max }).map(String);
const optional = (arbitrary: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(fc.constant(""), arbitrary);
const joined = (...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((words) => words.filter((word) => word !== "").join(" "));
const v4 = fc.ipV4();
const port = number(1, 65_535);

const groupEntry = joined(
  fc.oneof(
    v4,
    fc.constantFrom(
      "10.1.0.1-9",
      "10.1.0.200-10.1.1.5",
      "10.2.0.0/29",
      "2001:db8::1",
      "2001:DB8::a-ff",
      "2001:db8::1-2001:db8::9",
      "2001:db8:1::/120",
    ),
  ),
  optional(port),
);

const BITS = ["IRUSR", "IWUSR", "IXUSR", "IRWXU", "IRGRP", "IWGRP", "IXGRP", "IRWXG", "IRWXO"];

/** Text that kinds of servers, checkers and the daemon accept, by the name of the kind. */
export const SERVER_SAMPLES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  "NAT | DR | TUN [type ipip|gre|gue port number] [nocsum|csum|remcsum]": fc.constantFrom(
    "NAT",
    "DR",
    "TUN",
    "TUN type ipip nocsum",
    "TUN type gre csum",
    "TUN type gue port 5555 remcsum",
    "TUN port 99 type gue",
  ),
  "address [port] | range [port] | fwmark number [inet|inet6]": fc.oneof(
    groupEntry,
    joined(fc.constant("fwmark"), number(0, 1000), optional(fc.constantFrom("inet", "inet6"))),
  ),
  "regular expression": fc.constantFrom('"^[a-z]+ (ok|fine)$"', '"\\\\d+"', "ok", '"a\\042b"'),
  "options of pcre2api": joined(fc.constant("caseless"), optional(fc.constant("multiline utf"))),
  "bytes maximum": number(1, 1000).map((bytes) => `${bytes} ${Number(bytes) * 2}`),
  "hexadecimal bytes": fc.constantFrom("Ab12f 3 456 546443123", "00", "ff 0"),
  "[hexadecimal bytes, x for any digit]": fc.constantFrom("", "12xX 3", "aX"),
  "integer -2147483647–2147483647 [reverse]": joined(
    number(-2_147_483_647, 2_147_483_647),
    optional(fc.constant("reverse")),
  ),
  "CPU numbers": fc.constantFrom("0", "0 1 2", "5"),
  "number | bits such as IRWXG|IRWXO": fc.oneof(
    number(0, 511),
    fc.constantFrom("0177", "0x1ff", "077"),
    fc.subarray(BITS, { minLength: 1 }).map((bits) => bits.join("|")),
    fc.constant("IRUSR | IWGRP"),
  ),
  "[+|-]readable | match | wildcard_match | brace_match": fc.constantFrom(
    "",
    "match",
    "+match -wildcard_match",
  ),
  "[tcp seconds] [tcpfin seconds] [udp seconds]": fc.constantFrom("tcp 5", "udp 7 tcpfin 0", "tcp 1 udp 2"),
  "interface [[inst] instance] [id number] [maxlen number] [port number] [ttl number] [group address]":
    joined(
      fc.constant("eth0"),
      optional(
        fc.oneof(
          name,
          name.map((one) => `inst ${one}`),
        ),
      ),
      optional(number(0, 255).map((id) => `id ${id}`)),
      optional(fc.constantFrom("maxlen 1400", "ttl 3 port 99", "group 224.0.0.99", "group ff02::99")),
    ),
  VS: fc.constant("VS"),
  "server [port]": joined(name, optional(port)),
};
