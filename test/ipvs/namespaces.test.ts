/** net_namespace_ipvs: the table in one network namespace, the checkers in another. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOLDFAST } from "../lab/holdfast.ts";
import { HttpServer } from "../lab/http-server.ts";
import { KEEPALIVED } from "../lab/keepalived.ts";
import { type Host, Lab } from "../lab/netns.ts";
import { eventually, execute } from "../lab/process.ts";
import { Router, type RouterProgram } from "../lab/router.ts";

const VIP = "10.1.0.1";

let lab: Lab;
/** Where the daemon runs and the server is; where the table is to be. */
let home: Host;
let other: Host;

beforeEach(async () => {
  lab = new Lab();
  home = lab.host("home");
  other = lab.host("other");
  await HttpServer.start(home, "127.0.0.2", 8080);
});
afterEach(() => lab.dispose());

const config = (keyword: string) => `${keyword}
global_defs {
  lvs_timeouts tcp 321
}
virtual_server ${VIP} 80 {
  delay_loop 1
  warmup 0
  alpha
  lb_algo rr
  lb_kind NAT
  protocol TCP
  real_server 127.0.0.2 8080 {
    TCP_CHECK {
    }
  }
}
`;

const here = (host: Host | undefined, ...command: string[]) =>
  host === undefined ? execute(command) : host.exec(...command);

/** Runs a daemon until the server has passed its check; the table of each namespace then, and after the stop. */
async function tables(program: RouterProgram, keyword: string, at: Host | undefined): Promise<string[]> {
  const router = new Router(lab, home, program, config(keyword), "checkers");
  router.start();
  const table = () => here(at, "ipvsadm", "-Sn");
  await eventually(`${program.name}: the server is there`, () => table().includes("127.0.0.2:8080"), 20_000);
  const seen = [table(), here(at, "ipvsadm", "-Ln", "--timeout"), home.exec("ipvsadm", "-Sn")];
  await router.stop();
  return [...seen, table()];
}

describe("net_namespace_ipvs", () => {
  it.each([
    ["the namespace that it names", () => `net_namespace_ipvs ${other.namespace}`, () => other],
    ["the first namespace, when it names none", () => "net_namespace_ipvs", () => undefined],
  ])("has the table in %s, and checks in its own", async (_, keyword, at) => {
    const [theirs, ours] = [
      await tables(KEEPALIVED, keyword(), at()),
      await tables(HOLDFAST, keyword(), at()),
    ];
    expect(ours).toEqual(theirs);
    expect(ours[0]).toContain(`-A -t ${VIP}:80 -s rr`);
    expect(ours[1]).toContain("321");
    expect(ours.slice(2)).toEqual(["", ""]);
  });

  it("is no namespace of a changed name before the next start", async () => {
    const router = new Router(
      lab,
      home,
      HOLDFAST,
      config(`net_namespace_ipvs ${other.namespace}`),
      "checkers",
    );
    router.start();
    await eventually(
      "the server is there",
      () => other.exec("ipvsadm", "-Sn").includes("127.0.0.2:8080"),
      20_000,
    );
    router.configure(config("").replace("lb_algo rr", "lb_algo wrr"));
    router.reload();
    await router.process.waitFor("net_namespace_ipvs has changed", 20_000);
    await eventually("the change is there", () => other.exec("ipvsadm", "-Sn").includes("-s wrr"), 20_000);
    expect(home.exec("ipvsadm", "-Sn")).toBe("");
    await router.stop();
  });

  it("refuses to start without the namespace", async () => {
    const router = new Router(lab, home, HOLDFAST, config("net_namespace_ipvs nowhere"), "checkers");
    router.start();
    await router.process.waitFor("enter the network namespace /run/netns/nowhere: ENOENT", 20_000);
    expect(await router.process.exited).not.toBe(0);
  });
});
