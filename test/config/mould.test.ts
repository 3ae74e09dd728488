import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseStatements } from "../../grammar/statements.ts";
import { compile } from "../../src/config/compile.ts";
import { Decoder } from "../../src/config/decode.ts";
import { withOwnParts } from "../../src/config/parts.ts";
import { type Draft, emptyDraft, type Shape, shapeOf } from "../../src/config/shape.ts";
import { root } from "../../src/schema/root.ts";
import { MemoryHost } from "../../src/source/memory-host.ts";
import { readSource } from "../../src/source/read-source.ts";
import { configText } from "../schema/samples.ts";

const SEED = Number(process.env.HOLDFAST_SEED ?? Date.now() % 2 ** 31);

/** The same with parts of its own for each block. */
function spread(draft: Draft, { schema, blocks }: Shape): Draft {
  const own: Draft = { ...withOwnParts(draft, schema) };
  for (const { keyword, shape } of blocks) {
    const value = own[keyword];
    if (value === undefined) continue;
    const inner = (Array.isArray(value) ? value : [value]) as readonly Draft[]; // of a block row
    const spreadBlocks = inner.map((one) => spread(one, shape));
    own[keyword] = Array.isArray(value) ? spreadBlocks : spreadBlocks[0];
  }
  return own;
}

/** What a text is decoded to, and what is said about it: block by block as they are known, or each line by itself. */
function decode(
  text: string,
  by: "parts" | "lines",
): { readonly draft: Draft; readonly faults: readonly string[]; readonly structure: readonly string[] } {
  const source = readSource(new MemoryHost({ "/x": text }), "/x", {}, () => {});
  const faults: string[] = [];
  const structure: string[] = []; // said of some lines at once, before they are decoded
  const decoder = new Decoder(
    ({ code, severity, summary }, origin, related = []) =>
      faults.push([origin, severity, code, summary, ...related.map((one) => one.origin)].join(" ")),
    (statement) => statement.words,
  );
  const shape = shapeOf(root);
  const draft = emptyDraft(shape, 0);
  for (const statement of parseStatements(source[by], source.sources, ({ code }) => structure.push(code))) {
    decoder.statement(statement, shape, "", draft);
  }
  return { draft: spread(draft, shape), faults, structure };
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

  it("takes what it begins with from one that begins alike, with places of its own", () => {
    const service = (at: number, opening: string) =>
      `virtual_server 10.0.1.${at} 80 {\n${opening}${SERVER.replace("0.2 80", `0.${at} 80`)}  delay_loop 9\n}\n`;
    const openings = [
      "  lb_algo rr\n  protocol TCP\n",
      "  delay_loop 3\n  lb_algo rr\n",
      "  lb_algo x\n  protocol TCP\n",
    ];
    const text = [0, 0, 0, 1, 1, 1, 0, 2, 2, 2, 1]
      .map((which, at) => service(at + 1, openings[which] ?? ""))
      .join("");
    expect(decode(text, "parts")).toEqual(decode(text, "lines"));
    const { draft, faults } = decode(text, "parts");
    expect(faults.filter((fault) => fault.includes("given-twice") || fault.includes("twice"))).toHaveLength(
      4,
    );
    const servers = draft.virtual_server as Draft[];
    expect(servers[6]?.$.of.lb_algo).not.toBe(servers[0]?.$.of.lb_algo);
  });

  it("shares its parts with those that inherit the same", () => {
    const loops = [5, 5, 6, 5, 6];
    const servers = loops.map(
      (loop, at) =>
        `virtual_server 10.0.1.${at} 80 {\n  delay_loop ${loop}\n  persistence_timeout ${at + 1}\n  protocol TCP\n${SERVER}${SERVER.replaceAll("0.2 80", "0.3 80")}}\n`,
    );
    const { config } = compile(new MemoryHost({ "/x": servers.join("") }), "/x");
    const reals = config.virtual_server.flatMap(({ real_server: pool }) => pool);
    expect(reals.map(({ HTTP_GET: [checker] }) => (checker?.delay_loop ?? 0) / 1_000_000)).toEqual(
      loops.flatMap((loop) => [loop, loop]),
    );
    // The first is what the second was compared with, and that is the mould of the others.
    expect(new Set(reals.map(({ HTTP_GET: checkers }) => checkers)).size).toBe(2 + new Set(loops).size);
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
