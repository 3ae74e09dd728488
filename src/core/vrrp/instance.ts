import type { Micros } from "../../values/time.ts";
import type { AdvertError } from "../../wire/vrrp.ts";
import type { Timer } from "../track/script-tracker.ts";
import type { Announcer } from "./announcer.ts";
import { Authenticity } from "./authenticity.ts";
import { Channel } from "./channel.ts";
import { ChecksumRules } from "./checksum-rules.ts";
import { Chronicle, type Transition } from "./chronicle.ts";
import type { InterfaceFacts, NotifyTarget, VrrpState } from "./contract.ts";
import { type Counters, newCounters } from "./counters.ts";
import type { Definition } from "./definition.ts";
import { judge } from "./election.ts";
import type { Arrival } from "./expectation.ts";
import { Holdings } from "./holdings.ts";
import { InstanceLog } from "./instance-log.ts";
import { type End, endEffect, lineEffect, notifyEffect } from "./notify.ts";
import { OtherMaster } from "./other-master.ts";
import { Preemption } from "./preemption.ts";
import { counterOf, differingAddresses, examine } from "./reception.ts";
import type { Services } from "./services.ts";
import { masterDownInterval, milliseconds, skewTime } from "./timing.ts";

/** Who decides on transitions that concern more than one instance: the sync group, or a group of one. */
export interface Coordinator {
  /** The master is taken to be down. */
  timedOut(instance: Instance, now: Micros, cause: string): void;
  /** A better master was heard while this one was master, or may have taken over unheard. */
  yielded(instance: Instance, now: Micros, cause: string): void;
}

/**
 * One virtual router: the states and timers of RFC 9568 §6.4 and RFC 3768 §6.4. It changes to MASTER, FAULT and out
 * of INIT only when its coordinator says so.
 */
