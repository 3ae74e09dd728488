import type { Micros } from "../../values/time.ts";
import type { Machine } from "../machine.ts";
import type { CheckEffect, CheckEvent, CheckTarget, CheckTiming } from "./contract.ts";
import type { ConnectionFault, Probe, ProbeStep } from "./probe.ts";

export interface CheckOptions {
  /** The server as logs name it: `[10.0.1.1]:tcp:80`. */
  readonly service: string;
  /** What is assumed until the first verdict, or was found before a reload. alpha: false. */
  readonly up: boolean;
  /** A verdict was reached before a reload; the first one after it is only reported when it differs. */
  readonly hasRun?: boolean;
  /** Tries that had failed in a row before a reload that only changed when to check. */
  readonly failures?: number;
  /** Log every failed try of a server that is up. */
  readonly logAllFailures: boolean;
  /** From 0 to below 1; draws the delay of the first check from `firstDelay`. */
  readonly random: () => number;
}

/** A checker as the director holds it. */
export interface Checker extends Machine<CheckEvent, CheckEffect> {
  /** The verdict, or what is assumed while there is none. */
  readonly up: boolean;
  /** Whether `up` was found rather than assumed. */
  readonly hasRun: boolean;
  /** Tries that have failed since it last passed or was judged. */
  readonly failures: number;
  /** What it says that the server weighs, instead of what is configured; undefined: nothing. */
  readonly weight?: number | undefined;
  /** What it adds to what is configured, or takes from it. */
  readonly weightChange?: number;
}

/** A deadline noticed later than this was noticed late. */
const LATE: Micros = 10_000;
/** What a peer gets on top then. */
const GRACE: Micros = 50_000;

/** Errors of a connection that this machine could not begin; they say nothing of the server. */
const OURS: ReadonlySet<string> = new Set([
  ...["EADDRNOTAVAIL", "EADDRINUSE", "ENODEV", "EACCES", "EPERM", "EINVAL"],
  ...["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EAGAIN"],
]);

type Phase = "idle" | "waiting" | "connecting" | "exchanging";

/**
 * The loop of every checker: wait, connect, exchange, judge, wait. One connection at a time; every phase but "idle" has
 * a deadline, so no peer can hold a checker. Events that belong to a connection already closed change nothing.
 */
export class CheckLoop implements Checker {
  up: boolean;
  hasRun: boolean;
  failures: number;
  private phase: Phase = "idle";
  private due: Micros = 0;
  /** The phase has had its grace. */
  private isGraced = false;
  /** The ideal time of the try under way, from which the next one is counted. */
  private tryAt: Micros = 0;
  /** Why the last connection could not be begun. */
  private obstacle: string | undefined;
  private readonly probe: Probe;
  private readonly target: CheckTarget;
  private readonly timing: CheckTiming;
  private readonly options: CheckOptions;

  constructor(probe: Probe, target: CheckTarget, timing: CheckTiming, options: CheckOptions) {
    this.probe = probe;
    this.target = target;
    this.timing = timing;
    this.options = options;
    this.up = options.up;
    this.hasRun = options.hasRun ?? false;
    this.failures = options.failures ?? 0;
  }

  deadline(): Micros | undefined {
    return this.phase === "idle" ? undefined : this.due;
  }

  handle(event: CheckEvent, now: Micros): CheckEffect[] {
    switch (event.type) {
      case "start":
        return this.start(now);
      case "timer":
        return now < this.due ? [] : this.onTimer(now);
      case "connected":
        return this.phase === "connecting" ? this.onConnected(now) : [];
      case "data":
        return this.phase === "exchanging" ? this.step(this.probe.data(event.bytes), now) : [];
      case "ended":
        if (this.phase === "connecting") return this.fault("connect-failed", now);
        return this.phase === "exchanging" ? this.step(this.probe.ended(), now) : [];
      case "failed":
        if (this.phase === "connecting") return this.notConnected(event.error, now);
        return this.phase === "exchanging" ? this.fault("read-error", now, event.error) : [];
      case "exited":
      case "number":
      case "session":
        return []; // it runs nothing, and follows nothing
    }
  }

  /** Also after a suspension, which has ended its connection. */
  private start(now: Micros): CheckEffect[] {
    this.wait(now + Math.floor(this.options.random() * this.timing.firstDelay));
    return [];
  }

  private wait(until: Micros): void {
    this.phase = "waiting";
    this.due = until;
  }

