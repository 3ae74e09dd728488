import { describe, expect, it } from "vitest";
import { World } from "./world.ts";

const server = (checks: string, more = ""): string => `
  global_defs {
    smtp_alert true
  }
  track_file f {
    file /tmp/f
  }
  track_file g {
    file /tmp/g
    weight 3 reverse
  }
  bfd_instance b {
    neighbor_ip 10.9.9.9
    source_ip 10.9.9.8
  }
  virtual_server 10.0.0.1 80 {
    protocol TCP
    lb_algo rr
    lb_kind NAT
    real_server 10.0.1.1 80 {
      weight 10
      notify_up "/bin/up"
      notify_down "/bin/down"
      ${more}
      ${checks}
    }
  }`;

const file = (name: string, weight = ""): string => `FILE_CHECK {
  track_file ${name}
  ${weight}
}
`;
const bfd = (alpha = ""): string => `BFD_CHECK {
  name b
  ${alpha}
}
`;

/** The destinations that the table holds. */
const serversOf = (world: World): string[] => world.table.lines().filter((line) => line.includes("->"));

const AT = "10.0.0.1 80 -> 10.0.1.1:80 m";

describe("FILE_CHECK", () => {
  it("weighs its server by the number of track_file from the start", () => {
    const world = new World();
    world.tell({ type: "file-value", file: "f", value: 5 });
    world.apply(server(file("f")), true);
    expect(serversOf(world)).toEqual([`6 ${AT} 15`]);
    expect(world.take().logs).not.toContainEqual(expect.stringContaining("Changing weight"));
    world.tell({ type: "file-value", file: "f", value: -4 });
    expect(world.take().logs).toEqual([
      "Changing weight from 15 to 6 for active service [10.0.1.1]:tcp:80 of VS [10.0.0.1]:tcp:80",
    ]);
    expect(serversOf(world)).toEqual([`6 ${AT} 6`]);
    world.tell({ type: "file-value", file: "f", value: -40 });
    expect(serversOf(world)).toEqual([`6 ${AT} 0`]);
    world.tell({ type: "file-value", file: "f", value: undefined });
    expect(serversOf(world)).toEqual([`6 ${AT} 0`]);
  });

  it("has the weight of its file where it has none, and adds up with others", () => {
    const world = new World();
    world.tell({ type: "file-value", file: "g", value: 2 });
    world.apply(server(file("g")), true);
    expect(serversOf(world)).toEqual([`6 ${AT} 4`]);
    world.apply(server(file("g") + file("f", "weight 2")));
    world.tell({ type: "file-value", file: "f", value: 6 });
    expect(serversOf(world)).toEqual([`6 ${AT} 16`]);
  });

  it("takes its server out of the pool at a fault, tells scripts, and sends no mail", () => {
    const world = new World().apply(server(file("f", "weight 0")), true);
    world.take();
    world.tell({ type: "file-value", file: "f", value: 1 });
    expect(serversOf(world)).toEqual([]);
    expect(world.news().filter((one) => /^(\/|RS|Realserver)/.test(one))).toEqual([
      "/bin/down",
      "RS [10.0.1.1]:tcp:80 [10.0.0.1]:tcp:80 DOWN",
    ]);
    world.tell({ type: "file-value", file: "f", value: 0 });
    expect(serversOf(world)).toEqual([`6 ${AT} 10`]);
  });

  it("has a server down from the start, in the pool at 0 with inhibit_on_failure", () => {
    const world = new World();
    world.tell({ type: "file-value", file: "f", value: 1 });
    world.apply(server(file("f", "weight 0"), "inhibit_on_failure"), true);
    expect(serversOf(world)).toEqual([`6 ${AT} 0`]);
    world.tell({ type: "file-value", file: "f", value: 0 });
    expect(serversOf(world)).toEqual([`6 ${AT} 10`]);
  });

  it("counts as it is configured after a reload", () => {
    const world = new World();
    world.tell({ type: "file-value", file: "f", value: 3 });
    world.apply(server(file("f", "weight 2")), true);
    expect(serversOf(world)).toEqual([`6 ${AT} 16`]);
    world.apply(server(file("f", "weight -2")));
    expect(serversOf(world)).toEqual([`6 ${AT} 4`]);
    world.apply(server(file("f", "weight 0")));
    expect(serversOf(world)).toEqual([]);
    world.apply(server(file("f", "weight 0 reverse")));
    expect(serversOf(world)).toEqual([`6 ${AT} 10`]);
  });
});

describe("BFD_CHECK", () => {
  it("has its server up while the session is", () => {
    const world = new World().apply(server(bfd()), true);
    expect(serversOf(world)).toEqual([`6 ${AT} 10`]);
    world.take();
    world.tell({ type: "bfd", name: "other", up: false });
    expect(world.take().logs).toEqual([]);
    world.tell({ type: "bfd", name: "b", up: false });
    expect(serversOf(world)).toEqual([]);
    expect(world.news()).toContain(
      "Realserver [10.0.1.1]:tcp:80 of virtual server [10.0.0.1]:tcp:80 - DOWN (=> BFD CHECK b failed on service <=)",
    );
    world.tell({ type: "bfd", name: "b", up: true });
    expect(serversOf(world)).toEqual([`6 ${AT} 10`]);
    expect(world.news()).toContain(
      "Realserver [10.0.1.1]:tcp:80 of virtual server [10.0.0.1]:tcp:80 - UP (=> BFD CHECK b succeeded on service <=)",
    );
  });

  it("has its server down with alpha until the session is up, over a reload, too", () => {
    const world = new World().apply(server(bfd("alpha")), true);
    expect(serversOf(world)).toEqual([]);
    world.tell({ type: "bfd", name: "b", up: true });
    expect(serversOf(world)).toEqual([`6 ${AT} 10`]);
    world.apply(server(bfd("alpha"), "uthreshold 9"));
    expect(serversOf(world)).toEqual([`6 ${AT} 10`]);
  });

  it("knows what its session is when it comes later", () => {
    const world = new World().apply(server(bfd()), true);
    world.tell({ type: "bfd", name: "b", up: false });
    world.apply(server("")).apply(server(bfd()));
    expect(serversOf(world)).toEqual([]);
  });
});
