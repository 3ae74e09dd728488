import { PART_OPTIONS, type RouterProgram } from "./router.ts";

/** The installed keepalived: the reference peer of interoperability tests. */
export const KEEPALIVED: RouterProgram = {
  name: "keepalived",
  command: ({ config, pid, vrrpPid, checkersPid }, parts = "vrrp") => [
    ...["keepalived", "-n", "-l", "-D", "-G", ...PART_OPTIONS[parts]],
    ...["-f", config, "-p", pid, "-r", vrrpPid, "-c", checkersPid],
  ],
};
