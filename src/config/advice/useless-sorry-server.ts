import { isChecked } from "../checkers-of.ts";
import type { RealServer, VirtualServer } from "../config.ts";
import { type Check, type Open, originOfKeyword } from "../open.ts";

/** Whether a checker can change its weight. */
function isVariable(real: Open<RealServer>): boolean {
  return real.FILE_CHECK.length > 0 || real.MISC_CHECK.some((check) => check.misc_dynamic);
}

/** Whether the quorum stands by the servers that nothing checks. */
function neverLost({ real_server: servers, quorum, hysteresis, alpha }: Open<VirtualServer>): boolean {
  if (alpha || servers.some(({ alpha: down }) => down)) return false;
  const certain = servers.reduce((sum, real) => (isChecked(real) ? sum : sum + real.weight), 0);
  return certain >= quorum + hysteresis;
}

/** The server of the pool that the sorry server is, when the quorum can be lost only while that is down. */
function downWhenNeeded({
  real_server: servers,
  sorry_server: sorry,
  quorum,
  hysteresis,
}: Open<VirtualServer>): Open<RealServer> | undefined {
  return servers.find(
    (real) =>
      real.server.address === sorry?.address &&
      real.server.port === sorry.port &&
      isChecked(real) &&
      !isVariable(real) &&
      real.weight >= quorum - hysteresis,
  );
}

/** `useless-sorry-server`: a sorry server that is down whenever it is needed, or that never is. */
export const uselessSorryServer: Check = (config, report) => {
  for (const server of config.virtual_server) {
    const { sorry_server: sorry } = server;
    if (!sorry) continue;
    const origin = originOfKeyword(server, "sorry_server");
    const real = downWhenNeeded(server);
    if (real) {
      report(
        {
          code: "useless-sorry-server",
          severity: "warning",
          summary: `sorry_server ${sorry.address} is a real server of the same pool, and down whenever it is needed`,
          detail: "It gets the connections when the quorum is lost, which it is not while this server is up.",
        },
        origin,
        [{ origin: real.$.at, message: "the real server" }],
      );
    } else if (neverLost(server)) {
      report(
        {
          code: "useless-sorry-server",
          severity: "warning",
          summary: `sorry_server ${sorry.address} never gets a connection: the quorum cannot be lost`,
          detail:
            "Real servers without checker always count as up, and those alone make the quorum. Give them a checker, such as TCP_CHECK.",
        },
        origin,
        [
          {
            origin: server.real_server.find((each) => !isChecked(each))?.$.at ?? 0,
            message: "nothing checks it",
          },
        ],
      );
    }
  }
};
