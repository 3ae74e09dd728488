import type { Route, Rule, ScriptCommand, VirtualAddress } from "../../config/config.ts";
import type { Change } from "../../plan/plan.ts";
import type { AdvertError, VrrpAdvert } from "../../wire/vrrp.ts";
import type { AdvertSeal } from "../../wire/vrrp-packet.ts";
import type { WatchEffect } from "../track/effects.ts";
import type { CountCause } from "../track/process-tracker.ts";
import type { VirtualLink } from "./virtual-link.ts";

/** What of an advert can be checked only with a secret: the bytes that it covers. */
export type AdvertProof =
  /** The whole IPv4 packet, with an Authentication Header. */
  | { readonly type: "ah"; readonly packet: Uint8Array }
  /** The VRRP message with a trailer behind it. */
  | { readonly type: "trailer"; readonly message: Uint8Array };

/** INIT until started; FAULT while something tracked without weight is down. */
export type VrrpState = "INIT" | "BACKUP" | "MASTER" | "FAULT";

/** What is known of an interface that an instance runs on or tracks. */
export interface InterfaceFacts {
  readonly name: string;
  /** 0 when it does not exist. */
  readonly ifindex: number;
  readonly running: boolean;
  /** First global IPv4 address, canonical; undefined while there is none. */
  readonly address4?: string;
  /** First link-local IPv6 address, canonical; undefined while there is none. */
  readonly address6?: string;
  /** Bytes. */
  readonly mtu?: number;
  /** Its link was asked for, because the kernel does not tell of it. */
  readonly polled?: true;
  /** All its addresses, virtual ones too; absent where that is not known. */
  readonly addresses?: readonly string[];
}

/**
 * Events of the VRRP router: one machine that holds every instance, sync group and script tracker of the daemon,
 * because groups and trackers tie them together.
 */
export type VrrpEvent =
  /** The vrrp changes of a plan, in order. `interfaces` holds the facts of every interface they name. */
  | {
      readonly type: "apply";
      readonly changes: readonly Change[];
      readonly interfaces: readonly InterfaceFacts[];
      /** Contents of the key files that auth_hmac names, by path; a file that cannot be read is missing here. */
      readonly keyFiles?: ReadonlyMap<string, Uint8Array>;
    }
  /** The time of day, as microseconds since 1970 at monotonic time 0: at the start, and whenever it was stepped. */
  | { readonly type: "clock"; readonly epoch: number }
  | { readonly type: "interface"; readonly facts: InterfaceFacts }
  /** A well-formed advert that came in on `ifindex`; the machine finds the instance by VRID and interface. */
  | {
      readonly type: "advert";
      readonly advert: VrrpAdvert;
      readonly source: string;
      readonly destination: string;
      readonly hops: number;
      readonly ifindex: number;
      readonly proof?: AdvertProof;
    }
  /** A VRRP message that is no advert: counted, and logged for the instance that it names. */
  | {
      readonly type: "malformed";
      readonly error: AdvertError;
      readonly source: string;
      readonly destination: string;
      readonly hops: number;
      readonly ifindex: number;
    }
  /** An address is gone from an interface and it was not us who removed it. */
  | { readonly type: "address-removed"; readonly ifindex: number; readonly address: string }
  /** Somebody took a route or a rule away that an instance holds; `what` in words. */
  | { readonly type: "holding-removed"; readonly instance: string; readonly what: string }
  /** A vrrp_script run ended. `ok`: exit status 0 within its timeout. */
  | { readonly type: "script-result"; readonly script: string; readonly ok: boolean; readonly status: string }
  /** What a watched file holds; undefined when that is no number of 32 bits. 0 where there is no file. */
  | { readonly type: "file-value"; readonly file: string; readonly value: number | undefined }
  /** How many processes of a vrrp_track_process run. */
  | {
      readonly type: "process-count";
      readonly process: string;
      readonly count: number;
      readonly cause: CountCause;
    }
  /** Whether a BFD session is up: told of each that runs at the start, and of every change. Others are not tracked. */
  | { readonly type: "bfd"; readonly name: string; readonly up: boolean }
  | { readonly type: "timer" };

