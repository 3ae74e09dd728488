import type { LinkbeatMethod, LinkbeatPort } from "../../kernel/ports.ts";
import type { Log } from "../log/log.ts";

/** Milliseconds between two looks at a link. */
const INTERVAL_MS = 1_000;
/** What is tried, in order, where the method that was asked for does not work. */
const METHODS: readonly LinkbeatMethod[] = ["MII", "ETHTOOL", "IOCTL"];

interface Polled {
  readonly preferred: LinkbeatMethod | undefined;
  method: LinkbeatMethod | undefined;
  up: boolean | undefined;
}

/** Interfaces whose link is asked for once a second, because their driver does not tell of it. */
export class Linkbeat {
  readonly #port: LinkbeatPort;
  readonly #log: Log;
  readonly #changed: (name: string) => void;
  #polled = new Map<string, Polled>();
  #timer: NodeJS.Timeout | undefined;

  /** `changed` is called when up() of an interface is another. */
  constructor(port: LinkbeatPort, log: Log, changed: (name: string) => void) {
    this.#port = port;
    this.#log = log;
    this.#changed = changed;
  }

  /** The interfaces to be polled, and by which method if one is wanted. */
  configure(wanted: ReadonlyMap<string, LinkbeatMethod | undefined>): void {
    const before = this.#polled;
    this.#polled = new Map();
    for (const [name, preferred] of wanted) {
      const known = before.get(name);
      const kept = known !== undefined && known.preferred === preferred;
      const polled = kept ? known : { preferred, method: undefined, up: undefined };
      this.#polled.set(name, polled);
      if (!kept) this.#look(name, polled);
    }
    if (this.#polled.size > 0) this.#timer ??= setInterval(() => this.#poll(), INTERVAL_MS);
    else this.close();
  }

  /** Whether the link is up; undefined for an interface that is not polled, or knows no method. */
  up(name: string): boolean | undefined {
    return this.#polled.get(name)?.up;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #poll(): void {
    for (const [name, polled] of this.#polled) {
      const before = polled.up;
      this.#look(name, polled);
      if (polled.up !== before) this.#changed(name);
    }
  }

  #look(name: string, polled: Polled): void {
    const { method } = polled;
    polled.up = method && this.#port.ask(name, method);
    if (polled.up === undefined) this.#findMethod(name, polled);
  }

  /** The interface is new, or its driver answers no more. */
  #findMethod(name: string, polled: Polled): void {
    const { preferred } = polled;
    polled.method = undefined;
    for (const method of preferred === undefined ? METHODS : [preferred, ...METHODS]) {
      polled.up = this.#port.ask(name, method);
      if (polled.up === undefined) continue;
      polled.method = method;
      if (preferred !== undefined && method !== preferred) {
        this.#log.warn(`(${name}): Configured linkbeat type ${preferred} not supported, using ${method}`);
      }
      return;
    }
  }
}
