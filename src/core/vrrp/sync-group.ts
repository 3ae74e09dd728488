import type { VrrpSyncGroup } from "../../config/config.ts";
import type { Micros } from "../../values/time.ts";
import type { NotifyTarget, VrrpState } from "./contract.ts";
import type { Coordinator, Instance } from "./instance.ts";
import { lineEffect, notifyEffect } from "./notify.ts";
import type { Services } from "./services.ts";

/**
 * Instances that change state together. An instance in no vrrp_sync_group is a group of one without a name. A group
 * is in FAULT while any member has a fault, and becomes master when every member has missed its master.
 */
export class SyncGroup implements Coordinator {
  readonly config: VrrpSyncGroup | undefined;
  readonly members: readonly Instance[];
  /** The state that notify scripts were last told. */
  #notified: VrrpState;
  readonly #services: Services;

  constructor(
    config: VrrpSyncGroup | undefined,
    members: readonly Instance[],
    services: Services,
    notified: VrrpState = "INIT",
  ) {
    this.config = config;
    this.members = members;
    this.#services = services;
    this.#notified = notified;
    for (const member of members) member.coordinator = this;
  }

  get notified(): VrrpState {
    return this.#notified;
  }

  /** Lets every member's fault and waiting take effect, and puts members that drifted apart together again. */
  evaluate(now: Micros): void {
    const faulty = this.members.find((member) => member.fault !== undefined);
    if (faulty !== undefined) {
      const cause = faulty.fault ?? "";
      this.#move(faulty, "FAULT", cause, (member, why) => member.becomeFault(now, why));
      return;
    }
    if (this.members.some((member) => member.waiting && idle(member))) return;
    const risen = this.members.filter(idle);
    const settled = new Set(this.members.filter((member) => !idle(member)).map((member) => member.state));
    const [first] = risen;
    // A member that joins a group of masters joins them; the address owner does not wait (RFC 9568 §6.4.1, (130)).
    const joins = settled.size === 0 ? risen.every(ownsAddress) : settled.size === 1 && settled.has("MASTER");
    const owner = settled.size === 0 ? "it owns the addresses" : "the others of its group are masters";
    if (first !== undefined && joins && now >= this.#services.startsAt()) this.#toMaster(first, now, owner);
    else if (first !== undefined) this.#toBackup(first, now, true, beginning(first));
    else if (settled.size > 1) this.#stepDownMasters(now);
  }

  timedOut(instance: Instance, now: Micros, cause: string): void {
    instance.logTimeout();
    instance.wantsMaster = true;
    if (this.members.every(readyForMaster)) this.#toMaster(instance, now, cause);
    else instance.waitOn(now);
  }

  yielded(instance: Instance, now: Micros, cause: string): void {
    this.#toBackup(instance, now, false, cause);
  }

  /** Gives up being master although nobody better was heard. */
  stepDown(instance: Instance, now: Micros, cause: string): void {
    this.#toBackup(instance, now, true, cause);
  }

  /** Tells the group's scripts that the daemon stops. Of a reload that takes a group out keepalived says nothing. */
  stopped(): void {
    if (this.config === undefined) return;
    this.#services.emit(notifyEffect({ type: "GROUP", name: this.config.name }, "STOP", 0, this.config));
  }

  /** Says to the FIFOs once more in which states the group and its members are. */
  repeat(): void {
    const { config, members } = this;
    if (config !== undefined) this.#repeat({ type: "GROUP", name: config.name }, this.#notified, 0);
    for (const { name, state, priority } of members)
      this.#repeat({ type: "INSTANCE", name }, state, priority);
  }

  #repeat(target: NotifyTarget, state: VrrpState, priority: number): void {
    if (state !== "INIT") this.#services.emit(lineEffect(target, state, priority));
  }

  #toMaster(first: Instance, now: Micros, cause: string): void {
    this.#move(first, "MASTER", cause, (member, why) => member.becomeMaster(now, why));
  }

  #stepDownMasters(now: Micros): void {
    const master = this.members.find((member) => member.state === "MASTER");
    if (master !== undefined) this.#toBackup(master, now, true, "its group is not master");
  }

  #toBackup(first: Instance, now: Micros, resign: boolean, cause: string): void {
    this.#move(first, "BACKUP", cause, (member, why) => member.becomeBackup(now, resign, why));
  }

  /**
   * Moves the member that is the cause, then the others, then tells of the group; at the start of the group first, as
   * keepalived does.
   */
  #move(
    first: Instance,
    state: "MASTER" | "BACKUP" | "FAULT",
    cause: string,
    transition: (member: Instance, cause: string) => void,
  ): void {
    const initial = first.state === "INIT";
    const moving = [first, ...this.members.filter((member) => member !== first)].filter(
      (member) => member.state !== state,
    );
    if (initial) this.#notify(state);
    for (const [index, member] of moving.entries()) {
      if (index === 1 && !initial) this.#logSync(state);
      const whose = index === 0 && member === first ? "" : `${first.name} of group ${this.config?.name}: `;
      transition(member, `${whose}${cause}`);
    }
    this.#notify(state);
  }

  #logSync(state: string): void {
    const message = `VRRP_Group(${this.config?.name}) Syncing instances to ${state} state`;
    this.#services.emit({ type: "log", level: "info", message });
  }

  #notify(state: "MASTER" | "BACKUP" | "FAULT"): void {
    if (this.config === undefined || this.#notified === state) return;
    this.#notified = state;
    const target = { type: "GROUP", name: this.config.name } as const;
    // keepalived gives groups the priority 0.
    this.#services.emit(notifyEffect(target, state, 0, this.config));
  }
}

const beginning = ({ state }: Instance): string => (state === "FAULT" ? "the fault is over" : "it starts");

function idle(member: Instance): boolean {
  return member.state === "INIT" || member.state === "FAULT";
}

function readyForMaster(member: Instance): boolean {
  return member.wantsMaster || member.state === "MASTER";
}

/** keepalived wants the owner to have `state MASTER` as well. */
function ownsAddress({ definition: { config } }: Instance): boolean {
  return config.priority === 255 && config.state === "MASTER";
}
