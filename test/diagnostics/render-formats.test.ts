import { describe, expect, it } from "vitest";
import { CODES } from "../../src/diagnostics/codes.ts";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { renderGithub } from "../../src/diagnostics/render-github.ts";
import { renderSarif } from "../../src/diagnostics/render-sarif.ts";

const subject = { file: "conf d/a,b:c.conf", line: 3, column: 5, endLine: 3, endColumn: 12 };
const range = { ...subject, file: "/etc/x.conf", line: 9, endLine: 9 };
const one: Diagnostic = {
  code: "deprecated",
  severity: "warning",
  summary: "100% old: nb_get_retry",
  detail: "Write\nretry.",
  subject,
  related: [{ range, message: "included from here" }],
  suggestions: ["retry"],
  fix: { title: "write retry", edits: [{ range: subject, text: "retry" }] },
};
const nowhere: Diagnostic = { code: "unreadable-file", severity: "error", summary: "cannot read x" };

describe("GitHub", () => {
  it("has a command a line, with what would end it escaped", () => {
    const note: Diagnostic = { ...nowhere, code: "unused-suppression", severity: "note" };
    expect(renderGithub([one, nowhere, note])).toBe(
      [
        "::error title=unreadable-file::cannot read x",
        "::notice title=unused-suppression::cannot read x",
        "::warning file=conf d/a%2Cb%3Ac.conf,line=3,endLine=3,col=5,endColumn=11,title=deprecated::100%25 old: nb_get_retry%0AWrite%0Aretry.%0ADid you mean retry?%0A/etc/x.conf:9: included from here",
        "",
      ].join("\n"),
    );
  });

  it("has no columns' end where the place has several lines", () => {
    const text = renderGithub([{ ...nowhere, subject: { ...subject, endLine: 5 } }]);
    expect(text).toContain("line=3,endLine=5,col=5,title=");
  });
});

describe("SARIF", () => {
  const log = JSON.parse(
    renderSarif([one, nowhere], {
      version: "1.2.3",
      suppressed: [{ diagnostic: one, at: range, reason: "why" }],
    }),
  );
  const [run] = log.runs;

  it("has a rule with help for every code, and results that point at theirs", () => {
    expect(log).toMatchObject({ version: "2.1.0", $schema: expect.stringContaining("sarif-schema-2.1.0") });
    expect(run.tool.driver).toMatchObject({ name: "Holdfast", version: "1.2.3" });
    const { rules } = run.tool.driver;
    expect(rules.map(({ id }: { id: string }) => id)).toEqual(Object.keys(CODES).sort());
    for (const { id, help, shortDescription, defaultConfiguration } of rules) {
      expect(help.text).toContain(CODES[id]?.explanation);
      expect(shortDescription.text).not.toBe("");
      expect(defaultConfiguration.level).toBe(CODES[id]?.severity);
    }
    for (const { ruleId, ruleIndex } of run.results) expect(rules[ruleIndex].id).toBe(ruleId);
  });

  it("has places, related places and fixes", () => {
    const [withoutPlace, result] = run.results;
    expect(withoutPlace.locations).toBeUndefined();
    const region = { startLine: 3, startColumn: 5, endLine: 3, endColumn: 12 };
    const artifactLocation = { uri: "conf%20d/a%2Cb%3Ac.conf" };
    expect(result).toMatchObject({
      level: "warning",
      locations: [{ physicalLocation: { artifactLocation, region } }],
      relatedLocations: [
        {
          physicalLocation: { artifactLocation: { uri: "file:///etc/x.conf" } },
          message: { text: "included from here" },
        },
      ],
      fixes: [
        {
          artifactChanges: [
            {
              artifactLocation,
              replacements: [{ deletedRegion: region, insertedContent: { text: "retry" } }],
            },
          ],
        },
      ],
      suppressions: [],
    });
    expect(run.columnKind).toBe("utf16CodeUnits");
  });

  it("lists what comments silenced, as silenced", () => {
    expect(run.results).toHaveLength(3);
    expect(run.results[2].suppressions).toMatchObject([{ kind: "inSource", justification: "why" }]);
  });

  it("says nothing of suppressions where there are none", () => {
    const [plain] = JSON.parse(renderSarif([one], { version: "1" })).runs;
    expect("suppressions" in plain.results[0]).toBe(false);
  });
});
