import { setFlagsFromString } from "node:v8";
import { setParentDeathSignal } from "../../native/process.ts";
import { realTimeSignal, Signals } from "../../native/signals.ts";
import type { Config, VirtualServer } from "../config/config.ts";
import { type Kernel, KernelError } from "../kernel/ports.ts";
import { logAddresses } from "./address-log.ts";
import { openKernel } from "./driver/kernels.ts";
import { EXIT } from "./exit-status.ts";
import type { Log } from "./log/log.ts";
import { processLog } from "./log/process-log.ts";
import type { ChildSettings, FromChild, Role, ToChild } from "./messages.ts";
import { Outlets } from "./notify/outlets.ts";
import { ParcelReader } from "./parcels.ts";
import { changesFor, startOf, stopOf } from "./parts.ts";
import { AutoPriority, applyAttributes, attributesOf } from "./process-attributes.ts";
import { Scripts } from "./scripts/client.ts";
import { scriptPolicyOf, usesScripts } from "./scripts/policy.ts";
import type { Subsystem } from "./subsystem.ts";
import { watchfulClock } from "./watchful-clock.ts";

const SIGTERM = 15;
/** Longest wait, in milliseconds, for notify scripts when the child stops. */
const SCRIPTS_GRACE = 5_000;
/** Name of each child for `ps`: at most 15 bytes. */
const TITLES = { vrrp: "holdfast_vrrp", checkers: "holdfast_check" } as const;

/**
 * Whether V8 takes memory to be quicker. Its space for young objects: a start makes objects that stay, which are copied
 * less in a small one, and of tens of thousands of servers 30 MB less are left behind; checks make objects that go. Its
 * optimizing compiler, for checkers: a start and a stop are over by the time that it pays, and it touches 45 MB on the way.
 */
function takeMemory(role: Role, takes: boolean): void {
  setFlagsFromString(`--semi-space-growth-factor=${takes ? 2 : 1}`);
  if (role === "checkers") setFlagsFromString(takes ? "--opt" : "--no-opt");
}

/** Runs one child until it is told to stop, or its parent is gone. */
export async function runChild(role: Role): Promise<void> {
  takeMemory(role, false);
  process.title = TITLES[role];
  setParentDeathSignal(SIGTERM);
  ignoreOperatorSignals();
  const child = new Child(role);
  process.on("message", (message: ToChild) => child.take(message));
  // However the parent ends: its death signal, its end of the channel, or somebody's kill of this process.
  process.on("SIGTERM", () => child.stop());
  process.on("disconnect", () => child.stop());
  if (!process.connected) child.stop();
}

/** Operators signal the parent; a real-time signal that reaches a child by mistake must not end it. */
function ignoreOperatorSignals(): void {
  const signals = new Signals();
  for (const offset of [0, 1, 2, 3, 4]) signals.on(realTimeSignal(offset), () => {});
}

interface Running {
  readonly log: Log;
  readonly kernel: Kernel;
  readonly scripts: Scripts;
  readonly outlets: Outlets;
  readonly subsystem: Subsystem;
  config: Config;
}

class Child {
  readonly #role: Role;
  #parcels = new ParcelReader();
  /** Those that have come so far. */
  readonly #services: VirtualServer[] = [];
  #running: Running | undefined;
  /** Messages are dealt with one after the other. */
  #turn: Promise<void> = Promise.resolve();
  #stopping = false;

  constructor(role: Role) {
    this.#role = role;
  }

