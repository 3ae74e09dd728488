/** Exit statuses of the daemon, as keepalived 2.2.7 gives them. */
export const EXIT = {
  ok: 0,
  /** Wrong usage, or the machine refuses something without which there is no daemon (a pid file). */
  failure: 1,
  /** The configuration cannot be used, or a child cannot do its work here. */
  configuration: 2,
  /** The configuration file cannot be read. */
  missingFile: 6,
  /** A child met an error of our own (EX_SOFTWARE): it is started again. */
  software: 70,
} as const;
