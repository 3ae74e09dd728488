import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Hmac, sameCode } from "../../src/wire/hmac.ts";
import { Md5 } from "../../src/wire/md5.ts";
import { Sha256 } from "../../src/wire/sha256.ts";

const bytes = fc.uint8Array({ maxLength: 300 });

describe("Sha256", () => {
  it("agrees with OpenSSL for every length, in one piece or several", () => {
    fc.assert(
      fc.property(bytes, fc.nat(300), (message, at) => {
        const digest = new Sha256();
        digest.update(message.subarray(0, at));
        digest.update(message.subarray(at));
        expect(digest.hex()).toBe(createHash("sha256").update(message).digest("hex"));
      }),
    );
  });

  it("goes on from a copy without touching what was copied", () => {
    const digest = new Sha256();
    digest.update(new Uint8Array([1, 2, 3]));
    const copy = digest.copy();
    copy.update(new Uint8Array([4]));
    const hex = (list: number[]) => createHash("sha256").update(Uint8Array.from(list)).digest("hex");
    expect(copy.hex()).toBe(hex([1, 2, 3, 4]));
    expect(digest.hex()).toBe(hex([1, 2, 3]));
  });
});

describe("Hmac", () => {
  it.each([
    ["sha256", () => new Sha256()],
    ["md5", () => new Md5()],
  ] as const)("agrees with OpenSSL, keys longer than a block included: %s", (name, fresh) => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), bytes, bytes, (key, first, second) => {
        const hmac = new Hmac(fresh, key);
        const expected = createHmac(name, key).update(first).update(second).digest("hex");
        // Twice: the prepared pads must stay as they were.
        for (let i = 0; i < 2; i++)
          expect(Buffer.from(hmac.code([first, second])).toString("hex")).toBe(expected);
      }),
    );
  });

  it("compares the beginning of a code", () => {
    const code = new Uint8Array([1, 2, 3, 4]);
    expect(sameCode(new Uint8Array([1, 2, 3]), code)).toBe(true);
    expect(sameCode(new Uint8Array([1, 2, 4]), code)).toBe(false);
    expect(sameCode(new Uint8Array([1, 2, 3, 4, 0]), code)).toBe(false);
  });
});
