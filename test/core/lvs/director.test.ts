import { describe, expect, it } from "vitest";
import { World } from "./world.ts";

const A = "10.0.1.1:80";
const B = "10.0.1.2:80";
const SORRY = "10.0.9.9:80";

const check = "TCP_CHECK {\nretry 0\nwarmup 0\n}";

function real(server: string, more = "", checks = check): string {
  const [address, port] = server.split(":");
  return `real_server ${address} ${port} {\nnotify_up "up ${address}"\nnotify_down "down ${address}"\n${more}\n${checks}\n}`;
}

function service(lines: string, reals: readonly string[] = [real(A), real(B)], name = "10.0.0.1 80"): string {
  return `virtual_server ${name} {\nprotocol TCP\nlb_algo rr\nlb_kind NAT\ndelay_loop 10\nquorum_up "gained"\nquorum_down "lost"\n${lines}\n${reals.join("\n")}\n}\n`;
}

/** A world with both servers healthy, in which a configuration has run for two rounds of checks. */
function running(text: string): World {
  const world = new World();
  world.healthy.add(A).add(B);
  world.apply(text, true).run(25).take();
  return world;
}

describe("LVS director: start and stop", () => {
  it("puts servers into the table at once, without news for their scripts", () => {
    const world = new World().apply(service("quorum 2"), true);
    expect(world.table.lines()).toEqual([
      "6 10.0.0.1 80 -> 10.0.1.1:80 m 1",
      "6 10.0.0.1 80 -> 10.0.1.2:80 m 1",
      "6 10.0.0.1 80 rr",
    ]);
    expect(world.take()).toEqual({
      logs: [
        "Gained quorum 2+0=2 <= 2 for VS [10.0.0.1]:tcp:80",
        "Activating healthchecker for service [10.0.1.1]:tcp:80 for VS [10.0.0.1]:tcp:80",
        "Activating healthchecker for service [10.0.1.2]:tcp:80 for VS [10.0.0.1]:tcp:80",
      ],
      scripts: ["gained"],
      commands: [
        "add service [10.0.0.1]:tcp:80",
        "add destination 10.0.1.1 port 80 of [10.0.0.1]:tcp:80",
        "add destination 10.0.1.2 port 80 of [10.0.0.1]:tcp:80",
      ],
    });
  });

  it("takes a server whose only check has no URL for one without check", () => {
    const ssl = "SSL_GET {\nalpha off\n}";
    for (const alpha of ["", "alpha"]) {
      const world = new World().apply(service(alpha, [real(A, "", ssl)]), true).run(100);
      expect(world.table.lines()).toEqual(["6 10.0.0.1 80 -> 10.0.1.1:80 m 1", "6 10.0.0.1 80 rr"]);
    }
  });

  it("with alpha waits for each server's first success", () => {
    const world = new World();
    world.healthy.add(A);
    world.apply(service("alpha"), true);
    expect(world.table.lines()).toEqual(["6 10.0.0.1 80 rr"]);
    expect(world.take().scripts).toEqual([]);
    world.run(1);
    expect(world.table.lines()).toEqual(["6 10.0.0.1 80 -> 10.0.1.1:80 m 1", "6 10.0.0.1 80 rr"]);
    expect(world.take().scripts.sort()).toEqual(["down 10.0.1.2", "gained", "up 10.0.1.1"]);
  });

  it("with alpha and a sorry server starts with that one", () => {
    const world = new World().apply(service("alpha\nsorry_server 10.0.9.9 80"), true);
    expect(world.table.lines()).toEqual(["6 10.0.0.1 80 -> 10.0.9.9:80 m 1", "6 10.0.0.1 80 rr"]);
    const { logs, scripts } = world.take();
    expect(logs).toContain("Starting with quorum down 1+0=1 > 0 for VS [10.0.0.1]:tcp:80");
    expect(scripts).toEqual(["lost"]);
  });

  it("leaves the table empty on stop, and runs no script without omega", () => {
    const world = running(service(""));
    world.apply();
    expect(world.table.lines()).toEqual([]);
    const { logs, scripts } = world.take();
    expect(scripts).toEqual([]);
    expect(logs.sort()).toEqual([
      "Shutting down service [10.0.1.1]:tcp:80 from VS [10.0.0.1]:tcp:80",
      "Shutting down service [10.0.1.2]:tcp:80 from VS [10.0.0.1]:tcp:80",
    ]);
    expect(world.director.deadline()).toBeUndefined();
  });

  it("with omega tells scripts of the servers that were alive, then of the quorum", () => {
    const world = running(service("omega"));
    world.healthy.delete(B);
    world.run(10).take();
    expect(world.apply().take().scripts).toEqual(["down 10.0.1.1", "lost"]);
  });

  it("adopts a service that is there: edits what differs, removes what is too much, touches nothing else", () => {
    const world = new World();
    world.apply(service("", [real(A, "weight 5"), real(B), real("10.0.1.3:80")]), true).take();
    const successor = new World();
    for (const command of world.table.list()) {
      const { destinations, stats: _, ...entry } = command;
      // The kernel reports a flag of its own (HASHED).
      successor.table.services.set("6 10.0.0.1 80", {
        service: { ...entry, flags: entry.flags | 2 },
        destinations: new Map(destinations.map((one) => [`${one.address} ${one.port}`, one])),
      });
    }
    expect(successor.apply(service(""), true).take().commands).toEqual([
      "edit destination 10.0.1.1 port 80 of [10.0.0.1]:tcp:80",
      "delete destination 10.0.1.3 port 80 of [10.0.0.1]:tcp:80",
    ]);
    const unchanged = new World();
    for (const [key, entry] of successor.table.services) unchanged.table.services.set(key, entry);
    expect(unchanged.apply(service(""), true).take().commands).toEqual([]);
  });
});

