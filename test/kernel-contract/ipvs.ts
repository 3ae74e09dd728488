import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Kernel } from "../../src/kernel/ports.ts";
import type { IpvsDestination, IpvsService, IpvsServiceKey, IpvsTunnel } from "../../src/wire/ipvs-types.ts";
import { refusal } from "./host.ts";

const web: IpvsServiceKey & { type: "address" } = {
  type: "address",
  protocol: 6,
  address: "192.0.2.10",
  port: 80,
};
const mark: IpvsServiceKey = { type: "fwmark", family: 4, fwmark: 7 };
const web6: IpvsServiceKey = { type: "address", protocol: 6, address: "2001:db8::10", port: 443 };

const service = (key: IpvsServiceKey, change: Partial<IpvsService> = {}): IpvsService => ({
  key,
  scheduler: "rr",
  flags: 0,
  timeout: 0,
  netmask: key === web6 ? 128 : 0xffffffff,
  persistenceEngine: "",
  ...change,
});

const destination = (address: string, change: Partial<IpvsDestination> = {}): IpvsDestination => ({
  address,
  port: 8080,
  forward: 0,
  weight: 1,
  upperThreshold: 0,
  lowerThreshold: 0,
  ...change,
});

const FRESH = {
  stats: { connections: 0n, inPackets: 0n, outPackets: 0n, inBytes: 0n, outBytes: 0n },
};
const FRESH_DESTINATION = {
  ...FRESH,
  activeConnections: 0,
  inactiveConnections: 0,
  persistentConnections: 0,
};

