import type { Micros } from "../../values/time.ts";
import type { Refusal } from "./contract.ts";
import { commandText, keyName } from "./names.ts";

/** Time after which what the kernel has refused is asked for again, if nothing has come up before. */
const RETRY_AFTER: Micros = 60_000_000;

/** The object of a command: that of a service is the beginning of those of its destinations. */
function objectText({ command }: Refusal): string {
  if ("service" in command) return keyName(command.service.key);
  const service = keyName(command.key);
  return "destination" in command
    ? `${service} ${command.destination.address} ${command.destination.port}`
    : service;
}

/** What an errno of IPVS means that says little by itself. */
const MEANINGS: Readonly<Record<string, string>> = {
  "add-service ENOENT": "the kernel has no such scheduler or persistence engine",
  "edit-service ENOENT": "the kernel has no such scheduler or persistence engine",
  "add-destination EINVAL": "no address that a server can have, or not with this service",
  "add-destination ERANGE": "weight or thresholds out of range",
  "edit-destination ERANGE": "weight or thresholds out of range",
};

/** A refusal in words. */
export function refusalText({ command, errno, code }: Refusal): string {
  const meaning = MEANINGS[`${command.type} ${code}`];
  return `IPVS refuses to ${commandText(command)}: ${code} (${errno})${meaning === undefined ? "" : `, ${meaning}`}`;
}

/** What the command wanted to be gone is gone already. */
export function isGone({ command: { type }, code }: Refusal): boolean {
  return type.startsWith("delete") && (code === "ENOENT" || code === "ESRCH");
}

/** The kernel's table was not as the command took it to be: somebody else has been there. */
export function isSurprise({ command: { type }, code }: Refusal): boolean {
  if (type === "add-service" || type === "add-destination") return code === "EEXIST" || code === "ESRCH";
  return code === "ESRCH" || (type === "edit-destination" && code === "ENOENT");
}

/** What the kernel has refused and is to be asked for again. Each refusal is told once, until another one comes. */
export class Refusals {
  #outstanding = new Map<string, string>();
  /** What has been asked for again, and is refused again or not. */
  #again = new Map<string, string>();
  #owners = new Set<string>();
  #due: Micros | undefined;

  /** When it is time to ask again. */
  get due(): Micros | undefined {
    return this.#due;
  }

  /** Has `owners` ask again, at the next occasion. */
  await(owners: readonly string[], now: Micros): void {
    for (const owner of owners) this.#owners.add(owner);
    this.#due ??= now + RETRY_AFTER;
  }

  /** Puts the time off: the table is being looked at. */
  postpone(now: Micros): void {
    this.#due = now + RETRY_AFTER;
  }

  /** Notes a refusal of what `owners` want; true when it is news. */
  note(refusal: Refusal, owners: readonly string[], now: Micros): boolean {
    const object = objectText(refusal);
    const known = this.#outstanding.get(object) ?? this.#again.get(object);
    this.#outstanding.set(object, refusal.code);
    this.await(owners, now);
    return known !== refusal.code;
  }

  /** Whose refused objects are asked for again now. */
  retry(): readonly string[] {
    const owners = [...this.#owners];
    this.#again = this.#outstanding;
    this.#outstanding = new Map();
    this.#owners = new Set();
    this.#due = undefined;
    return owners;
  }
}
