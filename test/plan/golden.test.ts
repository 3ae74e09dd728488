import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { diff, differences } from "../../src/plan/diff.ts";
import { renderJson } from "../../src/plan/render-json.ts";
import { renderText } from "../../src/plan/render-text.ts";
import { compileText } from "./compile-text.ts";

/** `HOLDFAST_REGENERATE=1` writes what is produced; the result is reviewed like code. */
const REGENERATE = process.env.HOLDFAST_REGENERATE === "1" && process.env.CI === undefined;
const FOLDER = new URL("../../fixtures/plan/", import.meta.url);

/** A case file: a sentence, then `==== name` sections: running, next, text, json. */
function sectionsOf(file: string): Map<string, string> {
  const parts = file.split(/^==== (\w+)\n/m);
  const sections = new Map([["about", parts[0] ?? ""]]);
  for (let i = 1; i < parts.length; i += 2) sections.set(parts[i] ?? "", parts[i + 1] ?? "");
  return sections;
}

describe("plans of fixtures/plan", () => {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".case"));
  it.each(names)("%s", (name) => {
    const url = new URL(name, FOLDER);
    const sections = sectionsOf(readFileSync(url, "utf8"));
    const [about = "", old = "", now = ""] = ["about", "running", "next"].map((key) => sections.get(key));
    const running = compileText(old, "old.conf");
    const next = compileText(now, "new.conf");
    const plan = diff(running.config, next.config);
    const changes = plan.changes.filter(({ kind }) => kind !== "keep");
    expect(differences(running.config, next.config)).toEqual({ changes });
    const locate = { before: running.locate, after: next.locate };
    const text = renderText(plan, locate);
    // Whole objects have every keyword that there is: a new one would change every case. json.test.ts looks at them.
    const withoutObjects = (key: string, value: unknown) =>
      (key === "before" || key === "after") && typeof value === "object" ? undefined : value;
    const json = `${JSON.stringify(renderJson(plan, locate), withoutObjects, 2)}\n`;
    if (REGENERATE)
      writeFileSync(url, `${about}==== running\n${old}==== next\n${now}==== text\n${text}==== json\n${json}`);
    else expect({ text, json }).toEqual({ text: sections.get("text"), json: sections.get("json") });
  });
});
