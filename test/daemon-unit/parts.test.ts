import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changesFor, partOf } from "../../src/daemon/parts.ts";
import { diff, forOwner } from "../../src/plan/diff.ts";
import { compileText } from "../plan/compile-text.ts";
import { configuration } from "../plan/generate.ts";

describe("the plan that a child makes of its part", () => {
  it("is its part of the plan", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(configuration, configuration, (old, now) => {
        const [running, next] = [compileText(old, "old.conf").config, compileText(now, "new.conf").config];
        const plan = diff(running, next);
        for (const role of ["vrrp", "checkers"] as const) {
          const changes = [...changesFor(role, partOf(running, role), partOf(next, role))];
          const outline = ({ address, kind, impact, reasons, carries }: (typeof changes)[number]) => ({
            ...{ address, kind, impact, reasons, carries },
          });
          expect(changes.map(outline)).toEqual(forOwner(plan, role).changes.map(outline));
        }
      }),
      { numRuns: 100 },
    );
  });
});
