import { type Compiled, compile } from "../config/compile.ts";
import { configTestStatus } from "../config/config-test.ts";
import { BEYOND } from "../config/differences.ts";
import type { HostFacts } from "../config/facts.ts";
import { checkHost } from "../config/host-checks.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { orderDiagnostics } from "../diagnostics/order.ts";
import { nodeHost } from "../source/node-host.ts";
import { hostFacts } from "./host-facts.ts";

/** A configuration as the score of a corpus sees it. */
export interface Judged {
  readonly diagnostics: readonly Diagnostic[];
  /** Exit status of `holdfast run -t`, and what it is for. */
  readonly status: number;
  readonly reason: string;
  /** Whether keepalived said the same without a line, or does not have the check by intent. */
  readonly isKnownElsewhere: (diagnostic: Diagnostic, messages: readonly string[]) => boolean;
}

/** This machine's users, programs and names, and other interfaces than it has: pairs of veth. */
export function factsWithInterfaces(
  compiled: Pick<Compiled, "config" | "scripts">,
  interfaces: readonly string[],
): HostFacts {
  const named = interfaces.map((name) => [name, { addresses: [], flags: ["up", "multicast"], kind: "veth" }]);
  return { ...hostFacts(compiled), interfaces: Object.fromEntries(named) };
}

/** Messages of keepalived that carry no line, by the code of the diagnostic that says the same with one. */
const WITHOUT_LINE: Readonly<Record<string, RegExp>> = {
  "missing-interface": /Unknown interface!/,
  "missing-keyword": /the virtual router id must be set/,
  "unclosed-block": /There are \d+ missing '}'s or extra '\{'s/,
  "unknown-instance":
    /^Virtual router .* specified in sync group .* doesn't exist|no matching virtual router/,
};

/** Compiles a file as `run -t` does, everything said that there is to say. */
export function judgeFile(path: string, factsFor: (compiled: Compiled) => HostFacts): Judged {
  const compiled = compile(nodeHost, path, { environment: {} });
  const facts = factsFor(compiled);
  const diagnostics = orderDiagnostics([...compiled.diagnostics, ...checkHost(compiled, facts)]);
  const { status, because } = configTestStatus({ ...compiled, diagnostics }, facts);
  const reason = because ? `${because.code} ${because.subject?.line}` : "";
  return {
    diagnostics,
    status,
    reason,
    isKnownElsewhere: ({ code }, messages) =>
      code in BEYOND || messages.some((text) => WITHOUT_LINE[code]?.test(text)),
  };
}
