import { globalFileRows } from "./global-files.ts";
import { globalLvsRows } from "./global-lvs.ts";
import { globalMailRows } from "./global-mail.ts";
import { globalProcessRows } from "./global-process.ts";
import { globalSnmpRows } from "./global-snmp.ts";
import { globalVrrpRows } from "./global-vrrp.ts";
import { word } from "./kinds.ts";
import { wanted } from "./kinds-options.ts";
import { userGroup } from "./kinds-script.ts";
import { type BlockOf, defineBlock, flag, leaf } from "./row.ts";
import { misplacedRows } from "./top-level.ts";

/** `global_defs`: what holds for the whole daemon, and the defaults of instances and servers. */
export const globalDefs = defineBlock({
  keyword: "global_defs",
  header: {},
  rows: {
    router_id: leaf(wanted(word), {
      doc: "Name of this router in alerts; the host name by default.",
      since: "1.1.8",
    }),
    script_user: leaf(wanted(userGroup), { doc: "User, and group, that scripts run as.", since: "1.3.0" }),
    enable_script_security: flag({
      bare: true,
      doc: "Do not run scripts that somebody other than root can change.",
      since: "1.3.0",
    }),
    ...globalVrrpRows,
    ...globalMailRows,
    ...globalLvsRows,
    ...globalProcessRows,
    ...globalFileRows,
    ...globalSnmpRows,
    ...misplacedRows,
  },
});

export type GlobalDefs = BlockOf<typeof globalDefs>;
