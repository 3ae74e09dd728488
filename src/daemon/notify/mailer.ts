import { hostname } from "node:os";
import type { GlobalDefs } from "../../config/config.ts";
import type { Log } from "../log/log.ts";
import type { Alert } from "./outlets.ts";

/** Alerts that wait at most; what comes then is dropped. */
const MOST_WAITING = 500;
/** Mails under way at a time. */
const MOST_SENDING = 4;
/** Milliseconds that the last ones have when the daemon stops. */
const LAST_MAILS = 2_000;
const SMTP_PORT = 25;

/**
 * Sends alerts, in the parent, where nothing waits for it. nodemailer is loaded with the first one. Plain SMTP as with
 * keepalived; no password, no TLS.
 */
export class Mailer {
  readonly #log: Log;
  readonly #waiting: Alert[] = [];
  #global: GlobalDefs;
  #sending = 0;
  #dropped = 0;
  #whenIdle: (() => void)[] = [];

  constructor(log: Log, global: GlobalDefs) {
    this.#log = log;
    this.#global = global;
  }

  /** For the alerts that are sent from now on. */
  configure(global: GlobalDefs): void {
    this.#global = global;
  }

  send(alert: Alert): void {
    const { smtp_server, notification_email } = this.#global;
    if (smtp_server === undefined || notification_email.length === 0) return;
    if (this.#waiting.length >= MOST_WAITING) {
      if (this.#dropped === 0) this.#log.warn(`${MOST_WAITING} SMTP alerts are waiting: dropping others`);
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(alert);
    this.#next();
  }

  /** Waits a moment for what is under way; what waits longer is not sent. */
  async close(): Promise<void> {
    if (this.#sending === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      new Promise<void>((resolve) => this.#whenIdle.push(resolve)),
      new Promise((resolve) => {
        timer = setTimeout(resolve, LAST_MAILS);
      }),
    ]);
    clearTimeout(timer);
    this.#waiting.length = 0;
  }

  #next(): void {
    while (this.#sending < MOST_SENDING) {
      const alert = this.#waiting.shift();
      if (alert === undefined) break;
      this.#sending += 1;
      void this.#deliver(alert);
    }
    if (this.#sending > 0) return;
    if (this.#dropped > 0) this.#log.warn(`${this.#dropped} SMTP alerts were dropped`);
    this.#dropped = 0;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  async #deliver(alert: Alert): Promise<void> {
    try {
      await this.#mail(alert);
      this.#log.info("SMTP alert successfully sent.");
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#log.error(`SMTP alert "${alert.subject}" not sent: ${reason}`);
    }
    this.#sending -= 1;
    this.#next();
  }

  async #mail({ subject, body }: Alert): Promise<void> {
    const { smtp_server, smtp_connect_timeout, smtp_helo_name, notification_email, ...global } = this.#global;
    const milliseconds = Math.ceil(smtp_connect_timeout / 1_000);
    const { createTransport } = await import("nodemailer");
    const transport = createTransport({
      host: smtp_server?.host ?? "",
      port: smtp_server?.port ?? SMTP_PORT,
      name: smtp_helo_name ?? hostname(),
      ignoreTLS: true,
      connectionTimeout: milliseconds,
      greetingTimeout: milliseconds,
      socketTimeout: milliseconds,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    await transport.sendMail({
      from: global.notification_email_from ?? `keepalived@${hostname()}`,
      to: [...notification_email],
      subject: `[${global.router_id ?? hostname()}] ${subject}`,
      xMailer: "Holdfast",
      text: `${body}\n`,
    });
  }
}
