import type { VirtualServer } from "../config.ts";
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

/** Persistence that keepalived gives a service of all ports. */
const DEFAULT_PERSISTENCE = 360;

/** The service as it stands in the text. */
function nameOf({ service }: Open<VirtualServer>): string {
  switch (service.type) {
    case "address":
      return service.port === 0 ? service.address : `${service.address} ${service.port}`;
    case "fwmark":
      return `fwmark ${service.fwmark}`;
    case "group":
      return `group ${service.group}`;
  }
}

/** Whether there is a mark among what a service is. */
function hasMark({ service }: Open<VirtualServer>, config: OpenConfig): boolean {
  if (service.type !== "group") return service.type === "fwmark";
  const group = config.virtual_server_group.find(({ name }) => name === service.group);
  return group?.entries.some(({ type }) => type === "fwmark") === true;
}

/** Whether a service is of marks only, which have no protocol. */
function isMarked({ service }: Open<VirtualServer>, config: OpenConfig): boolean {
  if (service.type !== "group") return service.type === "fwmark";
  const group = config.virtual_server_group.find(({ name }) => name === service.group);
  return group?.entries.every(({ type }) => type === "fwmark") === true;
}

/** `missing-protocol`, `ignored-protocol`: an address service needs one and gets UDP; a fwmark service has none. */
export const serviceProtocol: Check = (config, report) => {
  for (const server of config.virtual_server) {
    if (isMarked(server, config)) {
      if (server.protocol === undefined) continue;
      report(
        {
          code: "ignored-protocol",
          severity: "warning",
          summary: `protocol is ignored: virtual_server ${nameOf(server)} takes what carries the mark`,
        },
        originOfKeyword(server, "protocol"),
      );
      server.protocol = undefined;
      forgetOrigin(server, "protocol");
    } else if (server.protocol === undefined) {
      report(
        {
          code: "missing-protocol",
          severity: "warning",
          summary: `virtual_server ${nameOf(server)} has no protocol; UDP is used`,
          detail: "Write protocol TCP or protocol UDP.",
        },
        server.$.at,
      );
      server.protocol = "UDP";
    }
  }
};

/** `missing-scheduler`, `missing-method`: a service that names none has a default, of which keepalived warns. */
export const serviceDefaults: Check = (config, report) => {
  for (const server of config.virtual_server) {
    const missing = (code: string, keyword: "lb_algo" | "lb_kind", used: string): void => {
      if (writtenAt(server, keyword) !== 0) return;
      const summary = `virtual_server ${nameOf(server)} has no ${keyword}; ${used} is used`;
      report({ code, severity: "warning", summary, detail: `Write ${keyword} ${used}.` }, server.$.at);
    };
    missing("missing-scheduler", "lb_algo", server.lb_algo);
    const { sorry_server: sorry, sorry_server_lvs_method: sorryMethod } = server;
    const ownMethods = server.real_server.every((real) => writtenAt(real, "lvs_method") !== 0);
    if (!ownMethods || (sorry && !sorryMethod)) missing("missing-method", "lb_kind", server.lb_kind.method);
  }
};

/** `ignored-keyword`: nobody can tell which interface has the address of a mark. */
export const suspension: Check = (config, report) => {
  for (const server of config.virtual_server) {
    if (!server.ha_suspend || !hasMark(server, config)) continue;
    server.ha_suspend = false;
    const summary = "ha_suspend is ignored: a fwmark has no address that an interface could have";
    report({ code: "ignored-keyword", severity: "warning", summary }, originOfKeyword(server, "ha_suspend"));
    forgetOrigin(server, "ha_suspend");
  }
};

/** Whether a service has an address with all ports. */
function takesAllPorts({ service }: Open<VirtualServer>, config: OpenConfig): boolean {
  if (service.type === "address") return service.port === 0;
  if (service.type === "fwmark") return false;
  const group = config.virtual_server_group.find(({ name }) => name === service.group);
  return group?.entries.some((entry) => entry.type !== "fwmark" && entry.port === 0) === true;
}

/** `missing-port`: a service of all ports has to be persistent. */
export const zeroPort: Check = (config, report) => {
  for (const server of config.virtual_server) {
    if (server.persistence_timeout !== undefined || !takesAllPorts(server, config)) continue;
    server.persistence_timeout = DEFAULT_PERSISTENCE;
    if (server.persistence_granularity) continue; // which makes it persistent
    report(
      {
        code: "missing-port",
        severity: "warning",
        summary: `virtual_server ${nameOf(server)} has no port; it is made persistent`,
        detail: `Only a persistent service can take all ports: persistence_timeout is ${DEFAULT_PERSISTENCE} seconds.`,
      },
      server.$.at,
    );
  }
};

/** `ops-needs-udp`: ops is for UDP. */
export const onePacketScheduling: Check = (config, report) => {
  for (const server of config.virtual_server) {
    if (!server.ops || server.protocol === "UDP" || server.protocol === undefined) continue;
    server.ops = false;
    report(
      {
        code: "ops-needs-udp",
        severity: "warning",
        summary: `ops is ignored: one packet scheduling needs protocol UDP, not ${server.protocol}`,
      },
      originOfKeyword(server, "ops"),
    );
  }
};

function lowerQuorum(server: Open<VirtualServer>, report: ReportFault): void {
  const total = server.real_server.reduce((sum, { weight }) => sum + weight, 0);
  if (server.quorum <= total) return;
  report(
    {
      code: "unreachable-quorum",
      severity: "warning",
      summary:
        total === 0
          ? "the real servers have weight 0, all of them: the quorum cannot be reached"
          : `the quorum ${server.quorum} is more than all real servers weigh together; ${total} is used`,
    },
    originOfKeyword(server, "quorum"),
  );
  // keepalived makes it 0, and the hysteresis 4294967295: a service that is up with nothing behind it.
  if (total > 0) server.quorum = total;
}

/** `unreachable-quorum`, `hysteresis-too-large`: a quorum can be reached, and the hysteresis is less than it. */
export const quorumAndHysteresis: Check = (config, report) => {
  for (const server of config.virtual_server) {
    lowerQuorum(server, report);
    if (server.hysteresis < server.quorum) continue;
    report(
      {
        code: "hysteresis-too-large",
        severity: "warning",
        summary: `the hysteresis ${server.hysteresis} is not less than the quorum ${server.quorum}; ${server.quorum - 1} is used`,
      },
      originOfKeyword(server, "hysteresis"),
    );
    server.hysteresis = server.quorum - 1;
  }
};

/** `no-real-servers`: a virtual server without any is left out. */
export const withoutRealServers: Check = (config, report) => {
  keepItems(config, "virtual_server", (server) => {
    if (server.real_server.length > 0) return true;
    report(
      {
        code: "no-real-servers",
        severity: "warning",
        summary: `virtual_server ${nameOf(server)} has no real servers and is ignored`,
      },
      server.$.at,
    );
    return false;
  });
};
