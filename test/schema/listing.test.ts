import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { listKeywords } from "../../src/schema/listing.ts";

describe("the list of keywords", () => {
  it("has every path that keepalived knows, and no other", () => {
    const known = readFileSync(new URL("../../fixtures/keyword-paths.txt", import.meta.url), "utf8");
    const listed = listKeywords().map(({ path }) => path);
    expect(listed.length).toBe(538);
    expect([...listed].sort()).toEqual(known.trim().split("\n").sort());
  });

  it("says what a keyword takes", () => {
    const found = listKeywords().find(({ path }) => path === "vrrp_instance/virtual_router_id");
    expect(found).toMatchObject({ since: "0.5.3", shape: "leaf", value: "integer 1–255", required: true });
  });
});
