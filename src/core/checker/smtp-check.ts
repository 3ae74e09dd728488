import { type Checker, CheckLoop, type CheckOptions } from "./check-loop.ts";
import type { CheckTarget, CheckTiming } from "./contract.ts";
import type { ConnectionFault, ProbeStep } from "./probe.ts";
import { SingleExchange } from "./single-exchange.ts";

/** What keepalived calls itself when nobody says otherwise: mail servers may be configured for it. */
export const DEFAULT_HELO = "smtpchecker.keepalived.org";

/** The longest line that is waited for, with its end, as keepalived; RFC 5321 §4.5.3.1.5 allows one byte more. */
const LONGEST_LINE = 511;
const NEWLINE = 10;

const WORDS: Record<ConnectionFault, string> = {
  "connect-failed": "Could not connect to",
  "connect-timeout": "Connection timeout to",
  "handshake-failed": "Could not connect to",
  "read-timeout": "Read timeout from",
  "read-error": "Read failure from",
};

/** A step of the conversation: what the reply must be like, what it is called when it is not, and what is said next. */
interface Stage {
  readonly reply: RegExp;
  readonly complaint: string;
  readonly next?: string;
}

/**
 * SMTP_CHECK: greeting, HELO and QUIT (RFC 5321 §3.1, §4.1.1). As keepalived it wants single replies whose code a space
 * follows, and any reply to QUIT will do. A NUL is the end of what it hears, so that the line never ends.
 */
class SmtpProbe extends SingleExchange {
  override readonly retriesAtFirst = true;
  override readonly reportsFirstFailure = false;
  readonly success: string;
  private readonly peer: string;
  private readonly stages: readonly Stage[];
  private stage = 0;
  private line = "";

  constructor(service: string, { address, port }: CheckTarget, helo: string) {
    super();
    this.peer = `server [${address}]:${port}`;
    this.success = `Remote SMTP server ${service} succeed on service.`;
    this.stages = [
      { reply: /^220(?: |$)/, complaint: "Bad greeting banner from", next: `HELO ${helo}\r\n` },
      { reply: /^250(?: |$)/, complaint: "Bad HELO response from", next: "QUIT\r\n" },
      { reply: /^/, complaint: "" },
    ];
  }

  connected(): ProbeStep {
    this.stage = 0;
    this.line = "";
    return { type: "more" };
  }

  override data(bytes: Uint8Array): ProbeStep {
    for (const byte of bytes) {
      if (byte === NEWLINE && !this.line.includes("\0")) return this.replied();
      if (this.line.length >= LONGEST_LINE) return this.failing("Buffer overflow reading from");
      this.line += String.fromCharCode(byte);
    }
    return { type: "more" };
  }

  override ended(): ProbeStep {
    return this.failing(WORDS["read-error"]);
  }

  fault(fault: ConnectionFault): ProbeStep {
    return this.failing(WORDS[fault]);
  }

  failure(message: string): string {
    return message;
  }

  /** What follows the line in the same packet is more than was asked for, and dropped. */
  private replied(): ProbeStep {
    const { line } = this;
    const stage = this.stages[this.stage];
    this.line = "";
    this.stage += 1;
    if (stage === undefined || !stage.reply.test(line)) return this.failing(stage?.complaint ?? "");
    if (stage.next === undefined) return { type: "passed" };
    return { type: "more", send: new TextEncoder().encode(stage.next) };
  }

  private failing(words: string): ProbeStep {
    return { type: "failed", message: `SMTP_CHECK ${words} ${this.peer}` };
  }
}

/** A checker that greets a mail server each try. */
export function createSmtpCheck(
  target: CheckTarget,
  timing: CheckTiming,
  helo: string,
  options: CheckOptions,
): Checker {
  return new CheckLoop(new SmtpProbe(options.service, target, helo), target, timing, options);
}