  take(message: ToChild): void {
    switch (message.type) {
      case "services":
        takeMemory(this.#role, false);
        this.#services.push(...this.#parcels.read(message.parcel));
        break;
      case "start": {
        const config = this.#complete(message.config);
        this.#enqueue(() => this.#start({ ...message, config }));
        break;
      }
      case "apply": {
        const config = this.#complete(message.config);
        this.#enqueue(() => this.#apply({ ...message, config }));
        break;
      }
      case "bfd":
        this.#enqueue(async () => this.#running?.subsystem.session?.(message.name, message.up));
        break;
      case "report":
        this.#enqueue(() => this.#report(message.clear));
        break;
      case "stop":
        this.stop();
        break;
    }
  }

  /** Carries out the plan to nothing, then ends. */
  stop(): void {
    if (this.#stopping) return;
    this.#enqueue(() => this.#stop());
    this.#stopping = true;
  }

  #enqueue(operation: () => Promise<void>): void {
    if (this.#stopping) return;
    this.#turn = this.#turn.then(operation);
  }

  /** With the virtual servers that have come; those that come later are of another configuration. */
  #complete(config: Config): Config {
    this.#parcels = new ParcelReader();
    return { ...config, virtual_server: this.#services.splice(0) };
  }

  async #start({ settings, config, fifos }: Extract<ToChild, { type: "start" }>): Promise<void> {
    const log = processLog(this.#role, settings.log);
    process.on("uncaughtException", (error) => crash(log, error));
    process.on("unhandledRejection", (error) => crash(log, error));
    // Only the soft limit of real-time processes sends it; more of the same and the kernel ends the process.
    process.on("SIGXCPU", () => log.warn("Ran for long without waiting, as a real-time process"));
    const kernel = this.#watched(
      await openKernel(settings.kernel, config, this.#role),
      settings,
      config,
      log,
    );
    const scripts = new Scripts(log);
    scripts.configure(scriptPolicyOf(config), usesScripts(config));
    const outlets = new Outlets(
      log,
      (alert) => void tell({ type: "alert", alert }),
      (line) => void tell({ type: "located", line }),
    );
    outlets.configure(fifos);
    try {
      const subsystem = await createSubsystem(this.#role, { kernel, scripts, outlets, log, settings });
      this.#running = { log, kernel, scripts, outlets, subsystem, config };
      subsystem.configure(config);
      // Ends with the kernel that it is of.
      if (settings.logAddresses) logAddresses(kernel, log);
      subsystem.start(startOf(config, this.#role));
      takeMemory(this.#role, true);
      // Compiling and reading for the first time takes longer than a real-time process may.
      applyAttributes(attributesOf(config.global_defs, this.#role), log);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      log.error(error.message);
      await tell({ type: "fatal", reason: error.message });
      process.exit(EXIT.configuration);
    }
    await tell({ type: "applied" });
  }

  /** With max_auto_priority the clock is looked at; the kernel in memory is not this machine. */
  #watched(kernel: Kernel, settings: ChildSettings, { global_defs }: Config, log: Log): Kernel {
    const auto = new AutoPriority(global_defs, this.#role, log);
    if (!auto.active || settings.kernel !== "linux") return kernel;
    return { ...kernel, clock: watchfulClock(kernel.clock, (delay) => auto.late(delay)) };
  }

  async #apply({ config, fifos }: Extract<ToChild, { type: "apply" }>): Promise<void> {
    const running = this.#running;
    if (running === undefined) throw new Error("a plan arrived before the first one was carried out");
    running.scripts.configure(scriptPolicyOf(config), usesScripts(config));
    running.outlets.configure(fifos);
    const attributes = attributesOf(config.global_defs, this.#role);
    const before = attributesOf(running.config.global_defs, this.#role);
    if (JSON.stringify(attributes) !== JSON.stringify(before)) applyAttributes(attributes, running.log);
    running.subsystem.configure(config);
    running.subsystem.apply(changesFor(this.#role, running.config, config));
    running.config = config;
    takeMemory(this.#role, true);
    await tell({ type: "applied" });
  }

  async #report(clear: boolean): Promise<void> {
    const vrrp = this.#running?.subsystem.report?.(clear);
    await tell({ type: "report", ...(vrrp !== undefined && { vrrp }) });
  }

  async #stop(): Promise<void> {
    const running = this.#running;
    if (running === undefined) process.exit(EXIT.ok);
    const { log, subsystem, scripts, outlets, kernel, config } = running;
    log.info("Stopping");
    takeMemory(this.#role, false);
    subsystem.stop(stopOf(config, this.#role));
    await Promise.race([scripts.idle(), new Promise((resolve) => setTimeout(resolve, SCRIPTS_GRACE))]);
    scripts.close();
    outlets.close();
    kernel.close();
    log.info("Stopped");
    process.exit(EXIT.ok);
  }
}

/** What a subsystem works with. */
interface Surroundings {
  readonly kernel: Kernel;
  readonly scripts: Scripts;
  readonly outlets: Outlets;
  readonly log: Log;
  readonly settings: ChildSettings;
}

async function createSubsystem(role: Role, surroundings: Surroundings): Promise<Subsystem> {
  const { kernel, scripts, outlets, log, settings } = surroundings;
  switch (role) {
    case "vrrp": {
      const { createVrrpSubsystem } = await import("./driver/vrrp-subsystem.ts");
      return createVrrpSubsystem(kernel, scripts, log, settings, outlets);
    }
    case "checkers": {
      const { createLvsSubsystem } = await import("./driver/lvs-subsystem.ts");
      return createLvsSubsystem(kernel, scripts, log, settings, outlets);
    }
  }
}

/** A fault of ours: the parent starts a fresh process, which finds the world as this one left it. */
function crash(log: Log, error: unknown): void {
  log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exit(EXIT.software);
}

/** Resolves when the message is on its way; a parent that is gone is noticed elsewhere. */
function tell(message: FromChild): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || process.send === undefined) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}
