import fc from "fast-check";
import { expect, it } from "vitest";
import { World } from "./world.ts";

const SERVERS = ["10.0.1.1", "10.0.1.2", "10.0.1.3"];
const SORRY = "10.0.9.9";

interface RealModel {
  readonly address: string;
  readonly weight: number;
  readonly method: "NAT" | "DR";
  readonly inhibit: boolean;
  readonly alpha: boolean;
  readonly checkers: readonly ("TCP_CHECK" | "HTTP_GET")[];
  readonly retry: number;
}

interface ServiceModel {
  readonly name: string;
  readonly scheduler: string;
  readonly quorum: number;
  readonly sorry: "none" | "plain" | "inhibit" | "twin";
  readonly reals: readonly RealModel[];
}

const real = (address: string): fc.Arbitrary<RealModel> =>
  fc.record({
    address: fc.constant(address),
    weight: fc.constantFrom(1, 2, 5),
    method: fc.constantFrom("NAT" as const, "DR" as const),
    inhibit: fc.boolean(),
    alpha: fc.boolean(),
    checkers: fc.subarray(["TCP_CHECK" as const, "HTTP_GET" as const]),
    retry: fc.constantFrom(0, 2),
  });

const service = (name: string): fc.Arbitrary<ServiceModel> =>
  fc.record({
    name: fc.constant(name),
    scheduler: fc.constantFrom("rr", "wlc"),
    quorum: fc.integer({ min: 1, max: 3 }),
    sorry: fc.constantFrom("none" as const, "plain" as const, "inhibit" as const, "twin" as const),
    reals: fc
      .shuffledSubarray(SERVERS, { minLength: 1 })
      .chain((addresses) => fc.tuple(...addresses.map(real))),
  });

const configuration = fc
  .shuffledSubarray(["10.0.0.1 80", "10.0.0.2 80", "fwmark 9"])
  .chain((names) => fc.tuple(...names.map(service)));

type Step =
  | { readonly does: "reload"; readonly services: readonly ServiceModel[] }
  | { readonly does: "health"; readonly address: string; readonly up: boolean; readonly seconds: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ does: fc.constant("reload" as const), services: configuration }),
  fc.record({
    does: fc.constant("health" as const),
    address: fc.constantFrom(...SERVERS),
    up: fc.boolean(),
    seconds: fc.constantFrom(0, 1, 7, 40),
  }),
);

function sorryOf(service: ServiceModel): string | undefined {
  if (service.sorry === "none") return undefined;
  return service.sorry === "twin" ? service.reals[0]?.address : SORRY;
}

function text(services: readonly ServiceModel[]): string {
  return services
    .map((one) => {
      const sorry = sorryOf(one);
      const reals = one.reals.map((server) => {
        const checkers = server.checkers.map((kind) => {
          const url = kind === "HTTP_GET" ? "url {\npath /\n}\n" : "";
          return `${kind} {\n${url}connect_port 80\nretry ${server.retry}\ndelay_before_retry 1\nwarmup 3\n}`;
        });
        const flags = `${server.inhibit ? "inhibit_on_failure\n" : ""}${server.alpha ? "alpha\n" : ""}`;
        return `real_server ${server.address} 80 {\nweight ${server.weight}\nlvs_method ${server.method}\n${flags}${checkers.join("\n")}\n}`;
      });
      return [
        `virtual_server ${one.name} {`,
        ...(one.name.startsWith("fwmark") ? [] : ["protocol TCP"]),
        `lb_algo ${one.scheduler}\nlb_kind NAT\ndelay_loop 5\nquorum ${one.quorum}`,
        ...(sorry === undefined ? [] : [`sorry_server ${sorry} 80`]),
        ...(one.sorry === "inhibit" ? ["sorry_server_inhibit"] : []),
        ...reals,
        "}",
      ].join("\n");
    })
    .join("\n");
}

/** The table as the manual describes it for a configuration without hysteresis and the health of its servers. */
function expected(services: readonly ServiceModel[], healthy: ReadonlySet<string>): string[] {
  const lines = services.flatMap((service) => {
    const isMark = service.name.startsWith("fwmark");
    const key = isMark ? "fwmark 4 9" : `6 ${service.name}`;
    // A mark's packets keep their port where nothing translates it.
    const portOf = (rest: string): number => (isMark && rest.startsWith("g") ? 0 : 80);
    const alive = (server: RealModel) => server.checkers.length === 0 || healthy.has(`${server.address}:80`);
    const sum = (list: readonly RealModel[]) => list.reduce((total, { weight }) => total + weight, 0);
    // A quorum that all servers together cannot reach is lowered to what they can.
    const quorum = Math.min(service.quorum, sum(service.reals));
    const sorry = sorryOf(service);
    const standsIn = sorry !== undefined && sum(service.reals.filter(alive)) < quorum;
    const weights = new Map<string, string>();
    const put = (address: string, rest: string) => weights.set(`${address}:${portOf(rest)}`, rest);
    for (const server of service.reals) {
      const method = server.method === "NAT" ? "m" : "g";
      if (alive(server) && !standsIn) put(server.address, `${method} ${server.weight}`);
      else if (server.inhibit) put(server.address, `${method} 0`);
    }
    if (sorry !== undefined && standsIn) put(sorry, "m 1");
    else if (sorry !== undefined && service.sorry === "inhibit") put(sorry, "m 0");
    return [
      `${key} ${service.scheduler}`,
      ...[...weights].map(([destination, rest]) => `${key} -> ${destination} ${rest}`),
    ];
  });
  return lines.sort();
}

it("holds what configuration and health say after any sequence, and never asks the kernel for what it refuses", () => {
  fc.assert(
    fc.property(configuration, fc.array(step, { maxLength: 8 }), (first, steps) => {
      const world = new World();
      let services: readonly ServiceModel[] = first;
      world.apply(text(first), true);
      for (const one of steps) {
        if (one.does === "reload") {
          services = one.services;
          world.apply(text(services));
        } else {
          const server = `${one.address}:80`;
          if (one.up) world.healthy.add(server);
          else world.healthy.delete(server);
          world.run(one.seconds);
        }
      }
      // Longest way to a verdict: warmup, three tries, or a failed try and a whole pass.
      world.run(40);
      expect(world.table.lines()).toEqual(expected(services, world.healthy));
      world.take();
      world.apply(text(services));
      expect(world.take()).toEqual({ logs: [], scripts: [], commands: [] });
      world.apply();
      expect(world.table.lines()).toEqual([]);
    }),
    { numRuns: 40 },
  );
}, 30_000);

it("touches no server that a reload keeps", () => {
  fc.assert(
    fc.property(service("10.0.0.1 80"), real("10.0.1.7"), (model, newcomer) => {
      const plain = { ...model, sorry: "none" as const, quorum: 1 };
      const world = new World();
      for (const address of SERVERS) world.healthy.add(`${address}:80`);
      world
        .apply(text([plain]), true)
        .run(40)
        .take();
      world.apply(text([{ ...plain, reals: [...plain.reals, newcomer] }]));
      for (const command of world.take().commands) expect(command).toContain("10.0.1.7");
    }),
    { numRuns: 25 },
  );
}, 30_000);
