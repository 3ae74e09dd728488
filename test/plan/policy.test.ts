import { describe, expect, it } from "vitest";
import { childKeywords, schemaOf } from "../../src/plan/objects.ts";
import type { ObjectType } from "../../src/plan/plan.ts";
import { POLICIES, worst } from "../../src/plan/policy.ts";
import type { AnyBlockSchema } from "../../src/schema/row.ts";

/** Whether a keyword path leads to a row that has a value of its own. */
function leadsToValue(schema: AnyBlockSchema | undefined, path: readonly string[]): boolean {
  const [keyword = "", ...rest] = path;
  const row = schema?.rows[keyword];
  if (!row || row.replacedBy !== undefined) return false;
  return rest.length === 0 || (row.shape === "block" && leadsToValue(row.schema, rest));
}

describe("the table of policies", () => {
  const objects = (Object.keys(POLICIES) as ObjectType[]).filter((object) => schemaOf(object));
  it.each(objects)("names only keywords of %s", (object) => {
    const paths = Object.keys(POLICIES[object].keywords);
    expect(paths.filter((path) => !leadsToValue(schemaOf(object), path.split("/")))).toEqual([]);
    expect(paths.filter((path) => childKeywords(object).has(path))).toEqual([]);
  });

  it("names the keywords that make an address, and no others", () => {
    const addresses = [...childKeywords("vrrp_instance")].filter((keyword) => keyword.includes("ipaddress"));
    expect(Object.keys(POLICIES.virtual_ipaddress.keywords)).toEqual(addresses);
  });

  it("takes dropped connections for the worst", () => {
    expect(worst([])).toBe("none");
    expect(worst(["drains", "drops-connections", "may-transition"])).toBe("drops-connections");
    expect(worst(["none", "needs-restart"])).toBe("needs-restart");
  });
});
