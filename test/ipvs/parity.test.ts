/**
 * The same configuration and the same sequence of server health, under keepalived and under Holdfast, on a real IPVS:
 * `ipvsadm -Sn` has to say the same at every step, and nothing after stop.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOLDFAST } from "../lab/holdfast.ts";
import { HttpServer } from "../lab/http-server.ts";
import { KEEPALIVED } from "../lab/keepalived.ts";
import { type Host, Lab } from "../lab/netns.ts";
import { eventually } from "../lab/process.ts";
import { Router, type RouterProgram } from "../lab/router.ts";

const PROGRAMS = [KEEPALIVED, HOLDFAST];

const FAST = "delay_loop 1\n    warmup 0\n    retry 1\n    delay_before_retry 0.2\n    connect_timeout 1";

interface Scenario {
  readonly name: string;
  readonly config: string;
  /** How the table shows the server on 127.0.0.2 while it is in use, and while it has failed. */
  readonly up: RegExp;
  readonly down: RegExp;
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: "NAT with TCP checks, persistence and a fixed server",
    config: `virtual_server 10.1.0.1 80 {
    ${FAST}
    lb_algo wlc
    lb_kind NAT
    protocol TCP
    persistence_timeout 50
    persistence_granularity 255.255.255.0
    real_server 127.0.0.2 8080 {
        weight 3
        TCP_CHECK {
        }
    }
    real_server 127.0.0.3 8080 {
        uthreshold 100
        lthreshold 50
        TCP_CHECK {
            connect_port 8080
        }
    }
    real_server 127.0.0.9 8080 {
    }
}
`,
    up: /-r 127\.0\.0\.2:8080 -m -w 3/,
    down: /^(?![\s\S]*127\.0\.0\.2:8080)[\s\S]*127\.0\.0\.3:8080/,
  },
  {
    name: "DR with HTTP checks, inhibit_on_failure, and a quorum whose loss brings the sorry server",
    config: `virtual_server 10.1.0.2 8080 {
    ${FAST}
    lb_algo wrr
    lb_kind DR
    protocol TCP
    quorum 2
    sorry_server 127.0.0.9 8080
    real_server 127.0.0.2 8080 {
        weight 1
        HTTP_GET {
            url {
                path /
                status_code 200
            }
        }
    }
    real_server 127.0.0.3 8080 {
        weight 1
        HTTP_GET {
            url {
                path /
            }
        }
    }
}
virtual_server 10.1.0.3 8080 {
    ${FAST}
    lb_algo lc
    lb_kind DR
    protocol TCP
    inhibit_on_failure
    real_server 127.0.0.2 8080 {
        weight 7
        TCP_CHECK {
        }
    }
    real_server 127.0.0.3 8080 {
        weight 5
        TCP_CHECK {
        }
    }
}
`,
    up: /-r 127\.0\.0\.2:8080 -g -w 1[\s\S]*-r 127\.0\.0\.2:8080 -g -w 7/,
    down: /127\.0\.0\.9:8080[\s\S]*-r 127\.0\.0\.2:8080 -g -w 0/,
  },
  {
    name: "a fwmark service, one-packet UDP and tunnels",
    config: `virtual_server fwmark 9 {
    ${FAST}
    lb_algo sh
    lb_kind TUN
    protocol TCP
    real_server 127.0.0.2 8080 {
        weight 2
        TCP_CHECK {
            connect_port 8080
        }
    }
    real_server 127.0.0.3 8080 {
        TCP_CHECK {
            connect_port 8080
        }
    }
}
virtual_server 10.1.0.4 53 {
    ${FAST}
    lb_algo rr
    lb_kind NAT
    protocol UDP
    ops
    real_server 127.0.0.2 53 {
        TCP_CHECK {
            connect_port 8080
        }
    }
    real_server 127.0.0.3 53 {
    }
}
`,
    up: /-f 9 -r 127\.0\.0\.2:0 -i -w 2[\s\S]*-r 127\.0\.0\.2:53/,
    down: /^(?![\s\S]*127\.0\.0\.2:)[\s\S]*127\.0\.0\.3/,
  },
];

let lab: Lab;
let host: Host;
let servers: HttpServer[];

/** The kernel's order of services and servers is that of its hash tables and of time; what counts is the set. */
const table = () => host.exec("ipvsadm", "-Sn").split("\n").filter(Boolean).sort().join("\n");

beforeEach(async () => {
  lab = new Lab();
  host = lab.host("director");
  servers = await Promise.all(
    ["127.0.0.2", "127.0.0.3"].map((address) => HttpServer.start(host, address, 8080)),
  );
});
afterEach(() => lab.dispose());

/** The table after each step of the sequence. */
async function record(
  program: RouterProgram,
  { config, up, down }: Scenario,
): Promise<Record<string, string>> {
  const router = new Router(lab, host, program, `global_defs {\n    router_id lab\n}\n${config}`, "checkers");
  const [first] = servers;
  const shows = async (what: string, pattern: RegExp) => {
    try {
      await eventually(`${program.name}: ${what}`, () => pattern.test(table()), 15_000);
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : error}\n${table()}\n${router.process.log}`);
    }
    return table();
  };
  router.start();
  const started = await shows("started", up);
  await first?.behave({ mode: "refuse" });
  const failed = await shows("server failed", down);
  await first?.behave({ mode: "answer", status: 200, body: "back" });
  const recovered = await shows("server back", up);
  const status = await router.stop();
  return { started, failed, recovered, stopped: table(), status: String(status) };
}

describe.each(SCENARIOS)("$name", (scenario) => {
  it("gives the table that keepalived gives, at every step", async () => {
    const [theirs, ours] = [
      await record(PROGRAMS[0] ?? KEEPALIVED, scenario),
      await record(PROGRAMS[1] ?? HOLDFAST, scenario),
    ];
    expect(ours).toEqual(theirs);
    expect(ours.stopped).toBe("");
    expect(ours.started).toBe(ours.recovered);
    expect(ours.failed).not.toBe(ours.started);
  });
});
