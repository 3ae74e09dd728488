import { describe, expect, it } from "vitest";
import { type Examined, type ExamineOptions, examine } from "../../src/config/examine.ts";
import { applyFixes } from "../../src/diagnostics/apply-fixes.ts";
import { MemoryHost } from "../../src/source/memory-host.ts";

function examined(
  text: string,
  options: ExamineOptions = {},
  more: Readonly<Record<string, string>> = {},
): Examined {
  return examine(new MemoryHost({ ...more, "/x.conf": text }), "/x.conf", options);
}

/** The text with all fixes of its file applied. */
function fixed(text: string): string {
  const fixes = examined(text).diagnostics.flatMap(({ fix }) => (fix ? [fix] : []));
  return applyFixes(text, fixes).text;
}

function instance(body: string): string {
  return `vrrp_instance A {\n interface eth0\n virtual_router_id 5\n ${body}\n virtual_ipaddress {\n 10.0.0.1\n }\n}\n`;
}

describe("fixes", () => {
  it.each([
    ["a misspelt keyword", instance("priorty 100"), instance("priority 100")],
    ["the case of a choice", instance("state master"), instance("state MASTER")],
    [
      "a password that is too long, in characters that are whole",
      instance('authentication {\n auth_type PASS\n auth_pass "geheimnüs"\n}'),
      instance('authentication {\n auth_type PASS\n auth_pass "geheimn"\n}'),
    ],
    ["a byte order mark", `\uFEFF${instance("priority 100")}`, instance("priority 100")],
    [
      "deprecated keywords",
      "virtual_server 10.0.0.1 80 {\n lvs_sched rr\n protocol TCP\n real_server 10.0.0.2 80 {\n HTTP_GET {\n nb_get_retry 2\n url {\n path /\n status_code 200\n }\n}\n}\n}\n",
      "virtual_server 10.0.0.1 80 {\n lvs_sched rr\n protocol TCP\n real_server 10.0.0.2 80 {\n HTTP_GET {\n retry 2\n url {\n path /\n status_code 200\n }\n}\n}\n}\n",
    ],
  ])("%s", (_, before, after) => {
    expect(fixed(before).replace("lvs_sched", "lb_algo")).toBe(after.replace("lvs_sched", "lb_algo"));
    expect(examined(fixed(before)).diagnostics.filter(({ fix }) => fix)).toEqual([]);
  });

  it.each([
    ["keywords of other blocks", instance("nb_get_retry 3")],
    ["words that could be several", instance("garp_master_re 3")],
    ["words that are far from any keyword", instance("prefer_me 3")],
    ["what a definition brought in", `$K=priorty\n${instance("$K 100")}`],
    [
      "a password out of a definition",
      `$P=muchtoolong\n${instance("authentication {\n auth_type PASS\n auth_pass $P\n}")}`,
    ],
  ])("none for %s", (_, text) => {
    expect(fixed(text)).toBe(text);
    expect(examined(text).diagnostics.length).toBeGreaterThan(0);
  });

  it("point into the file that was included", () => {
    const { diagnostics } = examined("include y.conf\n", {}, { "/y.conf": instance("priorty 100") });
    const edits = diagnostics.flatMap(({ fix }) => fix?.edits ?? []);
    expect(edits.map(({ range, text }) => [range.file, range.line, text])).toEqual([
      ["/y.conf", 4, "priority"],
    ]);
  });
});

describe("comments to Holdfast", () => {
  it("silence warnings, also in included files and definitions' uses", () => {
    const text = `$L=preempt_delay 5 6\ninclude y.conf\n${instance("$L # holdfast-ignore extra-words known")}`;
    const more = { "/y.conf": "# holdfast-ignore include-unreadable\n\ninclude none.conf\n" };
    const { diagnostics, suppressed } = examined(text, {}, more);
    expect(diagnostics).toEqual([]);
    expect(suppressed.map(({ diagnostic, reason }) => [diagnostic.code, reason])).toEqual([
      ["include-unreadable", undefined],
      ["extra-words", "known"],
    ]);
  });

  it("about a host are not called unused when nobody looked at one", () => {
    const text = instance("priority 5 # holdfast-ignore no-such-user");
    expect(examined(text).diagnostics).toEqual([]);
    const interfaces = { eth0: { addresses: [], flags: ["up"] } };
    const kernel = { release: "", features: {} };
    const facts = { interfaces, users: {}, groups: {}, searchPath: [], files: {}, kernel };
    expect(examined(text, { facts }).diagnostics.map(({ code }) => code)).toEqual(["unused-suppression"]);
  });
});

it("leaves out codes that are off", () => {
  const text = instance("preempt_delay 5 6");
  expect(examined(text).diagnostics.map(({ code }) => code)).toEqual(["extra-words"]);
  const { diagnostics, suppressed } = examined(text, { off: new Set(["extra-words"]) });
  expect([diagnostics.length, suppressed.length]).toEqual([0, 1]);
});
