import type { Check } from "../open.ts";
import { ahState, authHmac } from "./auth-hmac.ts";
import { checkerReferences, checkerTimes, replyLengths } from "./checkers.ts";
import { duplicateNames, duplicateVirtualServers } from "./duplicates.ts";
import {
  addressCount,
  addressFamilies,
  duplicateAddresses,
  unicastWithoutPeers,
} from "./instance-addresses.ts";
import { duplicateVrids, instanceInterface } from "./instance-identity.ts";
import { madeInterfaces } from "./instance-interfaces.ts";
import { electionKeywords, ipv6Version, transport } from "./instance-transport.ts";
import { advertInterval, authentication, derivedValues, preemption } from "./instance-values.ts";
import { duplicateRealServers, serverFamilies, serverPorts } from "./real-servers.ts";
import { scriptSecurity } from "./script-security.ts";
import { schedulerFlags, serverGroups } from "./server-groups.ts";
import { serviceFamily } from "./service-family.ts";
import { garpGroups, staticTracking, trackGroups } from "./static-objects.ts";
import { acceptMode, strictMode } from "./strict-mode.ts";
import { syncGroupMembers, weightsInSyncGroups } from "./sync-groups.ts";
import { bfdFamilies, trackedObjects, trackProcesses } from "./tracked-objects.ts";
import { trackedInterfaces, trackedScripts } from "./tracking.ts";
import {
  onePacketScheduling,
  quorumAndHysteresis,
  serviceProtocol,
  withoutRealServers,
  zeroPort,
} from "./virtual-server-values.ts";

/** Every check, in the order in which they run: later ones see what earlier ones left. */
export const ALL_CHECKS: readonly Check[] = [
  duplicateNames,
  derivedValues,
  trackProcesses,
  bfdFamilies,
  instanceInterface,
  ipv6Version,
  madeInterfaces,
  strictMode,
  acceptMode,
  addressFamilies,
  transport,
  duplicateAddresses,
  addressCount,
  unicastWithoutPeers,
  advertInterval,
  preemption,
  electionKeywords,
  authentication,
  authHmac,
  ahState,
  duplicateVrids,
  syncGroupMembers,
  trackedScripts,
  trackedInterfaces,
  trackedObjects,
  weightsInSyncGroups,
  trackGroups,
  staticTracking,
  garpGroups,
  serverGroups,
  serviceProtocol,
  serviceFamily,
  duplicateVirtualServers,
  serverFamilies,
  zeroPort,
  serverPorts,
  duplicateRealServers,
  withoutRealServers,
  schedulerFlags,
  onePacketScheduling,
  quorumAndHysteresis,
  checkerReferences,
  replyLengths,
  checkerTimes,
  scriptSecurity,
];
