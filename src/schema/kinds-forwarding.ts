import type { Word } from "../../grammar/tree.ts";
import type { ForwardingMethod, Tunnel } from "./composite-lvs.ts";
import { textType } from "./json-types.ts";
import type { Complain, Kind } from "./kind.ts";
import { boundedInteger, oneOf } from "./kinds.ts";

const method = oneOf("NAT", "DR", "TUN");
const tunnelType = oneOf("ipip", "gue", "gre");
const CHECKSUMS = ["nocsum", "csum", "remcsum"] as const;

/** The options while they are read. */
interface Options {
  type?: Tunnel["type"];
  port?: number;
  checksum?: Tunnel["checksum"];
}

function isChecksum(text: string): text is NonNullable<Tunnel["checksum"]> {
  return CHECKSUMS.some((one) => one === text);
}

/** Undefined after a complaint. */
function readTunnel(words: readonly Word[], complain: Complain): Options | undefined {
  const options: Options = {};
  for (let at = 0; at < words.length; at++) {
    const option = words[at];
    if (!option) break;
    const { text } = option;
    if (text === "type" || text === "port") {
      const value = words[++at];
      if (!value) {
        complain({ code: "incomplete-option", summary: `${text} needs a value` }, option);
        return undefined;
      }
      if (text === "type") options.type = tunnelType.parse([value], complain);
      else options.port = boundedInteger(value, 1, 65_535, complain);
      if (options[text] === undefined) return undefined;
    } else if (isChecksum(text)) options.checksum = text;
    else {
      complain(
        {
          code: "unknown-option",
          summary: `'${text}' is no option of a tunnel: type, port, ${CHECKSUMS.join(", ")}`,
        },
        option,
      );
      return undefined;
    }
  }
  return options;
}

/** Why the options do not go together. */
function contradiction({ type = "ipip", port, checksum }: Options): string | undefined {
  if ((type === "gue") !== (port !== undefined))
    return type === "gue" ? "a gue tunnel needs a port" : `an ${type} tunnel has no port`;
  if (type === "ipip" && checksum !== undefined && checksum !== "nocsum")
    return "an ipip tunnel has no checksum";
  if (type === "gre" && checksum === "remcsum") return "a gre tunnel has no remote checksum";
  return undefined;
}

function tunnel(words: readonly Word[], complain: Complain): ForwardingMethod | undefined {
  const options = readTunnel(words, complain);
  if (!options) return { method: "TUN" }; // as keepalived does
  const why = contradiction(options);
  if (why !== undefined) {
    complain({ code: "invalid-tunnel", summary: `${why}; the options are ignored` }, words[0]);
    return { method: "TUN" };
  }
  const { type = "ipip", port, checksum } = options;
  if (type === "ipip" && checksum === undefined) return { method: "TUN" };
  return {
    method: "TUN",
    tunnel: { type, ...(port !== undefined && { port }), ...(checksum !== undefined && { checksum }) },
  };
}

/** `NAT`, `DR`, or `TUN [type ipip|gue|gre] [port NUMBER] [nocsum|csum|remcsum]`. */
export const forwarding: Kind<ForwardingMethod> = {
  name: "NAT | DR | TUN [type ipip|gre|gue port number] [nocsum|csum|remcsum]",
  words: [1, Number.POSITIVE_INFINITY],
  parse([first, ...options], complain) {
    const found = first && method.parse([first], complain);
    if (found === undefined) return undefined;
    if (found === "TUN") return tunnel(options, complain);
    const [option] = options;
    if (option) {
      complain(
        {
          code: "extra-words",
          severity: "warning",
          summary: `'${option.text}' is ignored: ${found} takes no options`,
        },
        option,
      );
    }
    return { method: found };
  },
  format: ({ method: name, tunnel: options }) => [
    name,
    ...(options ? ["type", options.type] : []),
    ...(options?.port === undefined ? [] : ["port", String(options.port)]),
    ...(options?.checksum === undefined ? [] : [options.checksum]),
  ],
  toJson: (value) => forwarding.format(value).join(" "),
  fromJson: (json) => {
    const words = String(json)
      .split(" ")
      .map((text) => ({ text, quoted: false, origin: 0 }));
    const value = forwarding.parse(words, () => {});
    if (!value) throw new TypeError("not a forwarding method");
    return value;
  },
  json: textType,
};
