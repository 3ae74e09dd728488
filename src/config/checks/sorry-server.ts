import { type Check, forgetOrigin, writtenAt } from "../open.ts";

/** `ignored-keyword`: options of a sorry server count when they stand below it. */
export const sorryServerOptions: Check = (config, report) => {
  for (const server of config.virtual_server) {
    const sorry = writtenAt(server, "sorry_server");
    for (const keyword of ["sorry_server_inhibit", "sorry_server_lvs_method"] as const) {
      const at = writtenAt(server, keyword);
      if (at === 0 || (sorry !== 0 && sorry < at)) continue;
      report(
        {
          code: "ignored-keyword",
          severity: "warning",
          summary: `${keyword} is ignored: ${sorry === 0 ? "there is no sorry_server" : "it has to stand below sorry_server"}`,
        },
        at,
        sorry === 0 ? [] : [{ origin: sorry, message: "the sorry_server" }],
      );
      if (keyword === "sorry_server_inhibit") server.sorry_server_inhibit = false;
      else server.sorry_server_lvs_method = undefined;
      forgetOrigin(server, keyword);
    }
  }
};
