import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { diff, differences, forOwner, isEmpty } from "../../src/plan/diff.ts";
import { renderJson } from "../../src/plan/render-json.ts";
import { renderText } from "../../src/plan/render-text.ts";
import { compileText } from "./compile-text.ts";
import { configuration } from "./generate.ts";
import { applyToModel, objectsOfModel } from "./model.ts";

const RUNS = { numRuns: 40 };
const pair = fc.tuple(configuration, configuration);

function compiled(text: string): Config {
  return compileText(text, "generated.conf").config;
}

describe("a plan", { timeout: 60_000 }, () => {
  it("is empty between a configuration and itself, compiled twice", () => {
    fc.assert(
      fc.property(configuration, (text) => {
        const plan = diff(compiled(text), compiled(`# moved one line down\n${text}`));
        expect(isEmpty(plan)).toBe(true);
        expect(plan.changes.length).toBe(objectsOfModel(compiled(text)).size);
      }),
      RUNS,
    );
  });

  it("has the differences, and what stays", () => {
    fc.assert(
      fc.property(pair, ([old, now]) => {
        const [running, next] = [compiled(old), compiled(now)];
        const changes = diff(running, next).changes.filter(({ kind }) => kind !== "keep");
        expect(differences(running, next)).toEqual({ changes });
      }),
      RUNS,
    );
  });

  it("makes the next configuration of the running one, and names each object once", () => {
    fc.assert(
      fc.property(pair, ([old, now]) => {
        const running = compiled(old);
        const next = compiled(now);
        const plan = diff(running, next);
        const objects = objectsOfModel(running);
        applyToModel(objects, plan);
        expect(objects).toEqual(objectsOfModel(next));
        const addresses = plan.changes.map((change) => change.address);
        expect(new Set(addresses).size).toBe(addresses.length);
      }),
      RUNS,
    );
  });

  it("gives a reason for every change and none for what stays", () => {
    fc.assert(
      fc.property(pair, ([old, now]) => {
        for (const change of diff(compiled(old), compiled(now)).changes) {
          expect(change.reasons.length === 0).toBe(change.kind === "keep");
          for (const reason of change.reasons)
            if (!reason.keyword.endsWith("auth_pass") && reason.note === undefined)
              expect(reason.before).not.toBe(reason.after);
        }
      }),
      RUNS,
    );
  });

  it("never shows a secret", () => {
    fc.assert(
      fc.property(pair, ([old, now]) => {
        const secrets = (text: string) => text.replaceAll(/auth_pass (one|two)/g, "auth_pass hunter-$1");
        const running = compileText(secrets(old), "old.conf");
        const next = compileText(secrets(now), "new.conf");
        const plan = diff(running.config, next.config);
        const locate = { before: running.locate, after: next.locate };
        expect(renderText(plan, locate)).not.toContain("hunter");
        expect(JSON.stringify(renderJson(plan, locate, { keep: true }))).not.toContain("hunter");
      }),
      RUNS,
    );
  });

  it("falls apart into the parts of the processes, each with global_defs", () => {
    fc.assert(
      fc.property(pair, ([old, now]) => {
        const plan = diff(compiled(old), compiled(now));
        const parts = (["vrrp", "checkers"] as const).map((owner) => forOwner(plan, owner).changes);
        expect(parts.every(([first]) => first?.object === "global_defs")).toBe(true);
        const own = parts.flatMap((changes) => changes.slice(1));
        expect(own.length).toBe(plan.changes.length - 1);
      }),
      RUNS,
    );
  });
});

describe("the order of a plan", { timeout: 60_000 }, () => {
  it("never has an object without the one around it, a group without its members, or a tracker without its script", () => {
    fc.assert(
      fc.property(pair, ([old, now]) => {
        const running = compiled(old);
        const objects = objectsOfModel(running);
        applyToModel(objects, diff(running, compiled(now)), (change, present) => {
          const enclosing = change.address.slice(0, change.address.lastIndexOf("]/") + 1);
          if (enclosing !== "") expect(present.has(enclosing)).toBe(true);
          if (change.kind === "delete")
            expect([...present.keys()].filter((key) => key.startsWith(`${change.address}/`))).toEqual([]);
          for (const [address, content] of present) {
            const named = address.startsWith("vrrp_instance[") ? trackedScripts(content) : [];
            const missing = named.filter((script) => !present.has(`vrrp_script[${script}]`));
            // An instance still to be brought up to date may not name what is gone either.
            expect({ address, missing }).toEqual({ address, missing: [] });
          }
          if (change.object === "vrrp_sync_group" && change.after)
            for (const member of change.after.group)
              expect(present.has(`vrrp_instance[${member}]`)).toBe(true);
        });
      }),
      RUNS,
    );
  });

  it("never has an address on two instances, or a server twice under one service", () => {
    fc.assert(
      fc.property(pair, ([old, now]) => {
        const running = compiled(old);
        const objects = objectsOfModel(running);
        applyToModel(objects, diff(running, compiled(now)), (_change, present) => {
          const vips = [...present.keys()].flatMap(
            (key) => /virtual_ipaddress\[(.*)\]$/.exec(key)?.[1] ?? [],
          );
          expect(new Set(vips).size).toBe(vips.length);
          const servers = [...present.keys()].flatMap((key) =>
            /^virtual_server\[.*\/(?:real|sorry)_server\[/.test(key)
              ? [key.replace("/sorry_", "/real_")]
              : [],
          );
          expect(new Set(servers).size).toBe(servers.length);
        });
      }),
      RUNS,
    );
  });
});

function trackedScripts(content: string): readonly string[] {
  const instance: { track_script?: readonly { script: string }[] } = JSON.parse(content);
  return (instance.track_script ?? []).map(({ script }) => script);
}
