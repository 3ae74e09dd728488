import type { Check } from "../open.ts";
import { ineffectiveTimer } from "./ineffective-timer.ts";
import { ineffectiveWeight } from "./ineffective-weight.ts";
import { neverMaster } from "./never-master.ts";
import { noScriptUser } from "./no-script-user.ts";
import { nopreemptWithWeights } from "./nopreempt-with-weights.ts";
import { slowChecker } from "./slow-checker.ts";
import { slowScript } from "./slow-script.ts";
import { strictModeDrops } from "./strict-mode-drops.ts";
import { uselessSorryServer } from "./useless-sorry-server.ts";
import { vridOnOneNetwork } from "./vrid-on-one-network.ts";

/**
 * What keepalived accepts without a word and somebody regrets at night. Advice changes nothing and is only given
 * where no other configuration of the other routers could make it wrong; it runs on what the checks left.
 */
export const ALL_ADVICE: readonly Check[] = [
  ineffectiveWeight,
  nopreemptWithWeights,
  strictModeDrops,
  vridOnOneNetwork,
  neverMaster,
  ineffectiveTimer,
  slowScript,
  slowChecker,
  uselessSorryServer,
  noScriptUser,
];
