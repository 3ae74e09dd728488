import { describe, expect, it } from "vitest";
import { compileText } from "../compile-text.ts";

/** The codes that a text is answered with, of those asked about. */
function codesOf(text: string, code: string): string[] {
  const { diagnostics } = compileText(text);
  return diagnostics.filter((one) => one.code === code).map((one) => one.code);
}

const SCRIPT = "vrrp_script chk {\n script /bin/check\n weight 5\n}\n";

function instance(body: string, name = "A", more = "interface eth0\n virtual_router_id 5"): string {
  return `vrrp_instance ${name} {\n ${more}\n ${body}\n}\n`;
}

function service(body: string): string {
  return `virtual_server 10.0.0.1 80 {\n protocol TCP\n delay_loop 6\n ${body}\n}\n`;
}

function server(address: string, body: string): string {
  return `real_server ${address} 80 {\n ${body}\n}\n`;
}

const TRACKS = "track_script {\n chk\n}\n";
const ADDRESS = "virtual_ipaddress {\n 10.0.0.1/24\n}\n";

/** Each code with a text that has it, and texts close to it that nothing is wrong with. */
const CASES: readonly (readonly [code: string, faulty: string, ...sound: readonly string[]])[] = [
  [
    "ineffective-weight",
    SCRIPT + instance(`priority 254\n ${TRACKS}${ADDRESS}`),
    SCRIPT + instance(`priority 253\n ${TRACKS}${ADDRESS}`),
    // Another weight lowers the priority from the bound, so that this one counts.
    SCRIPT + instance(`priority 254\n ${TRACKS}track_interface {\n eth1 weight -10\n}\n ${ADDRESS}`),
    SCRIPT + instance(`priority 254\n track_script {\n chk weight 5 reverse\n}\n ${ADDRESS}`),
    // The number in a file may be negative.
    `track_file F {\n file /f\n weight 1\n}\n${SCRIPT}${instance(`priority 254\n ${TRACKS}track_file {\n F\n}\n ${ADDRESS}`)}`,
    // Without weight: a failure is a fault, also of the owner.
    SCRIPT + instance(`priority 255\n track_script {\n chk weight 0\n}\n ${ADDRESS}`),
  ],
  [
    "nopreempt-with-weights",
    SCRIPT + instance(`nopreempt\n ${TRACKS}${ADDRESS}`),
    SCRIPT + instance(TRACKS + ADDRESS),
    SCRIPT + instance(`nopreempt\n track_script {\n chk weight 0\n}\n ${ADDRESS}`),
    // nopreempt is reported and dropped already.
    SCRIPT + instance(`state MASTER\n priority 100\n nopreempt\n ${TRACKS}${ADDRESS}`),
  ],
  [
    "strict-mode-drops",
    `global_defs {\n vrrp_strict\n}\n${instance(ADDRESS)}`,
    `global_defs {\n vrrp_strict\n}\n${instance(`strict_mode off\n ${ADDRESS}`)}`,
    `global_defs {\n vrrp_strict\n}\n${instance(`no_accept\n ${ADDRESS}`)}`,
    `global_defs {\n vrrp_strict\n vrrp_version 3\n}\n${instance(`accept\n ${ADDRESS}`)}`,
    `global_defs {\n vrrp_strict\n}\n${instance(`state MASTER\n priority 255\n ${ADDRESS}`)}`,
  ],
  [
    "vrid-on-one-network",
    instance(ADDRESS) + instance(ADDRESS, "B", "interface eth1\n virtual_router_id 5"),
    instance(ADDRESS) + instance(ADDRESS, "B", "interface eth1\n virtual_router_id 6"),
    // No prefix length says what the network is.
    instance("virtual_ipaddress {\n 10.0.0.1\n}") +
      instance("virtual_ipaddress {\n 10.0.0.2\n}", "B", "interface eth1\n virtual_router_id 5"),
    instance(ADDRESS) +
      instance("virtual_ipaddress {\n 10.0.1.1/24\n}", "B", "interface eth1\n virtual_router_id 5"),
    instance(ADDRESS) +
      instance(`unicast_peer {\n 10.0.0.9\n}\n ${ADDRESS}`, "B", "interface eth1\n virtual_router_id 5"),
    // The address is on another interface than the adverts.
    instance(ADDRESS) +
      instance("virtual_ipaddress {\n 10.0.0.2/24 dev eth0\n}", "B", "interface eth1\n virtual_router_id 5"),
    instance("virtual_ipaddress {\n fe80::1/64\n}") +
      instance("virtual_ipaddress {\n fe80::1/64\n}", "B", "interface eth1\n virtual_router_id 5"),
  ],
  [
    "never-master",
    `vrrp_script no {\n script /bin/false\n}\n${instance(`track_script {\n no\n}\n ${ADDRESS}`)}`,
    `vrrp_script no {\n script /bin/false\n}\n${instance(`track_script {\n no reverse\n}\n ${ADDRESS}`)}`,
    `vrrp_script no {\n script /bin/false\n weight -5\n}\n${instance(`track_script {\n no\n}\n ${ADDRESS}`)}`,
    `vrrp_script yes {\n script /bin/true\n}\n${instance(`track_script {\n yes\n}\n ${ADDRESS}`)}`,
  ],
  [
    "slow-check",
    service(server("10.0.1.1", "TCP_CHECK {\n connect_timeout 7\n}")),
    service(server("10.0.1.1", "TCP_CHECK {\n connect_timeout 6\n}")),
    // What nobody wrote is nobody's mistake.
    service(`delay_loop 2\n ${server("10.0.1.1", "TCP_CHECK {\n}")}`),
    service(server("10.0.1.1", "TCP_CHECK {\n connect_timeout 7\n delay_loop 10\n}")),
    "vrrp_script chk {\n script /bin/check\n interval 2\n timeout 2\n}\n",
  ],
  [
    "useless-sorry-server",
    service(`sorry_server 10.0.1.1 80\n ${server("10.0.1.1", "TCP_CHECK {\n}")}`),
    service(`sorry_server 10.0.1.1 8080\n ${server("10.0.1.1", "TCP_CHECK {\n}")}`),
    // Either server may be up when the quorum of both is lost.
    service(
      `quorum 2\n sorry_server 10.0.1.1 80\n ${server("10.0.1.1", "TCP_CHECK {\n}")}${server("10.0.1.2", "TCP_CHECK {\n}")}`,
    ),
    // One server is never checked, and does not make the quorum alone.
    service(
      `quorum 2\n sorry_server 10.0.1.9 80\n ${server("10.0.1.1", "")}${server("10.0.1.2", "TCP_CHECK {\n}")}`,
    ),
  ],
  [
    "no-script-user",
    instance(`notify /bin/told\n ${ADDRESS}`),
    instance(`notify /bin/told root\n ${ADDRESS}`),
    `global_defs {\n script_user root\n}\n${instance(`notify /bin/told\n ${ADDRESS}`)}`,
    "global_defs {\n enable_script_security\n}\nvrrp_script chk {\n script /bin/check\n user root\n}\n",
  ],
  [
    "ineffective-timer",
    instance(`advert_int 3\n garp_master_refresh 2\n ${ADDRESS}`),
    instance(`advert_int 3\n garp_master_refresh 3\n ${ADDRESS}`),
    instance(`garp_master_refresh 60\n garp_master_refresh_repeat 2\n ${ADDRESS}`),
    `global_defs {\n vrrp_garp_master_refresh 60\n}\n${instance(`garp_master_refresh_repeat 2\n ${ADDRESS}`)}`,
  ],
];

describe.each(CASES)("%s", (code, faulty, ...sound) => {
  it("is given where it is certain", () => {
    expect(codesOf(faulty, code)).toEqual([code]);
  });

  it.each(sound)("is not given for %j", (text) => {
    expect(codesOf(text, code)).toEqual([]);
  });
});

it("about what all instances have is given once", () => {
  const strict = "global_defs {\n vrrp_strict\n vrrp_garp_master_refresh 1\n}\n";
  const two = instance(ADDRESS) + instance(ADDRESS, "B", "interface eth0\n virtual_router_id 6");
  expect(codesOf(strict + two, "strict-mode-drops")).toHaveLength(1);
  const slow = server("10.0.1.1", "TCP_CHECK {\n}") + server("10.0.1.2", "TCP_CHECK {\n}");
  expect(codesOf(service(`connect_timeout 7\n ${slow}`), "slow-check")).toHaveLength(1);
});

it("changes nothing in the configuration that runs", () => {
  const { config } = compileText(SCRIPT + instance(`priority 254\n ${TRACKS}${ADDRESS}`));
  expect(config.vrrp_instance[0]?.track_script).toEqual([{ script: "chk", reverse: false }]);
});