describe("LVS director: servers that fail and return", () => {
  it("takes a server out and back in", () => {
    const world = running(service(""));
    world.healthy.delete(A);
    expect(world.run(10).take()).toMatchObject({
      logs: [
        "TCP_CHECK on service [10.0.1.1]:tcp:80 failed.",
        "Removing service [10.0.1.1]:tcp:80 from VS [10.0.0.1]:tcp:80",
      ],
      scripts: ["down 10.0.1.1"],
      commands: ["delete destination 10.0.1.1 port 80 of [10.0.0.1]:tcp:80"],
    });
    world.healthy.add(A);
    expect(world.run(10).take()).toMatchObject({
      logs: [
        "TCP connection to [10.0.1.1]:tcp:80 success.",
        "Adding service [10.0.1.1]:tcp:80 to VS [10.0.0.1]:tcp:80",
      ],
      scripts: ["up 10.0.1.1"],
      commands: ["add destination 10.0.1.1 port 80 of [10.0.0.1]:tcp:80"],
    });
  });

  it("with inhibit_on_failure sets its weight to 0", () => {
    const world = running(service("", [real(A, "weight 3\ninhibit_on_failure"), real(B)]));
    world.healthy.delete(A);
    expect(world.run(10).take()).toMatchObject({
      logs: [expect.anything(), "Disabling service [10.0.1.1]:tcp:80 of VS [10.0.0.1]:tcp:80"],
      commands: ["edit destination 10.0.1.1 port 80 of [10.0.0.1]:tcp:80"],
    });
    expect(world.table.lines()).toContain("6 10.0.0.1 80 -> 10.0.1.1:80 m 0");
    world.healthy.add(A);
    expect(world.run(10).take().logs).toContain("Enabling service [10.0.1.1]:tcp:80 of VS [10.0.0.1]:tcp:80");
    expect(world.table.lines()).toContain("6 10.0.0.1 80 -> 10.0.1.1:80 m 3");
  });

  it("asks every checker of a server", () => {
    const both = `${check}\nTCP_CHECK {\nconnect_port 81\nretry 0\nwarmup 0\n}`;
    const world = new World();
    world.healthy.add(A).add("10.0.1.1:81");
    world.apply(service("", [real(A, "", both)]), true).run(25);
    expect(world.table.lines()).toHaveLength(2);
    for (const one of [A, "10.0.1.1:81"]) {
      world.healthy.delete(one);
      world.run(10);
      expect(world.table.lines()).toEqual(["6 10.0.0.1 80 rr"]);
      world.healthy.add(one);
      world.run(10);
      expect(world.table.lines()).toHaveLength(2);
    }
  });

  it("checks HTTP, too", () => {
    const http = "HTTP_GET {\nurl {\npath /\n}\nretry 0\nwarmup 0\ndelay_before_retry 1\n}";
    const world = running(service("", [real(A, "", http), real(B)]));
    world.healthy.delete(A);
    expect(world.run(10).take().logs).toContain("HTTP_CHECK on service [10.0.1.1]:tcp:80 failed.");
    expect(world.table.lines()).toHaveLength(2);
  });
});

