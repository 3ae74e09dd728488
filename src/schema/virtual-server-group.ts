import { word } from "./kinds.ts";
import { groupEntry } from "./kinds-group.ts";
import { type BlockOf, defineBlock, list } from "./row.ts";

/** `virtual_server_group`: addresses, ranges of them and marks that virtual servers serve all in the same way. */
export const virtualServerGroup = defineBlock({
  keyword: "virtual_server_group",
  header: { name: word },
  identity: ({ name }) => name,
  rows: {
    entries: list(groupEntry, {
      anonymous: true,
      doc: "What belongs to the group, one entry a line.",
      since: "1.0.2",
    }),
  },
});

export type VirtualServerGroup = BlockOf<typeof virtualServerGroup>;