/** What every IPVS port must do. `start` gives a kernel whose table is empty or may be emptied. */
export function ipvsContract(name: string, start: () => Kernel): void {
  describe(`${name} IPVS`, () => {
    let kernel: Kernel;
    beforeEach(() => {
      kernel = start();
      kernel.ipvs.flush();
    });
    afterEach(() => {
      kernel.ipvs.flush();
      kernel.close();
    });

    const codes = (commands: Parameters<Kernel["ipvs"]["apply"]>[0]) =>
      kernel.ipvs.apply(commands).map((error) => error?.code);
    const sorted = () =>
      kernel.ipvs
        .list()
        .map((entry) => ({
          ...entry,
          destinations: entry.destinations.toSorted((a, b) => a.address.localeCompare(b.address)),
        }))
        .sort((a, b) => JSON.stringify(a.key).localeCompare(JSON.stringify(b.key)));

    it("keeps services and destinations as they were given", () => {
      const persistent = service(mark, { scheduler: "wlc", flags: 1, timeout: 360, netmask: 0xffffff00 });
      const limited = destination("192.0.2.21", {
        forward: 3,
        upperThreshold: 100,
        lowerThreshold: 90,
        port: 80,
      });
      const tunnelled = destination("192.0.2.22", { forward: 2, weight: 0 });
      const native6 = destination("2001:db8::20", { weight: 65_535 });
      const results = codes([
        { type: "add-service", service: service(web) },
        { type: "add-destination", key: web, destination: limited },
        { type: "add-destination", key: web, destination: tunnelled },
        { type: "add-service", service: service(web6) },
        { type: "add-destination", key: web6, destination: native6 },
        { type: "add-service", service: persistent },
      ]);
      expect(results).toEqual(new Array(6).fill(undefined));
      const expected = [
        {
          ...service(web),
          ...FRESH,
          destinations: [
            { ...limited, ...FRESH_DESTINATION },
            { ...tunnelled, ...FRESH_DESTINATION },
          ],
        },
        { ...service(web6), ...FRESH, destinations: [{ ...native6, ...FRESH_DESTINATION }] },
        { ...persistent, ...FRESH, destinations: [] },
      ];
      expect(sorted()).toEqual(
        expected.sort((a, b) => JSON.stringify(a.key).localeCompare(JSON.stringify(b.key))),
      );
    });

    it("keeps how tunnels pack packets, until they do otherwise", () => {
      const of = (address: string, tunnel?: IpvsTunnel) =>
        destination(address, { forward: 2, ...(tunnel && { tunnel }) });
      const tunnels = [
        of("192.0.2.21", { type: "gue", port: 6080, checksum: "none" }),
        of("192.0.2.22", { type: "gue", port: 6081, checksum: "remote" }),
        of("192.0.2.23", { type: "gre", checksum: "full" }),
        of("2001:db8::24", { type: "gue", port: 6082, checksum: "full" }),
      ];
      const add = (one: IpvsDestination) =>
        ({ type: "add-destination", key: web, destination: one }) as const;
      codes([{ type: "add-service", service: service(web) }, ...tunnels.map(add)]);
      expect(sorted()[0]?.destinations).toEqual(tunnels.map((one) => ({ ...one, ...FRESH_DESTINATION })));
      const plain = of("192.0.2.21");
      expect(
        codes([
          { type: "edit-destination", key: web, destination: plain },
          add(of("192.0.2.25", { type: "gue", port: 0, checksum: "none" })),
        ]),
      ).toEqual([undefined, "EINVAL"]);
      expect(sorted()[0]?.destinations[0]).toEqual({ ...plain, ...FRESH_DESTINATION });
    });

    it("runs one synchronisation daemon of each state", () => {
      const { ipvs } = kernel;
      const on = { interface: "lo", id: 51 };
      const master = {
        state: "master",
        ...on,
        maxlen: 1400,
        group: "224.0.1.85",
        port: 8849,
        ttl: 5,
      } as const;
      const backup = { state: "backup", ...on } as const;
      ipvs.startDaemon(master);
      ipvs.startDaemon(backup);
      const running = ipvs.daemons().sort((a, b) => b.state.localeCompare(a.state));
      expect(running).toMatchObject([master, backup]);
      expect(running[1]).toMatchObject({ group: "224.0.0.81", port: 8848, ttl: 1 });
      expect(refusal(() => ipvs.startDaemon(backup))).toBe("EEXIST");
      for (const one of [master, backup]) ipvs.stopDaemon(one);
      expect(ipvs.daemons()).toEqual([]);
      expect(refusal(() => ipvs.stopDaemon(master))).toBe("ESRCH");
      expect(refusal(() => ipvs.startDaemon({ ...master, interface: "nowhere" }))).toBe("ENODEV");
    });

    it("has timeouts, each set by itself", () => {
      const { ipvs } = kernel;
      const before = ipvs.timeouts();
      ipvs.setTimeouts({ tcpfin: 77 });
      expect(ipvs.timeouts()).toEqual({ ...before, tcpfin: 77 });
      ipvs.setTimeouts(before);
      expect(ipvs.timeouts()).toEqual(before);
    });

    it("edits and deletes", () => {
      const first = destination("192.0.2.21");
      codes([
        { type: "add-service", service: service(web) },
        { type: "add-destination", key: web, destination: first },
        { type: "add-destination", key: web, destination: destination("192.0.2.22") },
      ]);
      const edited = service(web, { scheduler: "wrr", flags: 1, timeout: 50 });
      expect(
        codes([
          { type: "edit-service", service: edited },
          { type: "edit-destination", key: web, destination: { ...first, weight: 0, forward: 3 } },
          { type: "delete-destination", key: web, destination: { address: "192.0.2.22", port: 8080 } },
        ]),
      ).toEqual([undefined, undefined, undefined]);
      expect(sorted()).toMatchObject([
        { ...edited, destinations: [{ address: "192.0.2.21", weight: 0, forward: 3 }] },
      ]);
      expect(codes([{ type: "delete-service", key: web }])).toEqual([undefined]);
      expect(sorted()).toEqual([]);
    });

    it("refuses as Linux refuses, command by command, and goes on", () => {
      const here = destination("192.0.2.21");
      expect(
        codes([
          { type: "add-service", service: service(web) },
          { type: "add-service", service: service(web) },
          { type: "edit-service", service: service(mark) },
          { type: "delete-service", key: mark },
          { type: "add-service", service: service(mark, { scheduler: "no-such-one" }) },
          { type: "add-destination", key: mark, destination: here },
          { type: "edit-destination", key: web, destination: here },
          { type: "delete-destination", key: web, destination: here },
          { type: "add-destination", key: web, destination: here },
          { type: "add-destination", key: web, destination: here },
          { type: "add-destination", key: web, destination: destination("192.0.2.23", { weight: -1 }) },
          {
            type: "add-destination",
            key: web,
            destination: destination("192.0.2.23", { upperThreshold: 1, lowerThreshold: 2 }),
          },
          { type: "add-destination", key: web, destination: destination("224.0.0.1") },
          { type: "add-destination", key: web, destination: destination("2001:db8::20") },
          { type: "add-destination", key: web, destination: destination("2001:db8::20", { forward: 2 }) },
          { type: "add-service", service: service(web6, { netmask: 129 }) },
        ]),
      ).toEqual([
        undefined,
        "EEXIST",
        "ESRCH",
        "ESRCH",
        "ENOENT",
        "ESRCH",
        "ENOENT",
        "ENOENT",
        undefined,
        "EEXIST",
        "ERANGE",
        "ERANGE",
        "EINVAL",
        "EINVAL",
        undefined,
        "EINVAL",
      ]);
    });

    it("takes thousands of commands at once, and flushes", () => {
      const commands = Array.from({ length: 500 }, (_, i) => {
        const key: IpvsServiceKey = { ...web, port: 1000 + i };
        return [
          { type: "add-service", service: service(key) },
          { type: "add-destination", key, destination: destination("192.0.2.21") },
          { type: "add-destination", key, destination: destination("192.0.2.22") },
        ] as const;
      }).flat();
      expect(codes(commands).filter((code) => code !== undefined)).toEqual([]);
      expect(kernel.ipvs.list()).toHaveLength(500);
      kernel.ipvs.flush();
      expect(kernel.ipvs.list()).toEqual([]);
      expect(kernel.ipvs.apply([])).toEqual([]);
    });
  });
}