describe("LVS director: quorum and sorry server", () => {
  /** As recorded from keepalived 2.2.7, with one inhibited server. */
  it("replaces the pool by the sorry server and back", () => {
    const world = running(
      service("quorum 2\nsorry_server 10.0.9.9 80", [real(A, "inhibit_on_failure"), real(B)]),
    );
    world.healthy.delete(B);
    expect(world.run(10).take()).toEqual({
      logs: [
        "TCP_CHECK on service [10.0.1.2]:tcp:80 failed.",
        "Removing service [10.0.1.2]:tcp:80 from VS [10.0.0.1]:tcp:80",
        "Lost quorum 2-0=2 > 1 for VS [10.0.0.1]:tcp:80",
        "Adding sorry server [10.0.9.9]:tcp:80 to VS [10.0.0.1]:tcp:80",
        "Removing alive servers from the pool for VS [10.0.0.1]:tcp:80",
      ],
      scripts: ["down 10.0.1.2", "lost"],
      commands: [
        "edit destination 10.0.1.1 port 80 of [10.0.0.1]:tcp:80",
        "add destination 10.0.9.9 port 80 of [10.0.0.1]:tcp:80",
        "delete destination 10.0.1.2 port 80 of [10.0.0.1]:tcp:80",
      ],
    });
    expect(world.table.lines()).toEqual([
      "6 10.0.0.1 80 -> 10.0.1.1:80 m 0",
      "6 10.0.0.1 80 -> 10.0.9.9:80 m 1",
      "6 10.0.0.1 80 rr",
    ]);
    world.healthy.add(B);
    expect(world.run(10).take()).toMatchObject({
      logs: [
        "TCP connection to [10.0.1.2]:tcp:80 success.",
        "Adding service [10.0.1.2]:tcp:80 to VS [10.0.0.1]:tcp:80",
        "Gained quorum 2+0=2 <= 2 for VS [10.0.0.1]:tcp:80",
        "Removing sorry server [10.0.9.9]:tcp:80 from VS [10.0.0.1]:tcp:80",
        "Adding alive servers to the pool for VS [10.0.0.1]:tcp:80",
      ],
      scripts: ["up 10.0.1.2", "gained"],
    });
    expect(world.table.lines()).toEqual([
      "6 10.0.0.1 80 -> 10.0.1.1:80 m 1",
      "6 10.0.0.1 80 -> 10.0.1.2:80 m 1",
      "6 10.0.0.1 80 rr",
    ]);
  });

  it("keeps an inhibited sorry server in the table at weight 0", () => {
    const world = running(
      service("sorry_server 10.0.9.9 80\nsorry_server_inhibit\nsorry_server_lvs_method DR", [real(A)]),
    );
    expect(world.table.lines()).toContain("6 10.0.0.1 80 -> 10.0.9.9:80 g 0");
    world.healthy.delete(A);
    world.run(10);
    expect(world.table.lines()).toEqual(["6 10.0.0.1 80 -> 10.0.9.9:80 g 1", "6 10.0.0.1 80 rr"]);
  });

  it("lets a real server be the sorry server", () => {
    const world = running(service("quorum 2\nsorry_server 10.0.1.1 80", [real(A, "weight 4"), real(B)]));
    world.healthy.delete(A);
    world.run(10);
    expect(world.table.lines()).toContain("6 10.0.0.1 80 -> 10.0.1.1:80 m 1");
    world.healthy.add(A);
    world.run(10);
    expect(world.table.lines()).toContain("6 10.0.0.1 80 -> 10.0.1.1:80 m 4");
  });

  it("inhibits a sorry server that is a real server only as that one is", () => {
    const world = running(service("sorry_server 10.0.1.1 80\nsorry_server_inhibit", [real(A), real(B)]));
    world.healthy.delete(A);
    world.run(10);
    expect(world.table.lines()).toEqual(["6 10.0.0.1 80 -> 10.0.1.2:80 m 1", "6 10.0.0.1 80 rr"]);
  });

  it("stops without a word about the sorry server", () => {
    const world = running(service("sorry_server 10.0.9.9 80", [real(A)]));
    world.healthy.clear();
    world.run(10).take();
    expect(world.apply().take().logs).toEqual([
      "Shutting down service [10.0.1.1]:tcp:80 from VS [10.0.0.1]:tcp:80",
    ]);
    expect(world.table.lines()).toEqual([]);
  });

  it("changes its mind only beyond the hysteresis", () => {
    const servers = ["10.0.1.1:80", "10.0.1.2:80", "10.0.1.3:80", "10.0.1.4:80"];
    const world = new World();
    for (const server of servers) world.healthy.add(server);
    world
      .apply(
        service(
          "quorum 2\nhysteresis 1",
          servers.map((server) => real(server)),
        ),
        true,
      )
      .run(25)
      .take();
    const quorumAfter = (count: number) => {
      world.healthy.clear();
      for (const server of servers.slice(0, count)) world.healthy.add(server);
      return world
        .run(10)
        .take()
        .scripts.filter((script) => script === "gained" || script === "lost");
    };
    expect([4, 2, 1, 0, 1, 2, 3, 1].map((count) => quorumAfter(count).join())).toEqual([
      "",
      "",
      "",
      "lost",
      "",
      "",
      "gained",
      "",
    ]);
  });
});

