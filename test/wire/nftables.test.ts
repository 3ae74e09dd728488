import { describe, expect, it } from "vitest";
import { NetlinkWriter, readAttributes, readMessages } from "../../src/wire/netlink.ts";
import {
  firewallMessage,
  keyLength,
  readElements,
  readTable,
  writeFirewallCommand,
} from "../../src/wire/nftables.ts";
import type { FirewallCommand } from "../../src/wire/nftables-types.ts";

const table = { family: "ip6", name: "keepalived" } as const;

function payloadOf(command: FirewallCommand, id = 1): Uint8Array {
  const writer = new NetlinkWriter();
  const { type, flags } = firewallMessage(command);
  writer.begin(type, flags, 1);
  writeFirewallCommand(writer, command, id);
  writer.end();
  const [message] = readMessages(writer.bytes);
  expect(message).toMatchObject({ type, flags });
  return message?.payload ?? new Uint8Array();
}

const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString("hex");

describe("nf_tables messages", () => {
  it("name their table, in its family", () => {
    expect(readTable(payloadOf({ type: "add-table", table }))).toEqual(table);
    expect(firewallMessage({ type: "add-table", table })).toEqual({ type: 0x0a00, flags: 0x400 });
    expect(firewallMessage({ type: "delete-table", table })).toEqual({ type: 0x0a02, flags: 0 });
    expect(readTable(new Uint8Array([7, 0, 0, 0]))).toBeUndefined();
  });

  it("carry elements, with values in a map", () => {
    const elements = [
      { key: new Uint8Array([1, 2, 3, 4]), value: new Uint8Array([5, 6, 7, 8]) },
      { key: new Uint8Array([9, 9, 9, 9]), value: new Uint8Array([1, 1, 1, 1]) },
    ];
    expect(readElements(payloadOf({ type: "add-elements", table, set: "vmac_map", elements }))).toEqual(
      elements,
    );
  });

  it("describe a set as nft does: the types of a concatenation in six bits each", () => {
    const payload = payloadOf(
      { type: "add-set", table, set: "vips_link_local", keys: ["ipv6_addr", "iface_index"] },
      3,
    );
    const attributes = readAttributes(payload.subarray(4));
    expect(hex(attributes.get(4))).toBe("00000214");
    expect(hex(attributes.get(5))).toBe("00000014");
    expect(hex(attributes.get(10))).toBe("00000003");
    expect(keyLength(["ipv6_addr", "ifname"])).toBe(32);
  });

  it("hook a chain with a signed priority", () => {
    const payload = payloadOf({
      type: "add-chain",
      table,
      chain: "out",
      hook: { point: "output", priority: -5 },
    });
    const hook = readAttributes(readAttributes(payload.subarray(4)).get(4) ?? new Uint8Array());
    expect([hex(hook.get(1)), hex(hook.get(2))]).toEqual(["00000003", "fffffffb"]);
  });
});
