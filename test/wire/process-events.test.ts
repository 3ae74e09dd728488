import { describe, expect, it } from "vitest";
import { readProcessMessage, writeProcessListen } from "../../src/wire/process-events.ts";

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex"));
/** Recorded from Linux 6.18 on a little-endian machine: netlink and connector header, then the event. */
const recorded = (event: string) =>
  bytes(
    `4c000000 0300 0000 00000000 00000000 01000000 01000000 00000000 00000000 2800 0000 ${event}${"00".repeat(
      Math.max(0, 40 - event.replaceAll(" ", "").length / 2),
    )}`,
  );
const HEAD = "01000000 a78852d29d0a0000";

describe("process events", () => {
  it("are subscribed to", () => {
    expect(Buffer.from(writeProcessListen()).toString("hex")).toBe(
      bytes(
        "28000000 0300 0000 00000000 00000000 01000000 01000000 00000000 00000000 0400 0000 01000000",
      ).reduce((hex, byte) => hex + byte.toString(16).padStart(2, "0"), ""),
    );
  });

  it.each([
    ["an acknowledgement", `00000000 ${HEAD} 00000000`, { type: "acknowledgement", errno: 0 }],
    ["a refusal", `00000000 ${HEAD} 01000000`, { type: "acknowledgement", errno: 1 }],
    [
      "a fork",
      `01000000 ${HEAD} d2790000 d2790000 1f7a0000 1f7a0000`,
      { type: "fork", parent: 0x79d2, child: 0x7a1f },
    ],
    ["a thread that starts", `01000000 ${HEAD} d2790000 d2790000 1f7a0000 d2790000`, undefined],
    ["an exec", `02000000 ${HEAD} 1f7a0000 1f7a0000`, { type: "exec", pid: 0x7a1f }],
    [
      "a name",
      `00020000 ${HEAD} 1f7a0000 1f7a0000 72656e616d6564000000000000000000`,
      { type: "name", pid: 0x7a1f, name: "renamed" },
    ],
    ["a thread's name", `00020000 ${HEAD} 207a0000 1f7a0000 72656e616d6564000000000000000000`, undefined],
    ["an exit", `00000080 ${HEAD} 1f7a0000 1f7a0000 00000000 11000000`, { type: "exit", pid: 0x7a1f }],
    ["a thread's exit", `00000080 ${HEAD} 207a0000 1f7a0000 00000000 11000000`, undefined],
    ["another user", `04000000 ${HEAD} 1f7a0000 1f7a0000`, undefined],
  ])("%s", (_what, event, expected) => {
    expect(readProcessMessage(recorded(event))).toEqual(expected);
  });

  it("cut short are nothing", () => {
    const whole = recorded(`01000000 ${HEAD} d2790000 d2790000 1f7a0000 1f7a0000`);
    for (let length = 0; length < 36 + 32; length++) {
      expect(readProcessMessage(whole.subarray(0, length))).toBeUndefined();
    }
  });
});
