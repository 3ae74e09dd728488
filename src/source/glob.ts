import { joinPath, type SourceHost } from "./host.ts";

const WILD = /(?<!\\)[*?[]/;

/** `a\ b` as `a b`: in a pattern, a backslash takes the meaning of the next character. */
function unescaped(pattern: string): string {
  return pattern.replace(/\\(.)/g, "$1");
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
    } else {
      const plain = char === "\\" ? (component[++at] ?? "\\") : char;
      source += plain.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    }
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
    const name = unescaped(component);
    const path = joinPath(directory, name);
    if (rest.length > 0) return matchOne(host, path, rest);
    return host.list(directory).includes(name) ? [path] : [];
  }
  const expression = componentExpression(component);
  return host
    .list(directory)
    .filter((name) => expression.test(name))
    .sort(byCode)
    .flatMap((name) => matchOne(host, joinPath(directory, name), rest));
}

/** Has the pattern, free of braces, a wildcard? */
export function isWild(pattern: string): boolean {
  return WILD.test(pattern);
}

/** The path that a pattern without wildcards and braces stands for. */
export function plainPath(pattern: string): string {
  return unescaped(pattern);
}

/** Is the directory there that the pattern looks into first? */
export function hasDirectory(host: SourceHost, pattern: string): boolean {
  const fixed = pattern.slice(0, pattern.search(WILD));
  const directory = unescaped(fixed.slice(0, Math.max(fixed.lastIndexOf("/"), 0)));
  return directory === "" || host.list(directory).length > 0;
}

/** Paths that match a pattern with wildcards and without braces, as glob(3) finds them: sorted by name. */
export function glob(host: SourceHost, pattern: string): readonly string[] {
  const absolute = pattern.startsWith("/");
  return matchOne(
    host,
    absolute ? "/" : "",
    pattern.split("/").filter((part) => part !== ""),
  );
}
