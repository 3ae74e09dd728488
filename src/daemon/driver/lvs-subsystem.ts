import { createLvsDirector } from "../../core/lvs/director.ts";
import { keyText } from "../../core/lvs/services.ts";
import type { Kernel } from "../../kernel/ports.ts";
import type { Log } from "../log/log.ts";
import type { ChildSettings } from "../messages.ts";
import type { Outlets } from "../notify/outlets.ts";
import { ipvsNamespaceOf } from "../places.ts";
import type { Scripts } from "../scripts/client.ts";
import type { Subsystem } from "../subsystem.ts";
import type { LvsBelongings } from "./belongings.ts";
import { Ledger } from "./ledger.ts";
import { LvsDriver } from "./lvs.ts";
import { createPatternCompiler } from "./patterns.ts";

/** The checkers child's work, as its parent has settled it. */
export function createLvsSubsystem(
  kernel: Kernel,
  scripts: Scripts,
  log: Log,
  { keepOnStop, ledger: path }: Pick<ChildSettings, "keepOnStop" | "ledger">,
  outlets?: Outlets,
): Subsystem {
  const ledger = path === undefined ? undefined : new Ledger<LvsBelongings>(path, log);
  const director = createLvsDirector({ random: Math.random, patterns: createPatternCompiler(log) });
  const driver = new LvsDriver(kernel, director, scripts, log, outlets);
  /** Where IPVS is: what the first configuration says, as the kernel's sockets are there from the start. */
  let namespace: string | undefined;
  let started = false;
  const belongings = (): LvsBelongings => ({
    ...(namespace !== undefined && { namespace }),
    services: director.services(),
    ...driver.belongings,
  });
  return {
    configure: (config) => {
      if (!started) namespace = ipvsNamespaceOf(config);
      driver.configure(config);
    },
    start: (changes) => {
      const left = ledger?.read();
      const earlier = left?.namespace === namespace ? left : undefined;
      if (earlier !== undefined) driver.inherit(earlier);
      driver.start(changes);
      const now = belongings();
      if (earlier !== undefined) driver.clear(without(earlier, now));
      ledger?.write(now);
      started = true;
    },
    apply: (changes) => {
      driver.apply(changes);
      ledger?.write(belongings());
    },
    session: (name, up) => driver.session(name, up),
    stop: (changes) => {
      driver.stop(changes, keepOnStop);
      if (!keepOnStop) ledger?.remove();
    },
  };
}

/** With the services alone that the other has not. */
function without(earlier: LvsBelongings, now: LvsBelongings): LvsBelongings {
  const wanted = new Set(now.services.map(keyText));
  return { ...earlier, services: earlier.services.filter((key) => !wanted.has(keyText(key))) };
}
