/** A sequence for a director, read from one text: configurations and what happens between them. */

/** What happens. Addresses are those of real servers, as they stand in the configuration. */
export type Step =
  /** The daemon starts on the configuration; `parts` as in lab/router.ts. */
  | { readonly type: "start"; readonly parts: "checkers" | "all"; readonly config: string }
  | { readonly type: "reload"; readonly config: string }
  /** Servers refuse connections, answer nothing, answer badly (HTTP 503 and the like), or are well again. */
  | {
      readonly type: "server";
      readonly behaviour: "down" | "silent" | "sick" | "up";
      readonly addresses: readonly string[];
    }
  /** A file below $DIR gets this content; without any it is removed. */
  | { readonly type: "file"; readonly name: string; readonly content: string | undefined }
  /** A command on the director's host: somebody else's hand in the table, or on an address. */
  | { readonly type: "run"; readonly command: readonly string[] }
  | { readonly type: "stop" };

/** A step with the line that names it. */
export interface NamedStep {
  readonly title: string;
  readonly step: Step;
  /** Nobody needs to wait for /proc/net/ip_vs to change. */
  readonly quiet: boolean;
}

const MARK = /^---- (.*)$/;

/**
 * Reads a case: lines `---- WHAT`, of which `start` and `reload` are followed by a configuration. What precedes the
 * first of them is the configuration of a start; a stop is added where the text has none. `, quietly` at the end of a
 * line says that /proc/net/ip_vs shows no change. Throws on anything else.
 */
export function parseCase(text: string): NamedStep[] {
  const steps: NamedStep[] = [];
  let title = "start";
  let body: string[] = [];
  const finish = () => {
    const config = body.join("\n");
    // Comments before the first mark are about the case.
    const isPreface = title === "start" && steps.length === 0 && /^([!#].*\n?|\s)*$/.test(config);
    if (!isPreface) steps.push(namedStep(title, `${config}\n`));
  };
  for (const line of text.split("\n")) {
    const [, next] = MARK.exec(line) ?? [];
    if (next === undefined) body.push(line);
    else {
      finish();
      title = next;
      body = [];
    }
  }
  finish();
  if (steps.at(-1)?.step.type !== "stop") steps.push(namedStep("stop", "\n"));
  return steps;
}

function namedStep(title: string, config: string): NamedStep {
  const words = title.replace(/, quietly$/, "").split(" ");
  const step = stepOf(words, config);
  if (step === undefined || (config.trim() !== "" && !("config" in step)))
    throw new Error(`no step of a case: ---- ${title}`);
  return { title, step, quiet: title.endsWith(", quietly") };
}

function stepOf([verb = "", ...rest]: readonly string[], config: string): Step | undefined {
  switch (verb) {
    case "start":
      return { type: "start", parts: rest[0] === "all" ? "all" : "checkers", config };
    case "reload":
      return { type: "reload", config };
    case "down":
    case "silent":
    case "sick":
    case "up":
      return rest.length > 0 ? { type: "server", behaviour: verb, addresses: rest } : undefined;
    case "file":
      return {
        type: "file",
        name: rest[0] ?? "",
        content: rest.length > 1 ? rest.slice(1).join(" ") : undefined,
      };
    case "run":
      return rest.length > 0 ? { type: "run", command: rest } : undefined;
    case "stop":
      return { type: "stop" };
    default:
      return undefined;
  }
}
