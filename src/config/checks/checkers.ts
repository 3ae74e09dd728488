import { familyOf } from "../../values/ip.ts";
import { connectingCheckers, ownCheckers } from "../checkers-of.ts";
import type { RealServer } from "../config.ts";
import type { ReportFault } from "../faults.ts";
import {
  type Check,
  forgetOrigin,
  keepItems,
  type Open,
  type OpenConfig,
  originOfKeyword,
  writtenAt,
} from "../open.ts";
import { onceOnly } from "./tracking.ts";

function realServers(config: OpenConfig): readonly Open<RealServer>[] {
  const all: Open<RealServer>[] = [];
  for (const { real_server: servers } of config.virtual_server) for (const real of servers) all.push(real);
  return all;
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

/**
 * `unknown-bfd`, `unknown-track-file`, `duplicate-tracking`: what BFD_CHECK and FILE_CHECK name is defined before them. A
 * FILE_CHECK without weight has that of its file.
 */
export const checkerReferences: Check = (config, report) => {
  // Its checkers' process does not know those that report to VRRP only.
  const sessions = places(config.bfd_instance.filter(({ vrrp, checker }) => checker || !vrrp));
  const files = places(config.track_file);
  const weights = new Map(config.track_file.map(({ name, weight }) => [name, weight]));
  for (const real of realServers(config)) {
    if (real.BFD_CHECK.length + real.FILE_CHECK.length === 0) continue;
    ownCheckers(real);
    const seen = new Map<string, number>();
    keepItems(real, "BFD_CHECK", (checker) => {
      const at = sessions.get(checker.name);
      const origin = originOfKeyword(checker, "name");
      if (at !== undefined && at < checker.$.at)
        return onceOnly(seen, checker.name, "this real_server", origin, report);
      const summary = unknownName("bfd_instance", checker.name, at);
      report({ code: "unknown-bfd", summary }, origin);
      return false;
    });
    keepItems(real, "FILE_CHECK", (checker) => {
      const at = files.get(checker.track_file);
      if (at !== undefined && at < checker.$.at) {
        checker.weight ??= weights.get(checker.track_file);
        return true;
      }
      const summary = unknownName("track_file", checker.track_file, at);
      report({ code: "unknown-track-file", summary }, originOfKeyword(checker, "track_file"));
      return false;
    });
  }
};

type Connecting = ReturnType<typeof connectingCheckers>[number];

/** Forgets an address of the other family than the one that was written before it, or than that of the server. */
function oneFamily(checker: Connecting, server: string | undefined, report: ReportFault): void {
  const { bindto: source, connect_ip: target } = checker;
  if (source === undefined) return;
  const targetFirst = target !== undefined && writtenAt(checker, "connect_ip") < writtenAt(checker, "bindto");
  const forget = (keyword: "bindto" | "connect_ip", address: string, other: string): void => {
    report(
      {
        code: "mixed-families",
        summary: `${keyword} ${address} is ignored: ${other} is of the other family`,
      },
      originOfKeyword(checker, keyword),
    );
    checker[keyword] = undefined;
    forgetOrigin(checker, keyword);
  };
  const before = targetFirst ? target : server;
  if (before !== undefined && familyOf(source) !== familyOf(before)) forget("bindto", source, before);
  else if (target !== undefined && familyOf(source) !== familyOf(target))
    forget("connect_ip", target, source);
}

const LINK_LOCAL = /^fe[89ab]/;

/** Whether the address that a checker connects to is one that each link has, and it names none. */
function lacksLink({ connect_ip: target = "", bind_if: link }: Connecting, server: string): boolean {
  const address = target === "" ? server : target;
  return link === undefined && address.startsWith("fe") && LINK_LOCAL.test(address);
}

/** Whether checkers may have to be repaired: nearly none have. */
function areDoubtful(checkers: readonly Connecting[], server: string): boolean {
  for (const checker of checkers) if (checker.bindto !== undefined || lacksLink(checker, server)) return true;
  return false;
}

/** `mixed-families`, `missing-scope`: what a checker connects to, and from. */
export const checkerAddresses: Check = (config, report) => {
  for (const real of realServers(config)) {
    const { address: server } = real.server;
    if (!areDoubtful(connectingCheckers(real, "with hosts"), server)) continue;
    ownCheckers(real);
    for (const checker of connectingCheckers(real, "with hosts")) {
      // SMTP_CHECK itself is where hosts without addresses of their own go; only those know the server.
      const isFallback = real.SMTP_CHECK.some(({ $ }) => $ === checker.$);
      oneFamily(checker, isFallback ? undefined : server, report);
      if (!lacksLink(checker, server)) continue;
      const target = checker.connect_ip ?? server;
      const { at, end } = checker.$;
      report(
        {
          code: "missing-scope",
          severity: "warning",
          summary: `${target} is link local, and the checker names no bind_if`,
          detail: "A link local address is on each link: write bind_if and the interface to leave by.",
        },
        at,
        end === undefined ? [] : [{ origin: end, message: "the block ends here" }],
      );
    }
  }
};

/** `impossible-reply`: an answer cannot be at least as long as it is and shorter. */
export const replyLengths: Check = (config, report) => {
  for (const real of realServers(config)) {
    for (const checker of real.UDP_CHECK) {
      const { min_reply_length: least, max_reply_length: most } = checker;
      if (least <= most) continue;
      report(
        {
          code: "impossible-reply",
          severity: "warning",
          summary: `no answer has at least ${least} and at most ${most} bytes: this check always fails`,
        },
        originOfKeyword(checker, "min_reply_length") + (real.$.shift ?? 0),
      );
    }
  }
};

/** A checker's first check is delayed by up to its interval, unless it says otherwise; so are the tries of DNS_CHECK. */
export const checkerTimes: Check = (config) => {
  let done: readonly Connecting[] = []; // servers share their checkers with those before
  for (const real of realServers(config)) {
    const connecting = connectingCheckers(real, "with hosts");
    if (connecting !== done) for (const checker of connecting) checker.warmup ??= checker.delay_loop;
    done = connecting;
    for (const checker of real.DNS_CHECK) checker.delay_before_retry ??= checker.delay_loop;
    for (const checker of real.MISC_CHECK) {
      checker.warmup ??= checker.delay_loop;
      checker.misc_timeout ??= checker.delay_loop;
    }
  }
};
