import type { Config, ScriptCommand } from "../config.ts";

/** Numbers of users and groups; what a host is not asked for is written by its name. */
export interface Identities {
  readonly users: Readonly<Record<string, number>>;
  readonly groups: Readonly<Record<string, number>>;
}

/** What the lines of a block may look at besides the block. */
export interface Scope {
  readonly config: Config;
  readonly identities: Identities;
  /** Of rules that name none. */
  readonly preferences: ReadonlyMap<unknown, number>;
}

/** One part of a block's text: the lines that it gives for a block, none where there is nothing to say. */
export type Entry<B> = (block: B, scope: Scope) => readonly string[];

/** The text of a sort of block: its parts, in the order of their lines. */
export type Layout<B> = readonly Entry<B>[];

type Text = string | number;

/** `LABEL = VALUE`; no line without a value. */
export function value<B>(label: string, of: (block: B, scope: Scope) => Text | undefined): Entry<B> {
  return (block, scope) => {
    const found = of(block, scope);
    return found === undefined ? [] : [`${label} = ${found}`];
  };
}

/** A line that is no label and value. */
export function line<B>(of: (block: B, scope: Scope) => string | undefined): Entry<B> {
  return (block, scope) => {
    const found = of(block, scope);
    return found === undefined ? [] : [found];
  };
}

/** A line that is always there. */
export function fixed<B>(text: string): Entry<B> {
  return () => [text];
}

/** A line that is there when something holds. */
export function when<B>(holds: (block: B, scope: Scope) => boolean, text: string): Entry<B> {
  return (block, scope) => (holds(block, scope) ? [text] : []);
}

/** A title and, deeper, one line for each item; nothing without items. */
export function items<B>(
  title: string | ((lines: readonly string[]) => string),
  of: (block: B, scope: Scope) => readonly string[],
): Entry<B> {
  return (block, scope) => {
    const lines = of(block, scope);
    if (lines.length === 0) return [];
    return [typeof title === "string" ? title : title(lines), ...indent(lines, 2)];
  };
}

/** Blocks within the block, each by its own layout. */
export function each<B, Inner>(
  of: (block: B, scope: Scope) => readonly Inner[],
  layout: Layout<Inner>,
): Entry<B> {
  return (block, scope) => of(block, scope).flatMap((inner) => linesOf(layout, inner, scope));
}

/** The parts of a layout as one, deeper by some blanks. */
export function deeper<B>(blanks: number, layout: Layout<B>): Entry<B> {
  return (block, scope) => indent(linesOf(layout, block, scope), blanks);
}

export function indent(lines: readonly string[], blanks: number): string[] {
  return lines.map((text) => " ".repeat(blanks) + text);
}

export function linesOf<B>(layout: Layout<B>, block: B, scope: Scope): string[] {
  return layout.flatMap((entry) => entry(block, scope));
}

/** `------< TITLE >------` */
export function heading(title: string): string {
  return `------< ${title} >------`;
}

/** A heading and what is below it; nothing where there is nothing below. */
export function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [heading(title), ...lines];
}

/** `uid:gid` of who runs a script: numbers where they are known, names otherwise. */
export function owner({ config, identities }: Scope, user?: string, group?: string): string {
  const fallback = config.global_defs.script_user;
  const name = user ?? fallback?.user ?? "root";
  const asked = user === undefined ? (group ?? fallback?.group) : group;
  const uid = name === "root" ? 0 : (identities.users[name] ?? name);
  const groupName = asked ?? (name === "root" ? "root" : name);
  const gid = groupName === "root" ? 0 : (identities.groups[groupName] ?? groupName);
  return `${uid}:${gid}`;
}

/** The arguments of a command, each in quotes. */
export function quoted(argv: readonly string[]): string {
  return argv.map((argument) => `'${argument}'`).join(" ");
}

/** A command and whom it runs as. */
export function script(command: ScriptCommand | undefined, scope: Scope): string | undefined {
  if (command === undefined || command.argv.length === 0) return undefined;
  return `${quoted(command.argv)}, uid:gid ${owner(scope, command.user, command.group)}`;
}
