import { readFileSync } from "node:fs";
import { eventually, type LabProcess } from "./process.ts";

/** What /proc/net says of a socket that waits for anybody. */
const WAITING = { tcp: "0A", udp: "07" } as const;

function isListening(pid: number, transport: "tcp" | "udp", port: number): boolean {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return [transport, `${transport}6`].some((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .some(([, local = "", , state]) => local.endsWith(suffix) && state === WAITING[transport]),
  );
}

/** Resolves when the port is listened on in the process's namespace; throws when the process ends before. */
export async function untilListening(
  process: LabProcess,
  transport: "tcp" | "udp",
  port: number,
): Promise<void> {
  await eventually(
    `${transport} port ${port} is listened on`,
    () => {
      if (!process.running) throw new Error(`ended before it listened on ${port}\n${process.log}`);
      return isListening(process.pid, transport, port);
    },
    30_000,
  );
}
