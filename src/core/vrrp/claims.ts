import type { Route, Rule, VirtualAddress } from "../../config/config.ts";
import type { Definition } from "./definition.ts";

/** What instances hold when they are master; addresses name their interfaces. */
export interface Claims {
  readonly addresses: readonly VirtualAddress[];
  readonly routes: readonly Route[];
  readonly rules: readonly Rule[];
}

/** The claims of these instances together. */
export function claimsOf(definitions: readonly Definition[]): Claims {
  return {
    addresses: definitions.flatMap(({ all }) => all),
    routes: definitions.flatMap(({ routes }) => routes),
    rules: definitions.flatMap(({ rules }) => rules),
  };
}
