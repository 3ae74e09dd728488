import { copyFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, it } from "vitest";
import { type Host, Lab } from "../lab/netns.ts";
import { instance, startDaemon } from "./daemon.ts";

let lab: Lab;
let host: Host;
beforeEach(() => {
  lab = new Lab();
  host = lab.hostOnSwitch();
});
afterEach(() => lab.dispose());

/** A running daemon; `says` waits for the next line of its log that tells of this priority. */
function router(config: string) {
  const made = startDaemon(lab, host, config);
  let mark = 0;
  const says = async (text: string, timeout = 5_000) => {
    await made.process.waitFor(text, timeout, mark);
    mark = made.process.mark();
  };
  return { made, says, priority: (to: number) => says(`to ${to}`) };
}

describe("a tracked file", () => {
  it("may come with its directory, be moved, and go with it", async () => {
    const home = lab.path("home");
    const path = `${home}/number`;
    const { made, priority } = router(
      `track_file f {\n file ${path}\n weight 1\n}\n${instance(["192.0.2.100/24"], "track_file {\n f\n }")}`,
    );
    await made.waitForState("VI_1", "MASTER");
    mkdirSync(home);
    writeFileSync(`${path}.new`, "7\n");
    renameSync(`${path}.new`, path);
    await priority(107);
    writeFileSync(path, "8\n");
    await priority(108);
    renameSync(home, `${home}.away`);
    await priority(100);
    renameSync(`${home}.away`, home);
    await priority(108);
    rmSync(home, { recursive: true });
    await priority(100);
    made.configure(
      `track_file f {\n file ${path}\n weight 3\n init_file 2\n}\n${instance(["192.0.2.100/24"], "track_file {\n f\n }")}`,
    );
    mkdirSync(home);
    writeFileSync(path, "10\n");
    await priority(110);
    made.reload();
    await priority(130);
    await made.stop();
  });
});

describe("a tracked process", () => {
  it("is counted although the kernel of a container tells of none", async () => {
    const program = lab.path("hf-tracked");
    copyFileSync("/bin/sleep", program);
    const { made, says, priority } = router(
      `vrrp_track_process p {\n process hf-tracked\n weight 20\n}\n${instance(["192.0.2.100/24"], "track_process {\n p\n }")}`,
    );
    await says("The kernel does not tell of processes here");
    await made.waitForState("VI_1", "MASTER");
    const first = host.spawn([program, "60"]);
    await priority(120);
    first.signal("SIGKILL");
    await says("Quorum lost for tracked process p");
    await made.stop();
  });
});

describe("a tracked interface", () => {
  it("may be deleted and made again", async () => {
    host.exec("ip", "link", "add", "eth1", "type", "veth", "peer", "name", "peer1");
    host.exec("ip", "link", "set", "eth1", "up");
    host.exec("ip", "link", "set", "peer1", "up");
    const { made, priority } = router(instance(["192.0.2.100/24"], "track_interface {\n eth1 weight 10\n }"));
    await made.waitForState("VI_1", "MASTER");
    host.exec("ip", "link", "del", "eth1");
    await priority(100);
    host.exec("ip", "link", "add", "eth1", "type", "veth", "peer", "name", "peer1");
    host.exec("ip", "link", "set", "eth1", "up");
    host.exec("ip", "link", "set", "peer1", "up");
    await priority(110);
    await made.stop();
  });
});

describe("a source address that is tracked", () => {
  it("lets the instance run while it is there", async () => {
    const { made } = router(
      instance(
        ["192.0.2.100/24"],
        "unicast_src_ip 192.0.2.7\n track_src_ip\n unicast_peer {\n 192.0.2.9\n }",
      ),
    );
    await made.process.waitFor("source address 192.0.2.7 missing");
    host.exec("ip", "addr", "add", "192.0.2.7/24", "dev", "eth0");
    await made.waitForState("VI_1", "MASTER");
    const mark = made.process.mark();
    host.exec("ip", "addr", "del", "192.0.2.7/24", "dev", "eth0");
    await made.waitForState("VI_1", "FAULT", 20_000, mark);
    await made.stop();
  });
});
