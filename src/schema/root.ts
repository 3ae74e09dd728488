import { globalDefs } from "./global-defs.ts";
import { type BlockOf, block, blocks, defineBlock } from "./row.ts";
import { virtualServer } from "./virtual-server.ts";
import { vrrpInstance, vrrpScript, vrrpSyncGroup } from "./vrrp.ts";

/** The whole file: the keywords that may stand outside every block. */
export const root = defineBlock({
  keyword: "",
  header: {},
  rows: {
    global_defs: block(globalDefs, { doc: "What holds for the whole daemon.", since: "0.5.3" }),
    vrrp_script: blocks(vrrpScript, { doc: "A command whose result counts in elections.", since: "1.1.13" }),
    vrrp_sync_group: blocks(vrrpSyncGroup, { doc: "Instances that change state together.", since: "0.6.1" }),
    vrrp_instance: blocks(vrrpInstance, { doc: "A virtual router.", since: "0.5.3" }),
    virtual_server: blocks(virtualServer, { doc: "A service and the servers behind it.", since: "0.5.3" }),
  },
});

type Decoded = BlockOf<typeof root>;

/**
 * A compiled configuration: immutable plain data that survives structured clone. Every value is there, defaults and
 * inheritance resolved (`config.global_defs` too when the file has none); `$` tells which were written and where.
 */
export type Config = Omit<Decoded, "global_defs"> & {
  readonly global_defs: NonNullable<Decoded["global_defs"]>;
};
