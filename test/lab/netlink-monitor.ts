/** What the kernel tells about addresses, links and routes of a host, by iproute2's own monitor. */
import type { Host } from "./netns.ts";
import { eventually, type LabProcess } from "./process.ts";

/** An address of RFC 5737 that no lab uses otherwise. */
const MARKER = "203.0.113.254/32";

/** A running `ip -o monitor address link route`. */
export class NetlinkMonitor {
  readonly #host: Host;
  readonly #process: LabProcess;
  readonly #from: number;

  private constructor(host: Host, process: LabProcess, from: number) {
    this.#host = host;
    this.#process = process;
    this.#from = from;
  }

  /** Resolves once it is known to listen: a marker came and went on the loopback interface. */
  static async start(host: Host): Promise<NetlinkMonitor> {
    const monitor = host.spawn(["ip", "-o", "monitor", "address", "link", "route"]);
    await NetlinkMonitor.#mark(host, monitor);
    return new NetlinkMonitor(host, monitor, monitor.mark());
  }

  /** Has a marker come and go; resolves when that was told, and so everything before it. */
  static async #mark(host: Host, monitor: LabProcess): Promise<void> {
    const from = monitor.mark();
    const shows = (deleted: boolean) => () =>
      monitor.lines
        .slice(from)
        .some(({ text }) => text.includes(MARKER) && text.includes("Deleted") === deleted);
    await eventually(
      "ip monitor listens",
      () => {
        host.exec("ip", "addr", "replace", MARKER, "dev", "lo");
        return shows(false)();
      },
      20_000,
    );
    host.exec("ip", "addr", "del", MARKER, "dev", "lo");
    await eventually("the end of the marker", shows(true), 20_000);
  }

  /** Ends it; the events between its start and now, a line each, without the marker's. */
  async stop(): Promise<string[]> {
    await NetlinkMonitor.#mark(this.#host, this.#process);
    await this.#process.stop();
    const [marker = ""] = MARKER.split("/");
    return this.#process.lines
      .slice(this.#from)
      .map(({ text }) => text)
      .filter((text) => !text.includes(marker));
  }
}
