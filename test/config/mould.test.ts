import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseStatements } from "../../grammar/statements.ts";
import { Decoder } from "../../src/config/decode.ts";
import { type Draft, emptyDraft, shapeOf } from "../../src/config/shape.ts";
import { root } from "../../src/schema/root.ts";
import { MemoryHost } from "../../src/source/memory-host.ts";
import { readSource } from "../../src/source/read-source.ts";
import { configText } from "../schema/samples.ts";

const SEED = Number(process.env.HOLDFAST_SEED ?? Date.now() % 2 ** 31);

/** What a text is decoded to, and what is said about it: block by block as they are known, or each line by itself. */
function decode(
  text: string,
  by: "parts" | "lines",
): { readonly draft: Draft; readonly faults: readonly string[] } {
  const source = readSource(new MemoryHost({ "/x": text }), "/x", {}, () => {});
  const faults: string[] = [];
  const decoder = new Decoder(
    ({ code, severity, summary }, origin, related = []) =>
      faults.push([origin, severity, code, summary, ...related.map((one) => one.origin)].join(" ")),
    (statement) => statement.words,
  );
  const shape = shapeOf(root);
  const draft = emptyDraft(shape, 0);
  for (const statement of parseStatements(source[by], source.sources, ({ code }) => faults.push(code))) {
    decoder.statement(statement, shape, "", draft);
  }
  return { draft, faults };
}

const SERVER = `  real_server 10.0.0.2 80 {
    weight 2
    notify_up "/bin/x up"
    HTTP_GET {
      url {
        path /
        status_code 200 300-310
      }
      url {
        path /b
      }
      connect_timeout 3
    }
  }
`;

describe(`a block that stands again (HOLDFAST_SEED=${SEED})`, () => {
  it("is another block with the same values, and places of its own", () => {
    const text = `virtual_server 10.0.0.1 80 {\n  protocol TCP\n${SERVER.repeat(3)}}\n`.repeat(2);
    const { draft } = decode(text, "parts");
    const [server] = draft.virtual_server as Draft[];
    const [first, , third] = (server?.real_server ?? []) as Draft[];
    expect(third).toEqual({ ...first, $: expect.anything(), HTTP_GET: expect.anything() });
    expect(third?.HTTP_GET).not.toBe(first?.HTTP_GET);
    expect(third?.$.of.weight).not.toEqual(first?.$.of.weight);
    expect({ draft }).toEqual({ draft: decode(text, "lines").draft });
  });

  it("has its faults said again", () => {
    const text = `virtual_server 10.0.0.1 80 {\n${SERVER.replace("path /b", "path").repeat(3)}}\n`;
    expect(decode(text, "parts")).toEqual(decode(text, "lines"));
    expect(decode(text, "parts").faults.filter((fault) => fault.includes("missing"))).toHaveLength(3);
  });

  it("adds to the block before where there is one of its kind", () => {
    const text = "global_defs {\n  notification_email {\n    a@b\n  }\n  router_id x\n}\n".repeat(4);
    expect(decode(text, "parts")).toEqual(decode(text, "lines"));
    expect((decode(text, "parts").draft.global_defs as Draft).notification_email).toHaveLength(4);
  });

  it("is decoded as if each line were read by itself, whatever it holds", () => {
    const repeated = configText.map((text) => {
      const broken = text.replaceAll(/\d+/g, (digits, at: number) => (at % 7 === 0 ? "x" : digits));
      return `${text}${text}${broken}${broken}${broken}${text}`;
    });
    fc.assert(
      fc.property(repeated, (text) => {
        expect(decode(text, "parts")).toEqual(decode(text, "lines"));
      }),
      { seed: SEED, numRuns: 40 },
    );
  });
});
