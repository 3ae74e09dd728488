import { readFileSync } from "node:fs";
import { parseFacts } from "../config/facts.ts";
import type { LoadOptions } from "./load.ts";
import { UsageError } from "./output.ts";

/**
 * What `--host` adds to the options of a configuration: the facts that it is checked against, and the configuration id of
 * this host. Throws UsageError for a file that holds no facts. What looks at this host is loaded when it is wanted: with
 * `node:net` and others behind it, it takes a tenth of a start.
 */
export async function hostOptions(
  host: string,
  { configId, root }: LoadOptions,
): Promise<Pick<LoadOptions, "configId" | "facts">> {
  if (host === "none") return {};
  if (host === "this") {
    const { hostFacts, hostId } = await import("./host-facts.ts");
    const id = configId ?? hostId();
    return { ...(id === undefined ? {} : { configId: id }), facts: (compiled) => hostFacts(compiled, root) };
  }
  let text: string;
  try {
    text = readFileSync(host, "utf8");
  } catch (error) {
    throw new UsageError(`${host}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const facts = parseFacts(text);
  if ("problem" in facts) throw new UsageError(`${host}: these are no facts of a host: ${facts.problem}`);
  return { facts };
}
