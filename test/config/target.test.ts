import { describe, expect, it } from "vitest";
import { compile } from "../../src/config/compile.ts";
import { isTarget } from "../../src/config/target.ts";
import { MemoryHost } from "../../src/source/memory-host.ts";

describe("--target", () => {
  it("is a release from 2.0.0 to 2.4.3", () => {
    for (const text of ["2.0.0", "2.0.20", "2.2.7", "2.4.3"]) expect(isTarget(text)).toBe(true);
    for (const text of ["1.4.5", "2.4.4", "3.0.0", "2.2", "v2.2.7", ""]) expect(isTarget(text)).toBe(false);
  });

  it("refuses keywords that are newer, with the release that has them", () => {
    const text = "global_defs {\nrouter_id x\nchecker_log_all_failures\n}\n";
    const newer = (target?: string) =>
      compile(new MemoryHost({ c: text }), "c", target === undefined ? {} : { target })
        .diagnostics.filter(({ code }) => code === "too-new")
        .map(({ subject, summary, severity }) => [subject?.line, severity, summary]);
    expect(newer()).toEqual([]);
    expect(newer("2.4.3")).toEqual([]);
    expect(newer("2.0.11")).toEqual([]);
    expect(newer("2.0.10")).toEqual([[3, "error", "checker_log_all_failures needs keepalived 2.0.11"]]);
  });
});
