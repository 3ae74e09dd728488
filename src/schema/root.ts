import { bfdInstance } from "./bfd.ts";
import { garpGroup } from "./garp-group.ts";
import { globalDefs } from "./global-defs.ts";
import { type BlockOf, block, blocks, defineBlock } from "./row.ts";
import { ssl } from "./ssl.ts";
import { staticRows } from "./static.ts";
import { topLevelRows } from "./top-level.ts";
import { trackFile, trackGroup, trackProcess } from "./track.ts";
import { virtualServer } from "./virtual-server.ts";
import { virtualServerGroup } from "./virtual-server-group.ts";
import { vrrpInstance, vrrpScript, vrrpSyncGroup } from "./vrrp.ts";

/** The whole file: the keywords that may stand outside every block. */
export const root = defineBlock({
  keyword: "",
  header: {},
  rows: {
    ...topLevelRows,
    global_defs: block(globalDefs, { doc: "What holds for the whole daemon.", since: "0.5.3" }),
    ...staticRows,
    track_group: blocks(trackGroup, {
      doc: "Instances that static addresses, routes and rules are tracked for.",
      since: "2.0.3",
    }),
    track_file: blocks(trackFile, {
      doc: "A file whose number counts.",
      since: "2.0.0",
    }),
    vrrp_track_file: blocks(trackFile, {
      doc: "A file whose number counts.",
      since: "2.0.0",
      replacedBy: "track_file",
      synonym: true,
    }),
    vrrp_track_process: blocks(trackProcess, {
      doc: "A program that has to run.",
      since: "2.0.11",
    }),
    bfd_instance: blocks(bfdInstance, {
      doc: "A session that tells whether a neighbour is reached.",
      since: "2.0.0",
      compiledOnly: true,
    }),
    garp_group: blocks(garpGroup, {
      doc: "Interfaces that share a gap between gratuitous ARPs.",
      since: "1.2.21",
    }),
    vrrp_script: blocks(vrrpScript, { doc: "A command whose result counts in elections.", since: "1.1.13" }),
    vrrp_sync_group: blocks(vrrpSyncGroup, { doc: "Instances that change state together.", since: "0.6.1" }),
    vrrp_instance: blocks(vrrpInstance, { doc: "A virtual router.", since: "0.5.3" }),
    SSL: block(ssl, {
      doc: "Certificates of SSL_GET.",
      since: "0.5.3",
    }),
    virtual_server_group: blocks(virtualServerGroup, {
      doc: "Addresses and marks that are served alike.",
      since: "1.0.2",
    }),
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
