import { createVrrpRouter } from "../../core/vrrp/router.ts";
import type { Kernel } from "../../kernel/ports.ts";
import type { Log } from "../log/log.ts";
import type { Outlets } from "../notify/outlets.ts";
import type { Scripts } from "../scripts/client.ts";
import type { Subsystem } from "../subsystem.ts";
import { VrrpDriver } from "./vrrp.ts";
import { WarmUp } from "./warm-up.ts";

/** The vrrp child's work. `keepOnStop`: leave virtual addresses on the interfaces. */
export function createVrrpSubsystem(
  kernel: Kernel,
  scripts: Scripts,
  log: Log,
  keepOnStop: boolean,
  outlets?: Outlets,
): Subsystem {
  const router = createVrrpRouter();
  const driver = new VrrpDriver(kernel, router, scripts, log, outlets);
  let warmUp: WarmUp | undefined;
  return {
    configure: (config) => driver.configure(config),
    start: (plan) => {
      const changes = [...plan];
      driver.apply(changes);
      warmUp = new WarmUp(changes);
      warmUp.start();
    },
    apply: (changes) => driver.apply([...changes]),
    stop: (changes) => {
      warmUp?.stop();
      driver.stop([...changes], keepOnStop);
    },
    report: (clear) => {
      const snapshot = router.snapshot();
      if (clear) router.clearStatistics();
      return snapshot;
    },
  };
}
