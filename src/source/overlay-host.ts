import type { FileContent, SourceHost } from "./host.ts";

/** A host some of whose files have another text: what a configuration would mean if they were changed. */
export class OverlayHost implements SourceHost {
  private readonly host: SourceHost;
  private readonly texts: ReadonlyMap<string, string>;

  /** `texts` by the identity of the files. */
  constructor(host: SourceHost, texts: ReadonlyMap<string, string>) {
    this.host = host;
    this.texts = texts;
  }

  read(path: string): FileContent {
    const text = this.texts.get(this.host.identity(path));
    if (text === undefined) return this.host.read(path);
    if (path === "-") return { text }; // standard input can be read only once
    const content = this.host.read(path);
    return "irregular" in content ? { ...content, text } : { text };
  }

  list(directory: string): readonly string[] {
    return this.host.list(directory);
  }

  identity(path: string): string {
    return this.host.identity(path);
  }
}
