/** From a daemon in the background to the process that started it, once. */
export type StartReport =
  | { readonly type: "started" }
  /** Start-up failed: what to print, and the status to exit with. */
  | { readonly type: "failed"; readonly status: number; readonly report: string };