  private onTimer(now: Micros): CheckEffect[] {
    if (this.phase === "idle") return [];
    if (this.phase === "waiting") {
      this.tryAt = this.due;
      this.limit("connecting", now);
      const { tls } = this.probe;
      return [{ type: "connect", target: tls ? { ...this.target, tls } : this.target }];
    }
    // A deadline noticed late says that this process was held up. The peer may have answered meanwhile: hear it first.
    if (!this.isGraced && now - this.due > LATE) {
      this.isGraced = true;
      this.due = now + GRACE;
      return [];
    }
    return this.fault(this.phase === "connecting" ? "connect-timeout" : "read-timeout", now);
  }

  private notConnected(error: string, now: Micros): CheckEffect[] {
    if (OURS.has(error) && !this.probe.blamesServer) return this.postponed(error, now);
    return this.fault(error === "EPROTO" ? "handshake-failed" : "connect-failed", now, error);
  }

  /** No try at all: an address to leave from may come with a master, and the server stays what it is until then. */
  private postponed(error: string, now: Micros): CheckEffect[] {
    const isSaid = this.obstacle === error;
    this.obstacle = error;
    this.wait(now + this.timing.delayLoop);
    const message = `Cannot check ${this.options.service} from here: ${error}. Rescheduling`;
    return [{ type: "close" }, ...(isSaid ? [] : [{ type: "log", level: "warn", message } as const])];
  }

  private limit(phase: "connecting" | "exchanging", now: Micros): void {
    this.phase = phase;
    this.due = now + this.timing.connectTimeout;
    this.isGraced = false;
  }

  /** The whole answer to a request has connect_timeout, however it trickles in. */
  private onConnected(now: Micros): CheckEffect[] {
    this.obstacle = undefined;
    this.limit("exchanging", now);
    return this.step(this.probe.connected(), now);
  }

  private step(step: ProbeStep, now: Micros): CheckEffect[] {
    if (step.type === "more") {
      if (!step.send) return [];
      this.limit("exchanging", now);
      return [{ type: "send", bytes: step.send }];
    }
    const effects = step.type === "passed" ? this.passed(now) : this.failed(step.message, now);
    const logs = step.logs?.map((message): CheckEffect => ({ type: "log", level: "warn", message }));
    return logs === undefined ? effects : [...logs, ...effects];
  }

  private fault(fault: ConnectionFault, now: Micros, error?: string): CheckEffect[] {
    return this.step(this.probe.fault(fault, error), now);
  }

  private passed(now: Micros): CheckEffect[] {
    const effects: CheckEffect[] = [{ type: "close" }];
    const { complete, logs, again = false } = this.probe.passed(this.up);
    for (const message of logs) effects.push({ type: "log", level: "info", message });
    this.failures = 0;
    // Counted from the ideal time, so that checks do not drift; from now when the answer took longer than that.
    const next = this.tryAt + this.timing.delayLoop;
    if (again) this.wait(now);
    else this.wait(next > now ? next : now + this.timing.delayLoop);
    if (!complete || (this.up && this.hasRun)) return effects;
    const message = this.probe.success;
    if (message !== undefined) effects.push({ type: "log", level: "info", message });
    effects.push({ type: "verdict", up: true, reason: message ?? "passed" });
    this.up = true;
    this.hasRun = true;
    return effects;
  }

  private failed(message: string, now: Micros): CheckEffect[] {
    const effects: CheckEffect[] = [{ type: "close" }];
    if (this.up && this.options.logAllFailures) effects.push({ type: "log", level: "warn", message });
    const done = this.failures;
    const retrying = done < this.timing.retry && this.mayRetry();
    const isNews = !retrying && (this.up || (!this.hasRun && this.probe.reportsFirstFailure));
    this.failures = retrying ? done + 1 : 0;
    if (isNews) {
      const after = done > 0 ? ` after ${done} retries` : "";
      const summary = this.probe.failure(message, after);
      const isSaid = this.up && this.options.logAllFailures && summary === message;
      if (!isSaid) effects.push({ type: "log", level: "warn", message: summary });
      effects.push({ type: "verdict", up: false, reason: message });
      this.up = false;
      this.hasRun = true;
    }
    this.probe.failed(this.up);
    this.wait(now + (retrying ? this.timing.delayBeforeRetry : this.pauseAfterFailure()));
    return effects;
  }

  private mayRetry(): boolean {
    if (!this.hasRun && !this.probe.retriesAtFirst) return false;
    return this.up || this.probe.groupsWhileDown;
  }

  private pauseAfterFailure(): Micros {
    const { delayBeforeRetry, delayLoop } = this.timing;
    return this.probe.groupsWhileDown ? delayLoop : Math.max(delayLoop, delayBeforeRetry);
  }
}
