import type { NetlinkWriter } from "./netlink.ts";
import type { FirewallExpression, FirewallMeta } from "./nftables-types.ts";

/** Expressions of nf_tables rules. */

const BASE = { network: 1, transport: 2 } as const;
const META = {
  iif: 4,
  oif: 5,
  iifname: 6,
  oifname: 7,
  l4proto: 16,
  oifkind: 27,
} as const satisfies Record<FirewallMeta, number>;
const META_MARK = 3;
const VERDICT = { drop: 0, accept: 1, goto: 0xffff_fffc, return: 0xffff_fffb } as const;

const LIST_ELEMENT = 1;
const EXPR_NAME = 1;
const EXPR_DATA = 2;
const DATA_VALUE = 1;
const DATA_VERDICT = 2;

/** Appends the list of a rule's expressions. */
export function writeExpressions(writer: NetlinkWriter, expressions: readonly FirewallExpression[]): void {
  for (const expression of expressions) {
    writer.nested(LIST_ELEMENT, () => {
      writer.text(EXPR_NAME, nameOf(expression));
      writer.nested(EXPR_DATA, () => writeData(writer, expression));
    });
  }
}

/** What the kernel calls an expression. */
function nameOf({ type }: FirewallExpression): string {
  switch (type) {
    case "equal":
      return "cmp";
    case "mask":
      return "bitwise";
    case "duplicate":
      return "dup";
    case "set-mark":
      return "meta";
    case "verdict":
    case "goto":
      return "immediate";
    default:
      return type;
  }
}

function writeData(writer: NetlinkWriter, expression: FirewallExpression): void {
  switch (expression.type) {
    case "payload":
      writer.u32be(1, expression.into);
      writer.u32be(2, BASE[expression.base]);
      writer.u32be(3, expression.offset);
      writer.u32be(4, expression.length);
      break;
    case "meta":
      writer.u32be(1, expression.into);
      writer.u32be(2, META[expression.key]);
      break;
    case "equal":
      writer.u32be(1, expression.register);
      writer.u32be(2, 0);
      writer.nested(3, () => writer.attribute(DATA_VALUE, expression.value));
      break;
    case "mask":
      writer.u32be(1, expression.register);
      writer.u32be(2, expression.register);
      writer.u32be(3, expression.mask.length);
      writer.nested(4, () => writer.attribute(DATA_VALUE, expression.mask));
      writer.nested(5, () => writer.attribute(DATA_VALUE, new Uint8Array(expression.mask.length)));
      break;
    case "lookup":
      writer.text(1, expression.set);
      writer.u32be(2, expression.register);
      if (expression.into !== undefined) writer.u32be(3, expression.into);
      break;
    case "duplicate":
      writer.u32be(1, expression.address);
      writer.u32be(2, expression.device);
      break;
    case "counter":
      break;
    case "set-mark":
      writer.u32be(2, META_MARK);
      writer.u32be(3, expression.register);
      break;
    case "verdict":
      writeVerdict(writer, VERDICT[expression.verdict]);
      break;
    case "goto":
      writeVerdict(writer, VERDICT.goto, expression.chain);
      break;
  }
}

function writeVerdict(writer: NetlinkWriter, code: number, chain?: string): void {
  writer.u32be(1, 0); // the verdict register
  writer.nested(2, () => {
    writer.nested(DATA_VERDICT, () => {
      writer.u32be(1, code);
      if (chain !== undefined) writer.text(2, chain);
    });
  });
}