export class Instance {
  readonly name: string;
  readonly counters: Counters = newCounters();
  coordinator: Coordinator | undefined;
  /** The first reason why it cannot run, in words; set by the router before it asks the coordinator. */
  fault: string | undefined;
  /** A script that could be a fault has no result yet. */
  waiting = false;
  /** It would be master if it were alone. */
  wantsMaster = false;
  #definition: Definition;
  #state: VrrpState = "INIT";
  #priority: number;
  /** Interval of the master's adverts, RFC 9568 §6.1; ours while we are master. */
  #masterInterval: Micros;
  readonly #services: Services;
  readonly #log: InstanceLog;
  readonly #channel: Channel;
  readonly #holdings: Holdings;
  readonly #preemption: Preemption;
  readonly #rules: ChecksumRules;
  readonly #authenticity: Authenticity;
  readonly #chronicle = new Chronicle();
  /** Why the priority is not the configured one. */
  #priorityCauses: readonly string[] = [];
  readonly #other = new OtherMaster();
  /** When the last advert was sent. */
  #sentAt: Micros = 0;
  /** Master down timer of a backup, advert timer of a master. */
  readonly #timer: Timer = (due, now) => {
    if (this.#state !== "MASTER") this.coordinator?.timedOut(this, now, this.#other.silence(now));
    else if (this.#overslept(now)) this.coordinator?.yielded(this, now, this.#oversleeping(now));
    else this.#advertise(due, now);
  };

  constructor(definition: Definition, services: Services, announcer: Announcer) {
    this.name = definition.config.name;
    this.#definition = definition;
    this.#priority = definition.config.priority;
    this.#masterInterval = definition.config.advert_int;
    this.#services = services;
    this.#log = new InstanceLog(this.name, services);
    this.#rules = new ChecksumRules(definition, this.#log);
    this.#authenticity = new Authenticity(definition, services, this.#log);
    this.#channel = new Channel(definition, services, this.counters, this.#rules, this.#authenticity);
    this.#holdings = new Holdings(definition, services, announcer, this.#log);
    this.#preemption = new Preemption(this.#log);
  }

  get state(): VrrpState {
    return this.#state;
  }

  get priority(): number {
    return this.#priority;
  }

  get source(): string | undefined {
    return this.#channel.source;
  }

  get definition(): Definition {
    return this.#definition;
  }

  /** Interface index that its adverts come in on; 0 for any. */
  get ifindex(): number {
    return this.#channel.ifindex;
  }

  /** What it went through lately, oldest first. */
  get transitions(): readonly Transition[] {
    return this.#chronicle.transitions;
  }

  /** Source of the adverts of the master that it last heard. */
  get master(): string | undefined {
    return this.#state === "MASTER" ? this.source : this.#other.source;
  }

  /** Microseconds after which a silent master is taken to be down. */
  get masterDownInterval(): Micros {
    const { version, config } = this.#definition;
    return masterDownInterval(version, this.#priority, this.#masterInterval, config.down_timer_adverts);
  }

  /** Begins: what an earlier run may have left on the interface is taken away first. */
  start(): void {
    this.#holdings.clear();
  }

  /** Takes over what is known of its interface, and opens or closes the socket as that allows. */
  setFacts(facts: InterfaceFacts | undefined, base: InterfaceFacts | undefined): void {
    this.#channel.setFacts(facts, base);
  }

  /**
   * The priority in force, from trackers. Shows in the next advert, and in how long a silent master is waited for.
   * `told`: the group wants FIFOs to hear of it, whatever the instance says. `causes`: why it is what it is.
   */
  setPriority(priority: number, told = false, causes: readonly string[] = []): void {
    this.#priorityCauses = causes;
    if (priority === this.#priority) return;
    this.#log.info(`Changing effective priority from ${this.#priority} to ${priority}`);
    const before = this.masterDownInterval;
    this.#priority = priority;
    if (told || this.#definition.config.notify_priority_changes) {
      const news = this.#state === "MASTER" ? "MASTER_PRIORITY" : "BACKUP_PRIORITY";
      this.#services.emit(lineEffect(this.#target, news, priority));
    }
    const { timers } = this.#services;
    const due = timers.deadlineOf(this.#timer);
    if (this.#state !== "BACKUP" || due === undefined) return;
    timers.set(this.#timer, due + this.masterDownInterval - before);
  }

  /**
   * Gives up the addresses that the next definition does not have. Done for all instances before any of them takes
   * its definition over, because an address may move from one to another.
   */
  withdraw(next: Definition): void {
    if (this.#state === "MASTER") this.#holdings.withdraw(next);
  }

  /** Takes over a changed definition without leaving its state. */
  configure(definition: Definition, now: Micros): void {
    const before = this.#definition;
    this.#definition = definition;
    this.#holdings.configure(definition, this.#state === "MASTER", now);
    this.#rules.configure(definition);
    this.#authenticity.configure(definition);
    this.#channel.configure(definition);
    this.#changeInterval(before.config.advert_int, definition.config.advert_int, now);
    if (this.#state !== "MASTER") return;
    this.#holdings.reroute(before);
    if (!this.#holdings.differs(before)) return;
    this.#advertiseNow(now);
    this.#holdings.change(before, now);
  }

  /** Once every instance has taken its definition over: gives up the routes and rules of the one before. */
  settle(): void {
    this.#holdings.settle();
  }

  /** INIT or FAULT or MASTER → BACKUP. */
  becomeBackup(now: Micros, resign: boolean, cause: string): void {
    const from = this.#state;
    this.#leaveMaster(
      () => this.#enter("BACKUP", from === "INIT" ? "Entering BACKUP STATE (init)" : "Entering BACKUP STATE"),
      resign,
      now,
    );
    this.#explain(from, cause, now);
    this.#other.expect(from === "MASTER");
    this.#restartMasterDownTimer(now);
    this.#notify("BACKUP");
  }

  /** BACKUP → MASTER: RFC 9568 §6.4.2, (365) to (400), the advert before anything that takes time. */
  becomeMaster(now: Micros, cause: string): void {
    const { config, version } = this.#definition;
    const from = this.#state;
    const learned = this.#masterInterval;
    this.#masterInterval = config.advert_int;
    this.wantsMaster = false;
    this.#preemption.reset();
    this.counters.becameMaster += 1;
    this.#state = "MASTER";
    this.#advertiseNow(now);
    this.#log.info("Entering MASTER STATE");
    this.#explain(from, cause, now);
    if (version === 3 && learned !== config.advert_int) {
      const [theirs, own] = [milliseconds(learned), milliseconds(config.advert_int)];
      this.#log.info(`changing advert interval from ${theirs} to locally configured ${own}`);
    }
    this.#holdings.take(now);
    this.#notify("MASTER");
  }

  /** Any state → FAULT. */
  becomeFault(now: Micros, cause: string): void {
    const from = this.#state;
    const initial = from === "INIT";
    const why = this.fault === undefined ? "" : ` (${this.fault})`;
    const message = initial ? `entering FAULT state${why}` : "Entering FAULT STATE";
    this.#leaveMaster(() => this.#enter("FAULT", message), true, now);
    this.#explain(from, cause, now);
    this.#services.timers.cancel(this.#timer);
    this.#notify("FAULT");
  }

  /** Gives everything back. */
  stop(end: End, now: Micros): void {
    this.#leaveMaster(() => {}, true, now);
    this.#services.timers.cancel(this.#timer);
    this.#state = "INIT";
    this.#channel.close();
    this.#services.emit(endEffect(this.#target, end, this.#priority, this.#definition.config));
  }

  /** Keeps waiting for the other members of its group. */
  waitOn(now: Micros): void {
    this.wantsMaster = true;
    this.#services.timers.set(this.#timer, now + this.masterDownInterval);
  }

  /** Tells the log that no advert came in time. */
  logTimeout(): void {
    this.#log.info("Receive advertisement timeout");
  }

  /** A message that names this virtual router and is no advert. */
  refuse(
    error: AdvertError,
    arrival: Omit<Arrival, "advert"> & { readonly destination: string },
    now: Micros,
  ): void {
    if (error.odd !== undefined && this.#rules.admits(error.odd, arrival.source, arrival.destination)) {
      this.receive({ ...arrival, advert: error.odd.advert }, now);
      return;
    }
    this.counters[counterOf(error.error)] += 1;
    this.#log.limited(error.error, error.detail, now);
  }

  /** An advert that came in for this virtual router. */
  receive(arrival: Arrival, now: Micros): void {
    if (arrival.source === this.source) return;
    if (now < this.#services.startsAt()) return;
    const { counters } = this;
    const { expectation } = this.#definition;
    const rejection = examine(arrival, expectation, this.#authenticity, now);
    if (rejection !== undefined) {
      counters[rejection.counter] += 1;
      this.#log.limited(rejection.counter, rejection.message, now);
      return;
    }
    if (this.#ownsAndIgnores()) {
      const message = `Dropping packet(s) from ${arrival.source} since we are address owner`;
      this.#log.limited("owner", message, now);
      return;
    }
    counters.advertsReceived += 1;
    this.#compareAddresses(arrival, now);
    if (arrival.advert.priority === 0) counters.priorityZeroReceived += 1;
    if (this.#state === "BACKUP") this.#receiveAsBackup(arrival, now);
    else if (this.#state === "MASTER") this.#receiveAsMaster(arrival, now);
  }

  /** owner_ignore_adverts, and strict mode: whoever owns the addresses is master (RFC 9568 §6.4.3 has it otherwise). */
  #ownsAndIgnores(): boolean {
    const { config } = this.#definition;
    return this.#priority === 255 && (config.owner_ignore_adverts || config.strict_mode);
  }

  /** With skip_check_adv_addr a backup looks at the first advert of a master only. */
  #compareAddresses({ advert, source }: Arrival, now: Micros): void {
    const { config, expectation } = this.#definition;
    if (config.skip_check_adv_addr && this.#state === "BACKUP" && source === this.#other.source) return;
    const difference = differingAddresses(advert, expectation);
    if (difference === undefined) return;
    this.counters.addressList += 1;
    this.#log.limited("addressList", `${difference} (from ${source})`, now);
  }

  /** RFC 9568 §6.4.2, (415) to (500), with keepalived's preempt_delay. */
  #receiveAsBackup({ advert, source }: Arrival, now: Micros): void {
    const { version } = this.#definition;
    this.#other.heard(source, now);
    if (advert.priority === 0) {
      this.#other.opens(`advert from ${source} priority 0: it resigned`);
      this.#log.info("Backup received priority 0 advertisement");
      this.#learnInterval(advert.interval);
      this.#services.timers.set(this.#timer, now + skewTime(version, this.#priority, this.#masterInterval));
      return;
    }
    const lower = advert.priority < this.#priority;
    if (!lower) this.#preemption.cancel();
    if (lower && !this.#preemption.putsUp(this.#definition, now)) {
      this.#other.opens(`advert from ${source} priority ${advert.priority} < ${this.#priority}`);
      const message = `received lower priority (${advert.priority}) advert from ${source} - discarding`;
      this.#log.limited("lower", message, now);
      return;
    }
    this.wantsMaster = false;
    this.#learnInterval(advert.interval);
    this.#restartMasterDownTimer(now);
  }

  /** RFC 9568 §6.4.3, (600) to (690). */
  #receiveAsMaster({ advert, source }: Arrival, now: Micros): void {
    const { priority } = advert;
    const { config } = this.#definition;
    if (priority === 0) {
      this.#log.info("Master received priority 0 message");
      this.#advertiseNow(now);
      return;
    }
    const verdict = judge({ priority, source }, { priority: this.#priority, source: this.source ?? "" });
    if (verdict === "lower") {
      const answers = !config.lower_prio_no_advert && !config.strict_mode;
      const message = `Received advert from ${source} with lower priority ${priority}, ours ${this.#priority}`;
      this.#log.limited("lower", answers ? `${message}, forcing new election` : message, now);
      if (answers) this.#advertiseNow(now);
      this.#holdings.reclaim(now);
      this.#notify("MASTER_RX_LOWER_PRI");
      return;
    }
    const why =
      verdict === "higher-priority"
        ? `higher priority ${priority}, ours ${this.#priority}`
        : `same priority ${priority} but higher IP address than ours`;
    this.#log.info(`Master received advert from ${source} with ${why}`);
    if (config.higher_prio_send_advert) this.#channel.send(this.#priority, now);
    this.#learnInterval(advert.interval);
    this.#other.heard(source, now);
    const relation =
      verdict === "higher-priority" ? `> ${this.#priority}` : `= ${this.#priority}, its address is higher`;
    this.coordinator?.yielded(this, now, `advert from ${source} priority ${priority} ${relation}`);
  }

  /** RFC 9568 §6.4.2, (440): version 3 routers wait as long as the master's own interval asks for. */
  #learnInterval(interval: Micros): void {
    if (this.#definition.version !== 3 || interval === this.#masterInterval) return;
    const [from, to] = [milliseconds(this.#masterInterval), milliseconds(interval)];
    this.#log.info(`advertisement interval updated from ${from} to ${to} by master`);
    this.#masterInterval = interval;
  }

  #changeInterval(before: Micros, after: Micros, now: Micros): void {
    if (before === after) return;
    const { timers } = this.#services;
    const due = timers.deadlineOf(this.#timer);
    if (this.#definition.version === 2 || this.#masterInterval === before) this.#masterInterval = after;
    if (this.#state === "MASTER") timers.set(this.#timer, Math.min(due ?? now, now + after));
    else if (this.#state === "BACKUP") this.#restartMasterDownTimer(now);
  }

  #restartMasterDownTimer(now: Micros): void {
    const from = Math.max(now, this.#services.startsAt());
    this.#services.timers.set(this.#timer, from + this.masterDownInterval);
  }

  /** timer_expired_backup: whether a master was late enough for another to have taken over, whom nopreempt leaves. */
  #overslept(now: Micros): boolean {
    const { config, version, preempt } = this.#definition;
    const highest = config.timer_expired_backup;
    if (highest === undefined || preempt) return false;
    return (
      now - this.#sentAt > masterDownInterval(version, highest, config.advert_int, config.down_timer_adverts)
    );
  }

  #oversleeping(now: Micros): string {
    return `no advert could be sent for ${milliseconds(now - this.#sentAt)}: another may have taken over`;
  }

  /** Sends the advert that was due; the next one counts from the ideal time, so that lateness never adds up. */
  #advertise(due: Micros, now: Micros): void {
    const interval = this.#definition.config.advert_int;
    this.#channel.send(this.#priority, now);
    this.#sentAt = now;
    this.#services.timers.set(this.#timer, due + interval > now ? due + interval : now + interval);
  }

  /** Sends an advert out of turn and starts counting anew, apart from others that do so now. */
  #advertiseNow(now: Micros): void {
    const early = this.#services.stagger.next(now, this.#definition.config.advert_int);
    this.#advertise(now - early, now);
  }

  #enter(state: VrrpState, message: string): void {
    this.#state = state;
    this.#log.info(message);
  }

  #explain(from: VrrpState, cause: string, now: Micros): void {
    const causes = [cause, ...this.#priorityCauses];
    this.#log.info(this.#chronicle.record({ at: now, from, to: this.#state, causes }));
  }

  /** Leaves whatever state it is in through `enter`; a master gives up its addresses, and says so with `resign`. */
  #leaveMaster(enter: () => void, resign: boolean, now: Micros): void {
    const wasMaster = this.#state === "MASTER";
    this.wantsMaster = false;
    this.#preemption.reset();
    if (wasMaster && resign) this.#channel.send(0, now);
    enter();
    if (!wasMaster) return;
    if (resign) this.#log.info("sent 0 priority");
    this.counters.releasedMaster += 1;
    this.#holdings.release();
  }

  get #target(): NotifyTarget {
    return { type: "INSTANCE", name: this.name };
  }

  #notify(state: "MASTER" | "BACKUP" | "FAULT" | "MASTER_RX_LOWER_PRI"): void {
    this.#services.emit(notifyEffect(this.#target, state, this.#priority, this.#definition.config));
  }
}
