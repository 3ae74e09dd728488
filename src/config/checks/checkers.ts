import type { RealServer } from "../config.ts";
import { type Check, keepItems, type Open, type OpenConfig, originOfKeyword } from "../open.ts";

function* realServers(config: OpenConfig): Generator<Open<RealServer>> {
  for (const { real_server: servers } of config.virtual_server) yield* servers;
}

/** Where each of some named blocks is defined. */
function places(blocks: readonly { readonly name: string; readonly $: { readonly at: number } }[]) {
  return new Map(blocks.map(({ name, $ }) => [name, $.at] as const));
}

/** Why a name means nothing: keepalived knows only what it has read before. */
function unknownName(what: string, name: string, definedAt: number | undefined): string {
  return definedAt === undefined
    ? `${what} ${name} is not defined; this checker is left out`
    : `${what} ${name} is defined only further down; this checker is left out`;
}

/** `unknown-bfd`, `unknown-track-file`: what BFD_CHECK and FILE_CHECK name is defined before them. */
export const checkerReferences: Check = (config, report) => {
  const sessions = places(config.bfd_instance);
  const files = places(config.track_file);
  for (const real of realServers(config)) {
    keepItems(real, "BFD_CHECK", (checker) => {
      const at = sessions.get(checker.name);
      if (at !== undefined && at < checker.$.at) return true;
      const summary = unknownName("bfd_instance", checker.name, at);
      report({ code: "unknown-bfd", summary }, originOfKeyword(checker, "name"));
      return false;
    });
    keepItems(real, "FILE_CHECK", (checker) => {
      const at = files.get(checker.track_file);
      if (at !== undefined && at < checker.$.at) return true;
      const summary = unknownName("track_file", checker.track_file, at);
      report({ code: "unknown-track-file", summary }, originOfKeyword(checker, "track_file"));
      return false;
    });
  }
};

/** `impossible-reply`: an answer cannot be at least as long as it is and shorter. */
export const replyLengths: Check = (config, report) => {
  for (const real of realServers(config)) {
    for (const checker of real.UDP_CHECK) {
      const { require_reply: reply, min_reply_length: least, max_reply_length: most } = checker;
      if (reply === undefined || least <= most) continue;
      report(
        {
          code: "impossible-reply",
          severity: "warning",
          summary: `no answer has at least ${least} and at most ${most} bytes: this check always fails`,
        },
        originOfKeyword(checker, "min_reply_length"),
      );
    }
  }
};

/** A checker's first check is delayed by up to its interval, unless it says otherwise; so are the tries of DNS_CHECK. */
export const checkerTimes: Check = (config) => {
  for (const real of realServers(config)) {
    const hosts = real.SMTP_CHECK.flatMap(({ host }) => host);
    for (const checker of [
      ...real.TCP_CHECK,
      ...real.HTTP_GET,
      ...real.SSL_GET,
      ...real.SMTP_CHECK,
      ...hosts,
      ...real.DNS_CHECK,
      ...real.UDP_CHECK,
      ...real.PING_CHECK,
      ...real.MISC_CHECK,
    ])
      checker.warmup ??= checker.delay_loop;
    for (const checker of real.DNS_CHECK) checker.delay_before_retry ??= checker.delay_loop;
    for (const checker of real.MISC_CHECK) checker.misc_timeout ??= checker.delay_loop;
  }
};
