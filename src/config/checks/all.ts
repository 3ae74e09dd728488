import type { Check } from "../open.ts";
import { duplicateNames, duplicateVirtualServers } from "./duplicates.ts";
import {
  addressCount,
  addressFamilies,
  duplicateAddresses,
  unicastWithoutPeers,
} from "./instance-addresses.ts";
import { duplicateVrids, instanceInterface } from "./instance-identity.ts";
import { advertInterval, authentication, derivedValues, preemption } from "./instance-values.ts";
import { duplicateRealServers, serverFamilies, serverPorts } from "./real-servers.ts";
import { scriptSecurity } from "./script-security.ts";
import { serviceFamily } from "./service-family.ts";
import { syncGroupMembers, weightsInSyncGroups } from "./sync-groups.ts";
import { trackedInterfaces, trackedScripts } from "./tracking.ts";
import {
  checkerWarmup,
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
  instanceInterface,
  addressFamilies,
  duplicateAddresses,
  addressCount,
  unicastWithoutPeers,
  advertInterval,
  preemption,
  authentication,
  duplicateVrids,
  syncGroupMembers,
  trackedScripts,
  trackedInterfaces,
  weightsInSyncGroups,
  serviceProtocol,
  serviceFamily,
  duplicateVirtualServers,
  serverFamilies,
  zeroPort,
  serverPorts,
  duplicateRealServers,
  withoutRealServers,
  onePacketScheduling,
  quorumAndHysteresis,
  checkerWarmup,
  scriptSecurity,
];
