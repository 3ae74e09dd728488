import { integer, oneOf, wholeSeconds } from "./kinds.ts";
import { wanted } from "./kinds-options.ts";
import { hmacKey } from "./kinds-vrrp.ts";
import { defineBlock, leaf, repeated } from "./row.ts";

/** `auth_hmac`: keepalived's signature behind adverts. */
export const authHmac = defineBlock({
  keyword: "auth_hmac",
  header: {},
  rows: {
    key: repeated(wanted(hmacKey), {
      doc: "A key and its id: 32 to 64 bytes as text, after hex:, or in the file named after file:.",
      since: "0.5.3",
      secret: true,
    }),
    active_key: leaf(integer(1, 255), {
      doc: "Id of the key that adverts are signed with.",
      since: "2.4.0",
    }),
    anti_replay: leaf(oneOf("time", "monotonic"), {
      default: "time",
      doc: "What makes an advert too old: its time, or a number that did not grow.",
      since: "2.4.0",
    }),
    time_window: leaf(wholeSeconds(1, 300), {
      doc: "How far clocks may differ; 3 × advert_int by default, and at least 5.",
      since: "2.4.0",
    }),
    mode: leaf(oneOf("enforce", "permissive", "receive-only"), {
      default: "enforce",
      doc: "Whether adverts without signature are taken, and own ones signed.",
      since: "2.4.0",
    }),
  },
});
