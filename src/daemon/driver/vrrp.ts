import type { ScriptCommand } from "../../config/config.ts";
import type { Machine } from "../../core/machine.ts";
import type { VrrpEffect, VrrpEvent } from "../../core/vrrp/contract.ts";
import { type Kernel, KernelError } from "../../kernel/ports.ts";
import type { Change } from "../../plan/plan.ts";
import type { Log } from "../log/log.ts";
import type { Scripts } from "../scripts/client.ts";
import { Interfaces } from "./interfaces.ts";
import { MachineLoop } from "./loop.ts";
import { VrrpAddresses } from "./vrrp-addresses.ts";
import { VrrpAnnouncements } from "./vrrp-announcements.ts";
import { type Received, VrrpSockets } from "./vrrp-sockets.ts";

type Effect<T extends VrrpEffect["type"]> = Extract<VrrpEffect, { type: T }>;

/** Drives the VRRP router: its sockets, addresses, interfaces, scripts and clock. */
export class VrrpDriver {
  readonly #log: Log;
  readonly #scripts: Scripts;
  readonly #interfaces: Interfaces;
  readonly #sockets: VrrpSockets;
  readonly #addresses: VrrpAddresses;
  readonly #announcements: VrrpAnnouncements;
  readonly #loop: MachineLoop<VrrpEvent, VrrpEffect>;
  /** Interface of each instance, kept until the plan that deletes it is carried out. */
  readonly #interfaceOf = new Map<string, string>();
  /** Every interface that a configuration named so far. */
  readonly #watched = new Set<string>();
  #keepAddresses = false;

  constructor(kernel: Kernel, machine: Machine<VrrpEvent, VrrpEffect>, scripts: Scripts, log: Log) {
    this.#log = log;
    this.#scripts = scripts;
    this.#interfaces = new Interfaces(kernel, {
      changed: (facts) => this.#loop.feed({ type: "interface", facts }),
      addressRemoved: (ifindex, address) => {
        if (this.#addresses.wasTaken(ifindex, address))
          this.#loop.feed({ type: "address-removed", ifindex, address });
      },
    });
    this.#sockets = new VrrpSockets(kernel.packets, (received) => this.#onPacket(received));
    this.#addresses = new VrrpAddresses(kernel, this.#interfaces, log);
    this.#announcements = new VrrpAnnouncements(kernel, this.#interfaces, log);
    this.#loop = new MachineLoop(machine, kernel.clock, { type: "timer" }, (effects) => {
      for (const effect of effects) this.#carryOut(effect);
    });
  }

  /** Carries out the vrrp part of a plan. */
  apply(changes: readonly Change[]): void {
    for (const change of changes) {
      for (const name of interfacesOf(change)) this.#watched.add(name);
      if (change.object !== "vrrp_instance") continue;
      const { interface: name } = change.after ?? change.before ?? {};
      if (name !== undefined) this.#interfaceOf.set(change.id, name);
    }
    const interfaces = this.#interfaces.watch(this.#watched);
    this.#loop.feed({ type: "apply", changes, interfaces });
    for (const { object, kind, id } of changes) {
      if (object === "vrrp_instance" && kind === "delete") this.#interfaceOf.delete(id);
    }
  }

  /** Carries out the plan to nothing, and ends. `keepAddresses`: leave virtual addresses where they are. */
  stop(changes: readonly Change[], keepAddresses: boolean): void {
    this.#keepAddresses = keepAddresses;
    this.apply(changes);
    this.#loop.stop();
    this.#interfaces.close();
  }

  #onPacket({ advert, packet }: Received): void {
    const { source, destination, hops, ifindex } = packet;
    if ("error" in advert) {
      this.#loop.feed({ type: "malformed", error: advert, source, destination, ifindex });
    } else {
      this.#loop.feed({ type: "advert", advert, source, destination, hops, ifindex });
    }
  }

  #carryOut(effect: VrrpEffect): void {
    switch (effect.type) {
      case "open":
        this.#open(effect);
        break;
      case "close":
        this.#sockets.close(effect.instance);
        break;
      case "send-advert":
        this.#send(effect);
        break;
      case "add-addresses":
        this.#addresses.add(effect.addresses, this.#interfaceOf.get(effect.instance) ?? "");
        break;
      case "remove-addresses":
        if (this.#keepAddresses) break;
        this.#addresses.remove(effect.addresses, this.#interfaceOf.get(effect.instance) ?? "");
        break;
      case "gratuitous-arp":
        this.#announcements.send(effect.addresses, this.#interfaceOf.get(effect.instance) ?? "");
        break;
      case "notify":
        this.#notify(effect);
        break;
      case "run-script":
        this.#runScript(effect);
        break;
      case "cancel-script":
        this.#scripts.cancel(`script ${effect.script}`);
        break;
      case "log":
        this.#log[effect.level](effect.message);
        break;
    }
  }

  #open(effect: Effect<"open">): void {
    const { instance, family, ifindex, group, source } = effect;
    try {
      this.#sockets.open(instance, {
        family,
        ifindex,
        interfaceName: effect.interface,
        ...(group !== undefined && { group }),
        ...(source !== undefined && { source }),
      });
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.#log.error(`(${instance}) cannot open a VRRP socket on ${effect.interface}: ${error.message}`);
    }
  }

  #send({ instance, advert, source, destinations }: Effect<"send-advert">): void {
    try {
      this.#sockets.send(instance, advert, source, destinations);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      this.#log.warn(`(${instance}) cannot send an advert: ${error.message}`);
    }
  }

  #notify({ target, state, priority, scripts }: Effect<"notify">): void {
    for (const { command, standardArguments } of scripts) {
      const extra = standardArguments ? [target.type, target.name, state, String(priority)] : [];
      this.#scripts.run({
        key: `${target.type} ${target.name}`,
        kind: "notify",
        ...withArguments(command, extra),
      });
    }
  }

  #runScript({ script, command, timeout }: Effect<"run-script">): void {
    this.#scripts.run({ key: `script ${script}`, kind: "track", timeout, ...command }, ({ ok, status }) => {
      this.#loop.feed({ type: "script-result", script, ok, status });
    });
  }
}

const withArguments = (command: ScriptCommand, extra: readonly string[]): ScriptCommand => ({
  ...command,
  argv: [...command.argv, ...extra],
});

/** The interfaces that a change names, before and after. */
function interfacesOf(change: Change): string[] {
  switch (change.object) {
    case "vrrp_instance":
      return [change.before, change.after].flatMap((instance) => {
        if (instance === undefined) return [];
        const tracked = instance.track_interface.map((each) => each.interface);
        return instance.interface === undefined ? tracked : [instance.interface, ...tracked];
      });
    case "vrrp_sync_group":
      return [change.before, change.after].flatMap((group) =>
        (group?.track_interface ?? []).map((each) => each.interface),
      );
    default:
      return [];
  }
}
