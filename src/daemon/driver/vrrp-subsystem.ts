import { createVrrpRouter } from "../../core/vrrp/router.ts";
import type { Kernel } from "../../kernel/ports.ts";
import type { Log } from "../log/log.ts";
import type { ChildSettings } from "../messages.ts";
import type { Outlets } from "../notify/outlets.ts";
import type { Scripts } from "../scripts/client.ts";
import type { Subsystem } from "../subsystem.ts";
import type { VrrpBelongings } from "./belongings.ts";
import { Ledger } from "./ledger.ts";
import { VrrpDriver } from "./vrrp.ts";
import { WarmUp } from "./warm-up.ts";

/** The vrrp child's work, as its parent has settled it. */
export function createVrrpSubsystem(
  kernel: Kernel,
  scripts: Scripts,
  log: Log,
  { keepOnStop, ledger: path }: Pick<ChildSettings, "keepOnStop" | "ledger">,
  outlets?: Outlets,
): Subsystem {
  const ledger = path === undefined ? undefined : new Ledger<VrrpBelongings>(path, log);
  const router = createVrrpRouter();
  const driver = new VrrpDriver(kernel, router, scripts, log, outlets);
  let warmUp: WarmUp | undefined;
  const record = () => ledger?.write(driver.belongings(router.claims()));
  return {
    configure: (config) => driver.configure(config),
    start: (plan) => {
      const changes = [...plan];
      const earlier = ledger?.read();
      if (earlier !== undefined) driver.inherit(earlier);
      driver.apply(changes);
      record();
      warmUp = new WarmUp(changes);
      warmUp.start();
    },
    apply: (changes) => {
      driver.apply([...changes]);
      record();
    },
    stop: (changes) => {
      warmUp?.stop();
      driver.stop([...changes], keepOnStop);
      if (!keepOnStop) ledger?.remove();
    },
    report: (clear) => {
      const snapshot = router.snapshot();
      if (clear) router.clearStatistics();
      return snapshot;
    },
  };
}
