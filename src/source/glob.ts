import { joinPath, type SourceHost } from "./host.ts";

const WILD = /[*?[]/;

/** Has the pattern anything that can match several names? */
export function isPattern(pattern: string): boolean {
  return WILD.test(pattern) || expandBraces(pattern).length > 1;
}

/** `a{b,c{d,e}}` as `ab`, `acd`, `ace`, in that order, as csh does; `{}` and an unbalanced brace stay as they are. */
export function expandBraces(pattern: string): readonly string[] {
  const open = pattern.indexOf("{");
  if (open < 0) return [pattern];
  const commas: number[] = [];
  let depth = 0;
  for (let at = open; at < pattern.length; at++) {
    const char = pattern[at];
    if (char === "{") depth++;
    else if (char === "," && depth === 1) commas.push(at);
    else if (char === "}" && --depth === 0) {
      const rest = expandBraces(pattern.slice(at + 1));
      const before = pattern.slice(0, open);
      if (at === open + 1) return rest.map((tail) => `${before}{}${tail}`);
      const cuts = [open, ...commas, at];
      const choices = cuts.slice(1).map((end, index) => pattern.slice((cuts[index] ?? open) + 1, end));
      return choices.flatMap((choice) =>
        expandBraces(choice).flatMap((middle) => rest.map((tail) => before + middle + tail)),
      );
    }
  }
  return [pattern];
}

/** One path component as an expression; glob(7): a leading dot must be matched by a dot. */
function componentExpression(component: string): RegExp {
  let source = /^[*?[]/.test(component) ? "(?!\\.)" : "";
  for (let at = 0; at < component.length; at++) {
    const char = component[at] ?? "";
    if (char === "*") source += "[^/]*";
    else if (char === "?") source += "[^/]";
    else if (char === "[") {
      const end = component.indexOf("]", component[at + 1] === "!" ? at + 3 : at + 2);
      if (end < 0) source += "\\[";
      else {
        const set = component.slice(at + 1, end).replace(/[\\\]^]/g, "\\$&");
        source += set.startsWith("!") ? `[^${set.slice(1)}]` : `[${set}]`;
        at = end;
      }
    } else source += char.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  }
  try {
    return new RegExp(`^${source}$`, "u");
  } catch {
    return /^(?!)/; // a range the wrong way round, such as [z-a]: it matches nothing in C either
  }
}

/** Names sorted by code unit, as glob() in the C locale. */
function byCode(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function matchOne(host: SourceHost, directory: string, components: readonly string[]): readonly string[] {
  const [component, ...rest] = components;
  if (component === undefined) return directory === "" ? [] : [directory];
  if (!WILD.test(component)) {
    const path = joinPath(directory, component);
    if (rest.length > 0) return matchOne(host, path, rest);
    return host.list(directory).includes(component) ? [path] : [];
  }
  const expression = componentExpression(component);
  return host
    .list(directory)
    .filter((name) => expression.test(name))
    .sort(byCode)
    .flatMap((name) => matchOne(host, joinPath(directory, name), rest));
}

/**
 * Paths that match a pattern, as glob(3) with GLOB_BRACE: braces in the order written, names sorted within each.
 * A part without wildcards is passed through whether it exists or not, so that its absence can be reported.
 */
export function glob(host: SourceHost, pattern: string): readonly string[] {
  return expandBraces(pattern).flatMap((plain) => {
    if (!WILD.test(plain)) return [plain];
    const absolute = plain.startsWith("/");
    return matchOne(
      host,
      absolute ? "/" : "",
      plain.split("/").filter((part) => part !== ""),
    );
  });
}
