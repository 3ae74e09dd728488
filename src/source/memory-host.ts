import { type FileContent, NO_SUCH_FILE, type SourceHost } from "./host.ts";

/** `a/./b//c/../d` as `a/b/d`. */
function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return (path.startsWith("/") ? "/" : "") + parts.join("/");
}

/** Files as a table from path to text: for tests, editors and browsers. */
export class MemoryHost implements SourceHost {
  private readonly files: ReadonlyMap<string, string>;

  constructor(files: Readonly<Record<string, string>>) {
    this.files = new Map(Object.entries(files).map(([path, text]) => [normal(path), text]));
  }

  read(path: string): FileContent {
    const text = this.files.get(normal(path));
    if (text !== undefined) return { text };
    return { problem: this.list(path).length > 0 ? "it is a directory" : NO_SUCH_FILE };
  }

  list(directory: string): readonly string[] {
    const prefix = normal(directory) === "" ? "" : `${normal(directory)}/`.replace(/^\/\/$/, "/");
    const names = new Set<string>();
    for (const path of this.files.keys()) {
      const [name] = path.startsWith(prefix) ? path.slice(prefix.length).split("/") : [];
      if (name) names.add(name);
    }
    return [...names];
  }

  identity(path: string): string {
    return normal(path);
  }
}
