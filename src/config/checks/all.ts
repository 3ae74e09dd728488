import type { Check } from "../open.ts";
import { ahState, authHmac } from "./auth-hmac.ts";
import { checkerAddresses, checkerReferences, checkerTimes, replyLengths } from "./checkers.ts";
import { duplicateNames, duplicateVirtualServers, unreadNames } from "./duplicates.ts";
import { trackedByBoth, weightsInSyncGroups, weightsOfOwners } from "./fixed-priorities.ts";
import { groupPorts } from "./group-ports.ts";
import { inSlices } from "./in-slices.ts";
import {
  addressCount,
  addressFamilies,
  duplicateAddresses,
  sourceFamilies,
  unicastWithoutPeers,
} from "./instance-addresses.ts";
import { addressesSomewhere, duplicateVrids, instanceInterface } from "./instance-identity.ts";
import { madeInterfaces, madeNames } from "./instance-interfaces.ts";
import { electionKeywords, ipv6Version, transport } from "./instance-transport.ts";
import { advertInterval, authentication, derivedValues, preemption } from "./instance-values.ts";
import { duplicateRealServers, portsUnderMark, serverFamilies, serverPorts } from "./real-servers.ts";
import { regularExpressions } from "./regular-expressions.ts";
import { groupFamilies, schedulerFlags, serverGroups } from "./server-groups.ts";
import { serviceFamily } from "./service-family.ts";
import { sorryServerOptions } from "./sorry-server.ts";
import { garpGroups, staticTracking, trackGroups } from "./static-objects.ts";
import { acceptMode, strictMode } from "./strict-mode.ts";
import { forgottenMembers, syncGroupMembers } from "./sync-groups.ts";
import { bfdHops, bfdNeighbours, trackedObjects, trackProcesses } from "./tracked-objects.ts";
import { trackedInterfaces, trackedScripts } from "./tracking.ts";
import {
  onePacketScheduling,
  quorumAndHysteresis,
  serviceDefaults,
  serviceProtocol,
  suspension,
  withoutRealServers,
  zeroPort,
} from "./virtual-server-values.ts";

/*
 * Every check, in the order in which they run: later ones see what earlier ones left. What keepalived sees while it
 * reads comes before what has it leave something out.
 */

/** What keepalived does not read is gone when they have run. */
export const FIRST_CHECKS: readonly Check[] = [unreadNames];

/** Scripts of VRRP, whatever is left out by these, are looked at; of servers only what they leave. */
export const MAIN_CHECKS: readonly Check[] = [
  trackProcesses,
  duplicateNames,
  derivedValues,
  trackedScripts,
  trackedInterfaces,
  trackedObjects,
  addressFamilies,
  sourceFamilies,
  transport,
  duplicateAddresses,
  syncGroupMembers,
  trackGroups,
  ipv6Version,
  madeInterfaces,
  madeNames,
  instanceInterface,
  addressesSomewhere,
  strictMode,
  forgottenMembers,
  acceptMode,
  addressCount,
  unicastWithoutPeers,
  advertInterval,
  authentication,
  authHmac,
  ahState,
  preemption,
  electionKeywords,
  duplicateVrids,
  weightsInSyncGroups,
  weightsOfOwners,
  trackedByBoth,
  staticTracking,
  garpGroups,
  serverGroups,
  sorryServerOptions,
  serviceFamily,
  inSlices([
    schedulerFlags,
    checkerReferences,
    checkerAddresses,
    replyLengths,
    regularExpressions,
    checkerTimes,
    serverFamilies,
    groupFamilies,
    withoutRealServers,
    serviceProtocol,
    zeroPort,
    portsUnderMark,
    groupPorts,
    serverPorts,
    duplicateRealServers,
    serviceDefaults,
    suspension,
    onePacketScheduling,
    quorumAndHysteresis,
  ]),
  bfdNeighbours,
  bfdHops,
];

/** What keepalived keeps, and Holdfast does not. */
export const LAST_CHECKS: readonly Check[] = [duplicateVirtualServers];
