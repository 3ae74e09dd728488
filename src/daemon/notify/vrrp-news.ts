import { alerts } from "../../config/alerts.ts";
import type { Config } from "../../config/config.ts";
import type { NotifyTarget, VrrpEffect } from "../../core/vrrp/contract.ts";
import type { Scripts } from "../scripts/client.ts";
import type { Alert, Outlets } from "./outlets.ts";

type Notify = Extract<VrrpEffect, { readonly type: "notify" }>;

/** Tells scripts, FIFOs and mail what becomes of instances and groups. */
export class VrrpNews {
  readonly #scripts: Scripts;
  readonly #outlets: Outlets | undefined;
  /** What holds while an effect is carried out: of an instance that a plan deletes, the block is in the one before. */
  #config: Config | undefined;
  #before: Config | undefined;

  /** Without outlets only scripts hear. */
  constructor(scripts: Scripts, outlets?: Outlets) {
    this.#scripts = scripts;
    this.#outlets = outlets;
  }

  configure(config: Config): void {
    this.#before = this.#config;
    this.#config = config;
  }

  tell(effect: Notify): void {
    const { target, state, priority, scripts } = effect;
    for (const [index, { command, standardArguments }] of scripts.entries()) {
      const extra = standardArguments ? [target.type, target.name, state, String(priority)] : [];
      this.#scripts.run({
        ...command,
        key: `${target.type} ${target.name}`,
        kind: "notify",
        argv: [...command.argv, ...extra],
        beside: index > 0,
      });
    }
    this.#outlets?.line(`${target.type} "${target.name}" ${state} ${priority}`);
    if (effect.alert && this.#wantsMail(effect)) this.#outlets?.alert(alertOf(effect));
  }

  #wantsMail({ target, state }: Notify): boolean {
    const config = this.#config;
    const block = blockOf(target, config) ?? blockOf(target, this.#before);
    if (config === undefined || block === undefined) return false;
    if (state === "FAULT" && config.global_defs.no_email_faults) return false;
    return alerts(block, config, "smtp_alert_vrrp", false);
  }
}

function blockOf({ type, name }: NotifyTarget, config: Config | undefined) {
  const blocks = type === "GROUP" ? config?.vrrp_sync_group : config?.vrrp_instance;
  return blocks?.find((block) => block.name === name);
}

/** keepalived's words. */
function alertOf({ target, state }: Notify): Alert {
  if (target.type === "GROUP")
    return {
      subject: `VRRP Group ${target.name} - Entering ${state} state`,
      body: `=> All VRRP group instances are now in ${state} state <=`,
    };
  if (state === "DELETED")
    return { subject: `VRRP Instance ${target.name} - Deleted`, body: "=> VRRP Deleted at reload <=" };
  return {
    subject: `VRRP Instance ${target.name} - Entering ${state} state`,
    body: `=> VRRP Instance is ${state === "MASTER" ? "now" : "no longer"} owning VRRP VIPs <=`,
  };
}
