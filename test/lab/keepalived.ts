import type { RouterProgram } from "./router.ts";

/** The installed keepalived, VRRP only: the reference peer of interoperability tests. */
export const KEEPALIVED: RouterProgram = {
  name: "keepalived",
  command: ({ config, pid, vrrpPid, checkersPid }) => [
    ...["keepalived", "-n", "-l", "-D", "-G", "-P"],
    ...["-f", config, "-p", pid, "-r", vrrpPid, "-c", checkersPid],
  ],
};
