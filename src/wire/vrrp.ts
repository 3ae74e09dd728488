/** A VRRP advertisement as data (RFC 9568 §5.2 for version 3, RFC 3768 §5.3 for version 2). */
export interface VrrpAdvert {
  readonly version: 2 | 3;
  readonly virtualRouterId: number;
  /** 0 when the master resigns. */
  readonly priority: number;
  /** Advertisement interval in microseconds; version 2 carries whole seconds, version 3 centiseconds. */
  readonly interval: number;
  /** Addresses in packet order, canonical. */
  readonly addresses: readonly string[];
  /** Version 2 only: 0 none, 1 simple password, 2 AH. */
  readonly authType?: number;
  /** Version 2 simple password, up to 8 bytes, as text. */
  readonly password?: string;
}
