import { attributeNumber, attributeText, type NetlinkWriter, readAttributes } from "./netlink.ts";

/** Generic netlink: a 4-byte header {command, version, reserved} and attributes; families are found by name. */

/** The message type of the controller, the family that names the others. */
export const GENL_ID_CTRL = 16;

const CTRL_CMD_GETFAMILY = 3;
const CTRL_ATTR_FAMILY_ID = 1;
const CTRL_ATTR_FAMILY_NAME = 2;

export function writeGenericHeader(writer: NetlinkWriter, command: number, version: number): void {
  writer.fixed(new Uint8Array([command, version, 0, 0]));
}

/** The attributes after the generic header. */
export function readGenericAttributes(payload: Uint8Array): Map<number, Uint8Array> {
  return readAttributes(payload.subarray(4));
}

/** The body of a question for a family; the message type is GENL_ID_CTRL. */
export function writeGetFamily(writer: NetlinkWriter, name: string): void {
  writeGenericHeader(writer, CTRL_CMD_GETFAMILY, 1);
  writer.text(CTRL_ATTR_FAMILY_NAME, name);
}

/** The answer: the family's name and the message type to use for it. Undefined when malformed. */
export function readFamily(payload: Uint8Array): { readonly name: string; readonly id: number } | undefined {
  const attributes = readGenericAttributes(payload);
  const name = attributeText(attributes.get(CTRL_ATTR_FAMILY_NAME));
  const id = attributeNumber(attributes.get(CTRL_ATTR_FAMILY_ID));
  return name === undefined || id === undefined ? undefined : { name, id };
}
