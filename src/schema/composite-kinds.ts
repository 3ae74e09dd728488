import type {
  Forwarding,
  ScriptCommand,
  ServerAddress,
  ServiceName,
  StatusRanges,
  TrackedInterface,
  TrackedScript,
  UnicastPeer,
  VirtualAddress,
} from "./composite.ts";
import type { Kind } from "./kind.ts";

function pending<T>(name: string): Kind<T> {
  const refuse = () => {
    throw new Error(name);
  };
  return { name, words: [1, Number.POSITIVE_INFINITY], parse: refuse, format: refuse };
}

export const scriptCommand: Kind<ScriptCommand> = pending("script");
export const userGroup: Kind<{ readonly user: string; readonly group?: string }> = pending("user [group]");
export const virtualAddress: Kind<VirtualAddress> = pending("virtual address");
export const trackedInterface: Kind<TrackedInterface> = pending("tracked interface");
export const trackedScript: Kind<TrackedScript> = pending("tracked script");
export const scriptWeight: Kind<{ readonly weight: number; readonly reverse: boolean }> = pending("weight");
export const unicastPeer: Kind<UnicastPeer> = pending("unicast peer");
export const serviceName: Kind<ServiceName> = pending("service");
export const serverAddress: Kind<ServerAddress> = pending("server");
export const forwarding: Kind<Forwarding> = pending("forwarding");
export const statusRanges: Kind<StatusRanges> = pending("status codes");
/** Persistence granularity: prefix length, 1–32 or 1–128, from a netmask or a number. */
export const granularity: Kind<number> = pending("netmask");
/** Optional argument: seconds of persistence, 360 when the keyword stands alone. */
export const persistenceTimeout: Kind<number> = pending("persistence timeout");
