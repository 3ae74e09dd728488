/** The first packet of a connection. */
export interface Connection {
  /** IPv4 address as a number. */
  readonly destination: number;
  /** Microseconds since the epoch. */
  readonly at: number;
}

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;
/** Ethernet header, and the destination in an IPv4 header. */
const DESTINATION = 14 + 16;

/** What a pcap file of SYN packets over Ethernet or loopback holds, in order. Throws for another format. */
export function connectionsOf(file: Buffer): Connection[] {
  const magic = file.readUInt32LE(0);
  if (magic !== MICROSECONDS && magic !== NANOSECONDS) throw new Error("not a pcap file");
  const unit = magic === NANOSECONDS ? 1000 : 1;
  const connections: Connection[] = [];
  for (let at = FILE_HEADER; at + RECORD_HEADER <= file.length; ) {
    const length = file.readUInt32LE(at + 8);
    const body = at + RECORD_HEADER;
    if (body + length > file.length) break;
    connections.push({
      destination: file.readUInt32BE(body + DESTINATION),
      at: file.readUInt32LE(at) * 1_000_000 + file.readUInt32LE(at + 4) / unit,
    });
    at = body + length;
  }
  return connections;
}
