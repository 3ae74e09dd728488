import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PART_OPTIONS, type RouterProgram } from "./router.ts";

/** The bundle that `npm ci` or `npm run build` makes. */
export const HOLDFAST_BUNDLE = fileURLToPath(new URL("../../dist/holdfast.cjs", import.meta.url));

/** Our own daemon as built; throws when there is no bundle. */
export const HOLDFAST: RouterProgram = {
  name: "holdfast",
  command: ({ config, pid, vrrpPid, checkersPid }, parts = "vrrp") => {
    if (!existsSync(HOLDFAST_BUNDLE)) throw new Error(`${HOLDFAST_BUNDLE} is missing: run npm run build`);
    return [
      ...[process.execPath, HOLDFAST_BUNDLE, "run", "-n", "-l", "-D", ...PART_OPTIONS[parts]],
      ...["-f", config, "-p", pid, "-r", vrrpPid, "-c", checkersPid],
    ];
  },
};
