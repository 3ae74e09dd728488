import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { Md5 } from "../../src/wire/md5.ts";

it("digests what RFC 1321 §A.5 lists", () => {
  const hex = (text: string) => {
    const md5 = new Md5();
    md5.update(new TextEncoder().encode(text));
    return md5.hex();
  };
  expect(hex("")).toBe("d41d8cd98f00b204e9800998ecf8427e");
  expect(hex("abc")).toBe("900150983cd24fb0d6963f7d28e17f72");
  expect(hex("12345678901234567890123456789012345678901234567890123456789012345678901234567890")).toBe(
    "57edf4a22be3c955ac49da2e2107b67a",
  );
});

it("agrees with OpenSSL on any bytes in any pieces", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 }), (pieces) => {
      const md5 = new Md5();
      const reference = createHash("md5");
      for (const piece of pieces) {
        md5.update(piece);
        reference.update(piece);
      }
      expect(md5.hex()).toBe(reference.digest("hex"));
    }),
  );
});
