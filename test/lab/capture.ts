/** Packets on a switch, recorded by dumpcap and decoded by tshark: a judge that shares no code with us. */
import type { Lab, Switch } from "./netns.ts";
import { eventually, execute, isIdle, type LabProcess } from "./process.ts";

/** One VRRP advert as tshark reads it. */
export interface CapturedAdvert {
  /** Kernel receive time at the switch, microseconds since the epoch. */
  readonly at: number;
  readonly source: string;
  readonly destination: string;
  /** IP time to live; 255 or the receiver drops the packet. */
  readonly ttl: number;
  readonly version: number;
  readonly vrid: number;
  readonly priority: number;
  /** Microseconds, from seconds (version 2) or centiseconds (version 3). */
  readonly interval: number;
  readonly addresses: readonly string[];
  /** Version 2: 0 none, 1 simple password, 2 IPsec header. */
  readonly authType: number | undefined;
  readonly password: string | undefined;
  /** tshark's own verdict on the VRRP checksum and on the IP header's. */
  readonly checksumsGood: boolean;
  readonly sourceMac: string;
}

/** One ARP packet; a gratuitous one has sender and target address equal. */
export interface CapturedArp {
  readonly at: number;
  readonly request: boolean;
  readonly senderMac: string;
  readonly sender: string;
  readonly target: string;
  /** Destination of the Ethernet frame. */
  readonly destinationMac: string;
}

/** Decodes the packets of a file that match a display filter: one row per packet, one string per field. */
function tsharkFields<F extends string>(
  file: string,
  filter: string,
  fields: readonly F[],
): Record<F, string>[] {
  const text = execute([
    ...["tshark", "-n", "-r", file, "-Y", filter, "-o", "ip.check_checksum:TRUE", "-T", "fields"],
    ...["-E", "separator=/t", "-E", "aggregator=,", ...fields.flatMap((field) => ["-e", field])],
  ]);
  const rows = text.split("\n").filter((line) => line !== "");
  return rows.map((row) => {
    const cells = row.split("\t");
    const pairs = fields.map((field, index) => [field, cells[index] ?? ""]);
    return Object.fromEntries(pairs) as Record<F, string>; // every field has just been set
  });
}

/** `frame.time_epoch`, seconds with nine decimals, to microseconds; a float could not hold it. */
function microseconds(epoch: string): number {
  const [seconds = "0", fraction = ""] = epoch.split(".");
  return Number(seconds) * 1_000_000 + Number(fraction.padEnd(6, "0").slice(0, 6));
}

const ADVERT_FIELDS = [
  ...["frame.time_epoch", "eth.src", "ip.src", "ip.dst", "ip.ttl", "ip.checksum.status", "vrrp.version"],
  ...["vrrp.virt_rtr_id", "vrrp.prio", "vrrp.adver_int", "vrrp.short_adver_int", "vrrp.ip_addr"],
  ...["vrrp.auth_type", "vrrp.auth_string", "vrrp.checksum.status"],
];

/** The VRRP adverts in a capture file, in order. */
export function decodeAdverts(file: string): CapturedAdvert[] {
  return tsharkFields(file, "vrrp && ip", ADVERT_FIELDS).map((row) => {
    const version = Number(row["vrrp.version"]);
    const authType = row["vrrp.auth_type"] ?? "";
    return {
      at: microseconds(row["frame.time_epoch"] ?? ""),
      source: row["ip.src"] ?? "",
      destination: row["ip.dst"] ?? "",
      ttl: Number(row["ip.ttl"]),
      version,
      vrid: Number(row["vrrp.virt_rtr_id"]),
      priority: Number(row["vrrp.prio"]),
      interval:
        version === 2
          ? Number(row["vrrp.adver_int"]) * 1_000_000
          : Number(row["vrrp.short_adver_int"]) * 10_000,
      addresses: (row["vrrp.ip_addr"] ?? "").split(",").filter((address) => address !== ""),
      authType: authType === "" ? undefined : Number(authType),
      password: row["vrrp.auth_string"] || undefined,
      checksumsGood: row["vrrp.checksum.status"] === "1" && row["ip.checksum.status"] === "1",
      sourceMac: row["eth.src"] ?? "",
    };
  });
}

const ARP_FIELDS = [
  ...["frame.time_epoch", "eth.dst", "arp.opcode", "arp.src.hw_mac"],
  ...["arp.src.proto_ipv4", "arp.dst.proto_ipv4"],
];

/** The ARP packets in a capture file, in order. */
export function decodeArp(file: string): CapturedArp[] {
  return tsharkFields(file, "arp", ARP_FIELDS).map((row) => ({
    at: microseconds(row["frame.time_epoch"] ?? ""),
    request: row["arp.opcode"] === "1",
    senderMac: row["arp.src.hw_mac"] ?? "",
    sender: row["arp.src.proto_ipv4"] ?? "",
    target: row["arp.dst.proto_ipv4"] ?? "",
    destinationMac: row["eth.dst"] ?? "",
  }));
}

let captures = 0;

/** A running recording of what passes a switch. */
export class Capture {
  readonly file: string;
  readonly #process: LabProcess;

  private constructor(file: string, process: LabProcess) {
    this.file = file;
    this.#process = process;
  }

  /** Starts recording VRRP and ARP, or what the libpcap `filter` selects; resolves once packets are seen. */
  static async start(lab: Lab, at: Switch, filter = "ip proto 112 or arp"): Promise<Capture> {
    captures += 1;
    const file = lab.path(`capture-${captures}.pcap`);
    const dumpcap = ["dumpcap", "-P", "-i", at.bridge, "-f", filter, "-w", file];
    const capture = new Capture(file, at.spawn(dumpcap));
    await capture.#process.waitFor(/^File:/, 20_000);
    return capture;
  }

  /** Waits until it has recorded so many packets. */
  async recorded(count: number): Promise<void> {
    const counts = () =>
      this.#process.lines.map(({ text }) => Number(/^Packets: (\d+)/.exec(text)?.[1] ?? 0));
    await eventually(`${count} packets`, () => Math.max(0, ...counts()) >= count, 20_000);
  }

  /** Ends the recording; its file is complete afterwards. */
  async stop(): Promise<void> {
    if (!this.#process.running) return;
    // The kernel hands packets over in blocks, the last of them a while after it began.
    await new Promise((resolve) => setTimeout(resolve, 400));
    await eventually("the packets are recorded", () => isIdle(this.#process.pid), 20_000);
    this.#process.signal("SIGINT");
    await this.#process.exited;
  }
}
