import { ERRNO } from "../../wire/errno.ts";
import {
  firewallMessage,
  NFNL_MSG_BATCH_BEGIN,
  NFNL_MSG_BATCH_END,
  NFT_MSG_GETSETELEM,
  NFT_MSG_GETTABLE,
  readElements,
  readTable,
  writeBatchEdge,
  writeElementDump,
  writeFirewallCommand,
  writeTableDump,
} from "../../wire/nftables.ts";
import type {
  FirewallCommand,
  FirewallElement,
  FirewallFamily,
  FirewallTable,
} from "../../wire/nftables-types.ts";
import { kernelError } from "../errors.ts";
import type { FirewallPort } from "../ports.ts";
import type { NetlinkSocket, TransactionPart } from "./netlink-socket.ts";

const FAMILIES: readonly FirewallFamily[] = ["ip", "ip6"];

/** nf_tables over nfnetlink. */
export class LinuxFirewall implements FirewallPort {
  readonly #netfilter: () => NetlinkSocket;

  constructor(netfilter: () => NetlinkSocket) {
    this.#netfilter = netfilter;
  }

  apply(commands: readonly FirewallCommand[]): void {
    if (commands.length === 0) return;
    const parts: TransactionPart[] = commands.map((command, index) => ({
      ...firewallMessage(command),
      write: (writer) => writeFirewallCommand(writer, command, index + 1),
    }));
    this.#netfilter().transaction("change the firewall", [
      { type: NFNL_MSG_BATCH_BEGIN, flags: 0, write: writeBatchEdge },
      ...parts,
      { type: NFNL_MSG_BATCH_END, flags: 0, write: writeBatchEdge },
    ]);
  }

  tables(): FirewallTable[] {
    return FAMILIES.flatMap((family) =>
      this.#netfilter().dump(
        "list tables",
        NFT_MSG_GETTABLE,
        (writer) => writeTableDump(writer, family),
        ({ payload }) => readTable(payload),
      ),
    );
  }

  elements(table: FirewallTable, set: string): FirewallElement[] {
    const known = this.tables().some(({ family, name }) => family === table.family && name === table.name);
    if (!known) throw kernelError(`list ${set}`, ERRNO.ENOENT);
    return this.#netfilter()
      .dump(
        `list ${set}`,
        NFT_MSG_GETSETELEM,
        (writer) => writeElementDump(writer, table, set),
        ({ payload }) => readElements(payload),
      )
      .flat();
  }
}
