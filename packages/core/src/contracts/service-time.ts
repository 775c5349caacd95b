/** The time of the service, as far as it is known: the clock of this host may be wrong. */
export interface ServiceTime {
  /** Whether the service has responded since the host's clock was last set. */
  readonly isKnown: boolean;
  /** The service's time less the host's time, in milliseconds. 0 while it is unknown. */
  readonly offsetMs: number;
  /** The start of this process. It logged no event earlier. */
  readonly processStart: number;
  now(): number;
  hostNow(): number;
  /** Detects that the host's clock was set. @param hostTime the current time by the host's clock */
  observe(hostTime: number): void;
}
