import { describe, expect, it } from "vitest";
import { compileText } from "./compile-text.ts";

/** Lines that keepalived finds in the wrong block. */
function misread(text: string): (number | undefined)[] {
  return compileText(text)
    .diagnostics.filter(({ code }) => code === "misread-line")
    .map(({ subject }) => subject?.line);
}

const INSTANCE = `vrrp_instance V {
  interface eth0
  virtual_router_id 1
  virtual_ipaddress {
    10.0.0.1
  }
}
`;

describe("lines that keepalived misreads", () => {
  it("are none where braces mean to it what they mean", () => {
    expect(misread(INSTANCE)).toEqual([]);
    expect(misread(INSTANCE.replace("interface", "interfase"))).toEqual([]);
    expect(misread(INSTANCE.replace("interface eth0", "track_interface { eth0 }\npriorty 3"))).toEqual([]);
  });

  it("are those of a block that it does not know, to its end", () => {
    expect(misread(`vvrp_script s {\n  script "/bin/true"\n  interval 2\n}\n${INSTANCE}`)).toEqual([2, 3, 4]);
  });

  it("go on when such a block closes the one around it", () => {
    const text = INSTANCE.replace("  interface eth0", "  what {\n    is 1\n  }\n  interface eth0");
    // The } of line 4 closes the instance for it; what follows stands at the top.
    expect(misread(text)).toEqual([3, 5, 6, 7, 8, 9, 10]);
  });

  it("are read differently by the process whose block it is", () => {
    // For the parent and the checkers the whole instance is skipped by its braces, and the server is in its place.
    const server = "virtual_server 10.0.0.9 80 {\n  nonsense {\n  }\n}\n";
    expect(misread(`${INSTANCE.replace("}\n}\n", "}\n}\n}\n")}${server}`)).toEqual([12]);
  });

  it("are the items after a brace in a list", () => {
    const text = "virtual_server_group G {\n  10.0.0.1 80\n  real_server {\n    weight 1\n  }\n}\nnope 1\n";
    expect(misread(text).slice(-1)).toEqual([6]);
  });
});