export type NotifyTarget =
  | { readonly type: "INSTANCE"; readonly name: string }
  | { readonly type: "GROUP"; readonly name: string };

/** The word for a piece of news, in arguments of scripts and lines of FIFOs. The last three are no transitions. */
export type NotifyState =
  | "MASTER"
  | "BACKUP"
  | "FAULT"
  | "STOP"
  | "DELETED"
  | "MASTER_RX_LOWER_PRI"
  | "MASTER_PRIORITY"
  | "BACKUP_PRIORITY";

/** What the driver carries out, in order. */
export type VrrpEffect =
  /** Opens (or reopens, when it is open with other options) the instance's socket. */
  | {
      readonly type: "open";
      readonly instance: string;
      readonly family: 4 | 6;
      readonly interface: string;
      readonly ifindex: number;
      /** Multicast group, or undefined with unicast peers. */
      readonly group?: string;
      readonly source?: string;
      /** Hop limit of what it sends; 255 when absent. */
      readonly hops?: number;
      /** Adverts come behind an Authentication Header. */
      readonly authenticated?: true;
      /** What the instance adds to the receive buffer of its socket, bytes; absent: the system's default. */
      readonly receiveBuffer?: number;
    }
  | { readonly type: "close"; readonly instance: string }
  /**
   * From now on these links are wanted, and no others of ours. The driver answers with an `interface` event for each
   * that it had not made before, index 0 where it could not.
   */
  | { readonly type: "virtual-links"; readonly links: readonly VirtualLink[] }
  /** Sends one advert now. All adverts of one handle() call go out together. */
  | {
      readonly type: "send-advert";
      readonly instance: string;
      readonly advert: VrrpAdvert;
      readonly source: string;
      readonly destinations: readonly string[];
      /** TTL or hop limit; 255 when absent. */
      readonly hops?: number;
      readonly seal?: AdvertSeal;
    }
  | {
      readonly type: "add-addresses";
      readonly instance: string;
      readonly addresses: readonly VirtualAddress[];
    }
  | {
      readonly type: "remove-addresses";
      readonly instance: string;
      readonly addresses: readonly VirtualAddress[];
    }
  /** Routes and rules in place; what is there already is not touched. */
  | { readonly type: "add-routes"; readonly instance: string; readonly routes: readonly Route[] }
  | { readonly type: "remove-routes"; readonly instance: string; readonly routes: readonly Route[] }
  | { readonly type: "add-rules"; readonly instance: string; readonly rules: readonly Rule[] }
  | { readonly type: "remove-rules"; readonly instance: string; readonly rules: readonly Rule[] }
  /** One gratuitous ARP for each address, in order. */
  | {
      readonly type: "gratuitous-arp";
      readonly instance: string;
      readonly addresses: readonly VirtualAddress[];
    }
  /**
   * Tells scripts, FIFOs and, where `alert` is set, mail. Scripts of one effect may run together; those of different
   * effects of one target never do.
   */
  | {
      readonly type: "notify";
      readonly target: NotifyTarget;
      readonly state: NotifyState;
      readonly priority: number;
      readonly scripts: readonly { readonly command: ScriptCommand; readonly standardArguments: boolean }[];
      readonly alert: boolean;
    }
  /** Starts a vrrp_script; the driver answers with `script-result`. Never two runs of one script at a time. */
  | {
      readonly type: "run-script";
      readonly script: string;
      readonly command: ScriptCommand;
      /** Microseconds after which it is killed and has failed. */
      readonly timeout: number;
    }
  | { readonly type: "cancel-script"; readonly script: string }
  | WatchEffect
  | { readonly type: "log"; readonly level: "info" | "warn" | "error"; readonly message: string };
