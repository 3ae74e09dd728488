import type { Effects } from "./keyword-effects.ts";

/**
 * Where the effect of each keyword of virtual servers is observed: in IPVS, on the wire, in a script, FIFO or mail.
 * File below test/, title as the file has it, keywords by path.
 */
export const LVS_KEYWORD_EFFECTS: Effects = {
  "ipvs/namespaces.test.ts": {
    "has the table in %s, and checks in its own": ["net_namespace_ipvs"],
  },
};
