/** What keepalived's statistics count of an instance, by its names there. */
export interface Counters {
  advertsReceived: number;
  advertsSent: number;
  becameMaster: number;
  releasedMaster: number;
  packetLength: number;
  checksum: number;
  version: number;
  ttl: number;
  invalidType: number;
  advertInterval: number;
  addressList: number;
  invalidAuthType: number;
  authTypeMismatch: number;
  authFailure: number;
  unknownPeer: number;
  priorityZeroReceived: number;
  priorityZeroSent: number;
  authExtMissing: number;
  authExtMalformed: number;
  authExtUnknownKey: number;
  authExtInvalidHmac: number;
  authExtStale: number;
  authExtReplay: number;
}

export function newCounters(): Counters {
  return {
    advertsReceived: 0,
    advertsSent: 0,
    becameMaster: 0,
    releasedMaster: 0,
    packetLength: 0,
    checksum: 0,
    version: 0,
    ttl: 0,
    invalidType: 0,
    advertInterval: 0,
    addressList: 0,
    invalidAuthType: 0,
    authTypeMismatch: 0,
    authFailure: 0,
    unknownPeer: 0,
    priorityZeroReceived: 0,
    priorityZeroSent: 0,
    authExtMissing: 0,
    authExtMalformed: 0,
    authExtUnknownKey: 0,
    authExtInvalidHmac: 0,
    authExtStale: 0,
    authExtReplay: 0,
  };
}
