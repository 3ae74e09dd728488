import { ERRNO } from "../../wire/errno.ts";
import { keyLength } from "../../wire/nftables.ts";
import type {
  FirewallCommand,
  FirewallElement,
  FirewallExpression,
  FirewallTable,
  FirewallType,
} from "../../wire/nftables-types.ts";
import { kernelError } from "../errors.ts";
import type { FirewallPort } from "../ports.ts";
import type { Faults } from "./faults.ts";

interface SetState {
  readonly keys: readonly FirewallType[];
  readonly map: boolean;
  readonly ranges: boolean;
  readonly elements: readonly FirewallElement[];
}

interface TableState {
  readonly table: FirewallTable;
  readonly chains: ReadonlyMap<string, readonly (readonly FirewallExpression[])[]>;
  readonly sets: ReadonlyMap<string, SetState>;
}

const identity = ({ family, name }: FirewallTable): string => `${family} ${name}`;
const text = (key: Uint8Array): string => key.join(".");

function refuse(command: FirewallCommand, errno: number): never {
  throw kernelError(`${command.type} of ${identity(command.table)}`, errno);
}

/** A ruleset. It is kept, and filters nothing: packets in memory meet no hooks. */
export class MemoryFirewall implements FirewallPort {
  #tables: ReadonlyMap<string, TableState> = new Map();
  readonly #faults: Faults;

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  apply(commands: readonly FirewallCommand[]): void {
    this.#faults.meet("firewall.apply");
    const tables = new Map(this.#tables);
    for (const command of commands) {
      const key = identity(command.table);
      const state = tables.get(key);
      if (command.type === "add-table") {
        tables.set(key, state ?? { table: command.table, chains: new Map(), sets: new Map() });
      } else if (state === undefined) {
        refuse(command, ERRNO.ENOENT);
      } else if (command.type === "delete-table") {
        tables.delete(key);
      } else {
        tables.set(key, change(state, command));
      }
    }
    this.#tables = tables;
  }

  tables(): FirewallTable[] {
    return [...this.#tables.values()].map(({ table }) => table);
  }

  elements(table: FirewallTable, set: string): FirewallElement[] {
    const found = this.#tables.get(identity(table))?.sets.get(set);
    if (found === undefined) throw kernelError(`list ${set}`, ERRNO.ENOENT);
    return [...found.elements];
  }
}

type Inner = Exclude<FirewallCommand, { readonly type: "add-table" | "delete-table" }>;

function change(state: TableState, command: Inner): TableState {
  switch (command.type) {
    case "add-chain": {
      if (state.chains.has(command.chain)) return state;
      return { ...state, chains: new Map(state.chains).set(command.chain, []) };
    }
    case "add-set": {
      if (state.sets.has(command.set)) return state;
      const set = {
        keys: command.keys,
        map: command.values !== undefined,
        ranges: command.ranges === true,
        elements: [],
      };
      return { ...state, sets: new Map(state.sets).set(command.set, set) };
    }
    case "add-rule": {
      const rules = state.chains.get(command.chain) ?? refuse(command, ERRNO.ENOENT);
      for (const step of command.expressions) {
        const set = step.type === "lookup" ? state.sets.has(step.set) : true;
        const chain = step.type === "goto" ? state.chains.has(step.chain) : true;
        if (!set || !chain) refuse(command, ERRNO.ENOENT);
      }
      return {
        ...state,
        chains: new Map(state.chains).set(command.chain, [...rules, command.expressions]),
      };
    }
    case "add-elements":
    case "delete-elements": {
      const set = state.sets.get(command.set) ?? refuse(command, ERRNO.ENOENT);
      return {
        ...state,
        sets: new Map(state.sets).set(command.set, { ...set, elements: merge(set, command) }),
      };
    }
  }
}

/** Whether a range has something in common with one that is there. */
function overlaps(set: SetState, one: FirewallElement, others: Iterable<FirewallElement>): boolean {
  if (!set.ranges) return false;
  const lengths = set.keys.map((key) => keyLength([key, key]) / 2);
  for (const other of others) {
    let at = 0;
    const common = lengths.every((length) => {
      const part = (key: Uint8Array) => ordered(key.subarray(at, at + length));
      const [first, last] = [part(one.key), part(one.end ?? one.key)];
      const [otherFirst, otherLast] = [part(other.key), part(other.end ?? other.key)];
      at += length;
      return first <= otherLast && otherFirst <= last;
    });
    if (common) return true;
  }
  return false;
}

/** Bytes as a text that is ordered as they are. */
const ordered = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => String(byte).padStart(3, "0")).join("");

function merge(set: SetState, command: Extract<Inner, { readonly elements: unknown }>): FirewallElement[] {
  const elements = new Map(set.elements.map((element) => [text(element.key), element]));
  for (const element of command.elements) {
    const key = text(element.key);
    const known = elements.get(key);
    if (command.type === "add-elements" && !known && overlaps(set, element, elements.values()))
      refuse(command, ERRNO.EEXIST);
    if (command.type === "delete-elements") {
      if (!elements.delete(key)) refuse(command, ERRNO.ENOENT);
    } else {
      if (set.map !== (element.value !== undefined)) refuse(command, ERRNO.EINVAL);
      // The same again is fine, another value for a key is not.
      if (known && text(known.value ?? new Uint8Array()) !== text(element.value ?? new Uint8Array()))
        refuse(command, ERRNO.EEXIST);
      elements.set(key, element);
    }
  }
  return [...elements.values()];
}