describe("LVS director: reload", () => {
  it("does nothing at all when nothing changes", () => {
    const world = running(service("sorry_server 10.0.9.9 80"));
    world.apply(service("sorry_server 10.0.9.9 80"));
    expect(world.take()).toEqual({ logs: [], scripts: [], commands: [] });
  });

  it("edits the weight and nothing else", () => {
    const world = running(service(""));
    world.apply(service("", [real(A, "weight 3"), real(B)]));
    expect(world.take()).toEqual({
      logs: ["Changing weight from 1 to 3 for active service [10.0.1.1]:tcp:80 of VS [10.0.0.1]:tcp:80"],
      scripts: [],
      commands: ["edit destination 10.0.1.1 port 80 of [10.0.0.1]:tcp:80"],
    });
  });

  it("keeps what it knows of servers that stay", () => {
    const world = running(service(""));
    world.healthy.delete(A);
    world.run(10).take();
    world.apply(service("lb_algo wrr\npersistence_timeout 50", [real(A, "weight 3"), real(B)]));
    expect(world.take().commands).toEqual(["edit service [10.0.0.1]:tcp:80"]);
    expect(world.table.lines()).toEqual(["6 10.0.0.1 80 -> 10.0.1.2:80 m 1", "6 10.0.0.1 80 wrr -p 50"]);
  });

  it("restarts a changed checker only, with the verdict of the old one", () => {
    const world = running(service("", [real(A), real(B)]));
    world.healthy.delete(A);
    world.run(10).take();
    world.apply(service("", [real(A, "", check.replace("retry 0", "retry 1")), real(B)]));
    const { logs, commands } = world.take();
    expect(logs).toEqual(["Activating healthchecker for service [10.0.1.1]:tcp:80 for VS [10.0.0.1]:tcp:80"]);
    expect(commands).toEqual([]);
    expect(world.table.lines()).toHaveLength(2);
    world.healthy.add(A);
    expect(world.run(2).take().scripts).toEqual(["up 10.0.1.1"]);
  });

  it("takes a server back whose failing checker is gone", () => {
    const world = running(service("", [real(A), real(B)]));
    world.healthy.delete(A);
    world.run(10).take();
    world.apply(service("", [real(A, "", ""), real(B)]));
    expect(world.take()).toEqual({
      logs: ["Adding service [10.0.1.1]:tcp:80 to VS [10.0.0.1]:tcp:80"],
      scripts: ["up 10.0.1.1"],
      commands: ["add destination 10.0.1.1 port 80 of [10.0.0.1]:tcp:80"],
    });
  });

  it("treats a new server as at the start: in the pool at once, or with alpha after its first success", () => {
    const world = running(service("", [real(A)]));
    world.apply(service("", [real(A), real(B), real("10.0.1.3:80", "alpha")]));
    expect(world.table.lines()).toEqual([
      "6 10.0.0.1 80 -> 10.0.1.1:80 m 1",
      "6 10.0.0.1 80 -> 10.0.1.2:80 m 1",
      "6 10.0.0.1 80 rr",
    ]);
    world.healthy.add("10.0.1.3:80");
    world.run(1);
    expect(world.table.lines()).toContain("6 10.0.0.1 80 -> 10.0.1.3:80 m 1");
  });

  it("removes servers and services that are gone", () => {
    const other = service("omega", [real(A)], "10.0.0.2 80");
    const world = running(service("") + other);
    world.apply(service("", [real(B)]));
    expect(world.take()).toEqual({
      logs: [
        "Removing Virtual Server [10.0.0.2]:tcp:80",
        "service [10.0.1.1]:tcp:80 no longer exist",
        "Removing service [10.0.1.1]:tcp:80 from VS [10.0.0.1]:tcp:80",
      ],
      // The servers of a service that goes are news under omega only.
      scripts: ["down 10.0.1.1", "lost", "down 10.0.1.1"],
      commands: [
        "delete service [10.0.0.2]:tcp:80",
        "delete destination 10.0.1.1 port 80 of [10.0.0.1]:tcp:80",
      ],
    });
  });

  it("deletes and adds a replaced server, as its plan says", () => {
    const world = running(service(""));
    world.apply(service("", [real(A, "lvs_method DR"), real(B)]));
    expect(world.take().commands).toEqual([
      "delete destination 10.0.1.1 port 80 of [10.0.0.1]:tcp:80",
      "add destination 10.0.1.1 port 80 of [10.0.0.1]:tcp:80",
    ]);
  });

  it("exchanges a sorry server that stands in", () => {
    const world = new World();
    world
      .apply(service("sorry_server 10.0.9.9 80", [real(A)]), true)
      .run(1)
      .take();
    expect(world.table.lines()).toContain(`6 10.0.0.1 80 -> ${SORRY} m 1`);
    world.apply(service("sorry_server 10.0.9.8 80", [real(A)]));
    expect(world.table.lines()).toEqual(["6 10.0.0.1 80 -> 10.0.9.8:80 m 1", "6 10.0.0.1 80 rr"]);
    expect(world.take().logs).toContain("Adding sorry server [10.0.9.8]:tcp:80 to VS [10.0.0.1]:tcp:80");
  });

  it("closes connections of checkers that are gone, and ignores what they still say", () => {
    const world = running(service(""));
    world.silent.add(B);
    world.run(7);
    const [checker = ""] = world.open;
    expect(checker).toContain(B);
    world.apply(service("", [real(A)]));
    expect([...world.open]).toEqual([]);
    expect(world.director.handle({ type: "connected", checker }, world.now)).toEqual([]);
    world.silent.add(A);
    world.run(9);
    expect(world.open.size).toBe(1);
    world.apply();
    expect(world.open.size).toBe(0);
  });
});
