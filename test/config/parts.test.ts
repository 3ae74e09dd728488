import { describe, expect, it } from "vitest";
import { compile } from "../../src/config/compile.ts";
import { dumpConf } from "../../src/config/dump-conf.ts";
import { scriptUses } from "../../src/config/scripts.ts";
import { diff } from "../../src/plan/diff.ts";
import { renderText } from "../../src/plan/render-text.ts";
import { MemoryHost } from "../../src/source/memory-host.ts";

/** What a real server may hold, with something to say about it or to change in it once it is known where it stands. */
const CHECKERS: Readonly<Record<string, string>> = {
  "a source of the other family": "TCP_CHECK {\n bindto 2001:db8::1\n}",
  "a target of the other family than the source":
    "SMTP_CHECK {\n bindto 10.0.0.9\n host {\n bindto 10.0.0.9\n connect_ip 2001:db8::1\n }\n}",
  "a link that is not named": "TCP_CHECK {\n connect_ip fe80::1\n}",
  "lengths that no answer has": "UDP_CHECK {\n min_reply_length 9\n max_reply_length 8\n}",
  "a session that is not there":
    "BFD_CHECK {\n name none\n}\nBFD_CHECK {\n name some\n}\nBFD_CHECK {\n name some\n}",
  "a file that is not there": "FILE_CHECK {\n track_file none\n}",
  "a slow checker": "HTTP_GET {\n url {\n path /\n }\n connect_timeout 9\n delay_loop 3\n}",
  "a slow script": 'MISC_CHECK {\n misc_path "/bin/x"\n misc_timeout 9\n delay_loop 3\n user nobody\n}',
};

/** A configuration whose real servers all hold the same; `unlike` each other by a comment, they are all read. */
function repeated(checker: string, unlike: boolean, path = "/"): string {
  let count = 0;
  const head = (text: string) => (unlike ? `${text} { # ${count++}` : `${text} {`);
  const real = (address: string) =>
    `${head(`real_server ${address} 80`)}\nweight 1\n${checker.replaceAll(/([\w]+) \{/g, (_, word: string) => head(word))}\n}\n`;
  const service = (address: string, last: string) =>
    `${head(`virtual_server ${address} 80`)}\nlb_kind DR\nprotocol TCP\n${last}}\n`;
  const reals = ["10.0.1.1", "10.0.1.2", "10.0.1.3", "10.0.1.4"].map(real).join("");
  const portless = reals.replaceAll(/(10\.0\.1\.\d) 80/g, "$1 81");
  const http = `${head("real_server 10.0.1.9 80")}\nHTTP_GET {\nurl {\npath ${path}\n}\n}\n}\n`;
  return `bfd_instance some {\nneighbor_ip 10.0.0.8\n}\n${service("10.0.0.1", reals)}${service("10.0.0.2", reals)}${service("10.0.0.3", portless)}${service("10.0.0.4", http)}`;
}

function compiled(text: string): ReturnType<typeof compile> {
  return compile(new MemoryHost({ "/x": text }), "/x");
}

describe("blocks that share their parts", () => {
  it.each(Object.entries(CHECKERS))("are judged like those that do not: %s", (_, checker) => {
    const [alike, unlike] = [compiled(repeated(checker, false)), compiled(repeated(checker, true))];
    expect(alike.diagnostics.length).toBeGreaterThan(0);
    expect(alike.diagnostics).toEqual(unlike.diagnostics);
    expect(dumpConf(alike.config)).toBe(dumpConf(unlike.config));
    const places = ({ config, sources }: typeof alike) =>
      scriptUses(config).map(({ origin, userOrigin = origin, end = origin }) =>
        [origin, userOrigin, end].map((one) => sources.range(one).line),
      );
    expect(places(alike)).toEqual(places(unlike));
  });

  it.each(Object.entries(CHECKERS))("are compared like those that do not: %s", (_, checker) => {
    const plan = (unlike: boolean): string => {
      const before = compiled(repeated(checker, unlike));
      const after = compiled(repeated(checker.replaceAll("9", "7").replaceAll("none", "any"), unlike, "/a"));
      const [from, to] = [before, after].map(
        ({ sources }) =>
          (origin: number) =>
            sources.range(origin),
      );
      if (!from || !to) throw new Error("there are two");
      return renderText(diff(before.config, after.config), { before: from, after: to });
    };
    expect(plan(false)).toBe(plan(true));
    expect(plan(false)).toContain("real_server");
  });
});
