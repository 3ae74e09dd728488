import { interfaceName, seconds } from "./kinds.ts";
import { type BlockOf, defineBlock, leaf, list } from "./row.ts";

/** Longest gap between packets, in seconds. */
const LONGEST = 4_294;

/** `garp_group`: interfaces that share a gap between gratuitous ARPs. */
export const garpGroup = defineBlock({
  keyword: "garp_group",
  header: {},
  identity: (group) => [group.interface ?? [], ...group.interfaces].flat().join(","),
  rows: {
    garp_interval: leaf(seconds(0, LONGEST), { doc: "Gap between gratuitous ARPs.", since: "1.2.21" }),
    gna_interval: leaf(seconds(0, LONGEST), {
      doc: "Gap between unsolicited neighbour advertisements.",
      since: "1.2.21",
    }),
    interface: leaf(interfaceName, { doc: "The one interface.", since: "0.5.3" }),
    interfaces: list(interfaceName, { nonEmpty: true, doc: "The interfaces.", since: "1.2.21" }),
  },
});

export type GarpGroup = BlockOf<typeof garpGroup>;
