import { describe, expect, it } from "vitest";
import { verdictText } from "../../../src/core/lvs/news.ts";
import { World } from "./world.ts";

const A = "10.0.1.1:80";
const B = "10.0.1.2:80";
const TCP = "TCP_CHECK {\nretry 0\nwarmup 0\n}";
const HTTP = "HTTP_GET {\nurl {\npath /\nstatus_code 200\n}\nretry 0\nwarmup 0\n}";

function real(server: string, checks = TCP): string {
  const [address, port] = server.split(":");
  return `real_server ${address} ${port} {\nnotify_up "up ${address}"\nnotify_down "down ${address}"\n${checks}\n}`;
}

function service(reals: readonly string[], lines = ""): string {
  return `virtual_server 10.0.0.1 80 {\nprotocol TCP\nlb_algo rr\ndelay_loop 5\nquorum_up "gained"\nquorum_down "lost"\n${lines}\n${reals.join("\n")}\n}\n`;
}

const VS = "[10.0.0.1]:tcp:80";
const RS_A = `RS [10.0.1.1]:tcp:80 ${VS}`;
const MAIL_A = `Realserver [10.0.1.1]:tcp:80 of virtual server ${VS}`;

describe("news of servers", () => {
  it("go to scripts, FIFOs and mail, in keepalived's words", () => {
    const world = new World();
    world.healthy.add(A);
    world.apply(service([real(A)]), true);
    expect(world.news()).toEqual([
      "gained",
      `VS ${VS} UP`,
      `Virtualserver ${VS} - UP (=> Starting with quorum up 1+0=1 <= 1 <=)`,
    ]);
    world.run(3);
    expect(world.news()).toEqual([]);
    world.healthy.delete(A);
    world.run(6);
    expect(world.news()).toEqual([
      "down 10.0.1.1",
      `${RS_A} DOWN`,
      "lost",
      `VS ${VS} DOWN`,
      `Virtualserver ${VS} - DOWN (=> Lost quorum 1+0=1 <= 0 <=)`,
      `${MAIL_A} - DOWN (=> TCP CHECK failed on service <=)`,
    ]);
    world.healthy.add(A);
    world.run(6);
    expect(world.news()).toEqual([
      "up 10.0.1.1",
      `${RS_A} UP`,
      "gained",
      `VS ${VS} UP`,
      `Virtualserver ${VS} - UP (=> Gained quorum 1+0=1 <= 1 <=)`,
      `${MAIL_A} - UP (=> TCP CHECK succeed on service <=)`,
    ]);
  });

  it("are mails of a checker alone where the server stays as it is", () => {
    const world = new World();
    world.healthy.add(A).add(B);
    world.apply(service([real(A, `${TCP}\n${HTTP}`), real(B)]), true).run(3);
    world.news();
    world.healthy.delete(A);
    world.run(6);
    const mails = world.news().filter((line) => line.includes("Realserver"));
    expect(mails).toHaveLength(2);
    expect(mails.filter((line) => line.startsWith("only "))).toHaveLength(1);
  });

  it("of a start are the servers' own only under rs_init_notifies", () => {
    const world = new World();
    world.healthy.add(A);
    world.apply(`global_defs {\nrs_init_notifies\n}\n${service([real(A)])}`, true);
    expect(world.news().slice(0, 2)).toEqual(["up 10.0.1.1", `${RS_A} UP`]);
  });

  it("tell of a server that a reload takes out, if it was up", () => {
    const world = new World();
    world.healthy.add(A).add(B);
    world.apply(service([real(A), real(B)]), true).run(3);
    world.news();
    world.apply(service([real(B)]));
    expect(world.news()).toEqual(["down 10.0.1.1", `${RS_A} DOWN`, `${MAIL_A} - DOWN (=> Removing <=)`]);
    world.healthy.delete(B);
    world.run(6).news();
    world.apply(service([real(A)]));
    expect(world.news().filter((line) => line.includes("10.0.1.2"))).toEqual([]);
  });

  it("of the stop come under omega", () => {
    const world = new World();
    world.healthy.add(A);
    world
      .apply(service([real(A)], "omega"), true)
      .run(3)
      .news();
    world.apply();
    expect(world.news()).toEqual(["down 10.0.1.1", `${RS_A} DOWN`, "lost", `VS ${VS} DOWN`]);
    const quiet = new World();
    quiet.apply(service([real(A)]), true).news();
    quiet.apply();
    expect(quiet.news()).toEqual([]);
  });
});

describe("verdicts in mails", () => {
  it("have keepalived's words for each sort of checker", () => {
    expect(verdictText("MISC_CHECK", true, "")).toBe("MISC CHECK succeeded on service");
    expect(verdictText("HTTP_GET", false, "x")).toBe("CHECK failed on service : HTTP/SSL request failed");
    expect(verdictText("SMTP_CHECK", false, "no greeting")).toBe("CHECK failed on service : no greeting");
  });
});
