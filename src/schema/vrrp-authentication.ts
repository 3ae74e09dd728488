import { oneOf, oneText } from "./kinds.ts";
import { defineBlock, leaf } from "./row.ts";

/** Length of the authentication data of VRRPv2 (RFC 2338 §5.3.10). */
const LONGEST_PASSWORD = 8;

/** A password; only what fits into an advert counts. */
const password = oneText("word of up to 8 characters", (text, complain, at) => {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= LONGEST_PASSWORD) return text;
  complain(
    {
      code: "password-truncated",
      severity: "warning",
      summary: "only the first 8 characters of auth_pass are used",
      detail: "An advert has no room for more. Shorten the password on all routers.",
    },
    at,
  );
  return new TextDecoder().decode(bytes.subarray(0, LONGEST_PASSWORD)).replace(/\uFFFD+$/, "");
});

/** `authentication`: what RFC 2338 had and later versions have not. */
export const authentication = defineBlock({
  keyword: "authentication",
  header: {},
  rows: {
    auth_type: leaf(oneOf("PASS", "AH", "none"), {
      default: "none",
      doc: "How VRRPv2 adverts are authenticated.",
      since: "0.5.3",
      onChange: "restart",
    }),
    auth_pass: leaf(password, {
      doc: "Password; only the first 8 characters count.",
      since: "0.5.3",
      secret: true,
      onChange: "restart",
    }),
  },
});
