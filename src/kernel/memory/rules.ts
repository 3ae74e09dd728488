import { ERRNO } from "../../wire/errno.ts";
import { kernelError } from "../errors.ts";
import type { Closable, Rule, RuleEvent, RulePort } from "../ports.ts";
import type { Faults } from "./faults.ts";

/** RTPROT_KERNEL: of the rules that are always there. */
const BY_KERNEL = 2;
const LOCAL = 255;
const MAIN = 254;
const DEFAULT = 253;

/** The rules that every namespace starts with. */
function initial(): Rule[] {
  const rule = (family: 4 | 6, priority: number, table: number): Rule => ({
    ...{ family, priority, table, action: "table", tos: 0, protocol: BY_KERNEL },
  });
  return [
    ...[rule(4, 0, LOCAL), rule(4, 32_766, MAIN), rule(4, 32_767, DEFAULT)],
    ...[rule(6, 0, LOCAL), rule(6, 32_766, MAIN)],
  ];
}

/** What a rule is apart from who made it: its parts in one order, whoever put them together. */
function identity({ protocol: _, ...rule }: Rule): string {
  return JSON.stringify(
    Object.entries(rule).sort(([a], [b]) => (a < b ? -1 : 1)),
    (_key, value) => (typeof value === "bigint" ? String(value) : value),
  );
}

/** Routing rules as Linux keeps them: by priority, equal ones in the order in which they came. */
export class MemoryRules implements RulePort {
  #rules = initial();
  readonly #monitors = new Map<(event: RuleEvent) => void, number>();
  readonly #later: (callback: () => void) => void;
  readonly #faults: Faults;

  constructor(later: (callback: () => void) => void, faults: Faults) {
    this.#later = later;
    this.#faults = faults;
  }

  list(): Rule[] {
    return [...this.#rules];
  }

  add(rule: Rule): void {
    this.#faults.meet("rules.add");
    const operation = `add rule ${rule.priority}`;
    if (rule.goto !== undefined && rule.goto <= rule.priority) throw kernelError(operation, ERRNO.EINVAL);
    if (rule.action === "table" && rule.table === 0 && !rule.l3mdev)
      throw kernelError(operation, ERRNO.EINVAL);
    if (this.#rules.some((other) => identity(other) === identity(rule)))
      throw kernelError(operation, ERRNO.EEXIST);
    const behind = this.#rules.findIndex(
      (other) =>
        other.family > rule.family || (other.family === rule.family && other.priority > rule.priority),
    );
    this.#rules.splice(behind < 0 ? this.#rules.length : behind, 0, rule);
    this.#emit("rule", rule);
  }

  delete(rule: Rule): void {
    this.#faults.meet("rules.delete");
    const found = this.#rules.find(
      (other) =>
        identity(other) === identity(rule) && (rule.protocol === 0 || rule.protocol === other.protocol),
    );
    if (!found) throw kernelError(`delete rule ${rule.priority}`, ERRNO.ENOENT);
    this.#rules = this.#rules.filter((other) => other !== found);
    this.#emit("rule-removed", found);
  }

  monitor(protocol: number, callback: (event: RuleEvent) => void): Closable {
    this.#monitors.set(callback, protocol);
    return { close: () => this.#monitors.delete(callback) };
  }

  #emit(type: "rule" | "rule-removed", rule: Rule): void {
    const told = [...this.#monitors].filter(([, protocol]) => protocol === rule.protocol);
    if (told.length === 0) return;
    this.#later(() => {
      for (const [callback] of told) if (this.#monitors.has(callback)) callback({ type, rule });
    });
  }
}
