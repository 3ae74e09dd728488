import { type FileContent, joinPath, type SourceHost } from "./host.ts";

/**
 * The files of a system that stands below a directory of another host: absolute paths are looked for there, relative
 * ones where they are. The file of the command line is read as it was named.
 */
export class RootedHost implements SourceHost {
  private readonly host: SourceHost;
  private readonly root: string;
  private readonly main: string;

  constructor(host: SourceHost, root: string, main: string) {
    this.host = host;
    this.root = root.replace(/\/+$/, "");
    this.main = main;
  }

  read(path: string): FileContent {
    return this.host.read(this.placeOf(path));
  }

  list(directory: string): readonly string[] {
    return this.host.list(this.placeOf(directory));
  }

  identity(path: string): string {
    return this.host.identity(this.placeOf(path));
  }

  private placeOf(path: string): string {
    const below = path === this.root || path.startsWith(`${this.root}/`);
    if (!path.startsWith("/") || path === this.main || below) return path;
    return joinPath(this.root === "" ? "/" : this.root, path.slice(1));
  }
}
