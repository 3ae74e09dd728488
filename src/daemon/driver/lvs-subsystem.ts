import { createLvsDirector } from "../../core/lvs/director.ts";
import type { Kernel } from "../../kernel/ports.ts";
import type { Log } from "../log/log.ts";
import type { Outlets } from "../notify/outlets.ts";
import type { Scripts } from "../scripts/client.ts";
import type { Subsystem } from "../subsystem.ts";
import { LvsDriver } from "./lvs.ts";
import { createPatternCompiler } from "./patterns.ts";

/** The checkers child's work. `keepOnStop`: leave the IPVS table as it is. */
export function createLvsSubsystem(
  kernel: Kernel,
  scripts: Scripts,
  log: Log,
  keepOnStop: boolean,
  outlets?: Outlets,
): Subsystem {
  const director = createLvsDirector({ random: Math.random, patterns: createPatternCompiler(log) });
  const driver = new LvsDriver(kernel, director, scripts, log, outlets);
  return {
    configure: (config) => driver.configure(config),
    start: (changes) => driver.start(changes),
    apply: (changes) => driver.apply(changes),
    session: (name, up) => driver.session(name, up),
    stop: (changes) => driver.stop(changes, keepOnStop),
  };
}
