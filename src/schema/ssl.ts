import { word } from "./kinds.ts";
import { wanted } from "./kinds-options.ts";
import { type BlockOf, defineBlock, leaf } from "./row.ts";

const text = wanted(word);
const facts = { since: "0.5.3" } as const;

/** `SSL`: the certificates of SSL_GET. Without any keyword the context is made up. */
export const ssl = defineBlock({
  keyword: "SSL",
  header: {},
  rows: {
    password: leaf(text, { ...facts, secret: true, doc: "Password of the key." }),
    ca: leaf(text, { ...facts, doc: "File of the authorities that are trusted." }),
    certificate: leaf(text, { ...facts, doc: "File of the certificate to show." }),
    key: leaf(text, { ...facts, doc: "File of its key." }),
  },
});

export type Ssl = BlockOf<typeof ssl>;
