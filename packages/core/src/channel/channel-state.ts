import type { OpenedChannel } from './opened-channel.js';
import type { RestartPause } from './restart-pause.js';

/** The state of a `RestartingChannel`. */
export type ChannelState =
  /** The next record opens a channel. */
  | { readonly kind: 'idle' }
  /** A channel is being constructed. Its pipeline may report meanwhile, and a listener may log. */
  | { readonly kind: 'opening' }
  /** Records are held until the channel has started. */
  | { readonly kind: 'starting'; readonly opened: OpenedChannel }
  | { readonly kind: 'open'; readonly opened: OpenedChannel }
  /** Records are held until the pause after a failure is over. */
  | { readonly kind: 'pausing'; readonly pause: RestartPause }
  /** The channel broke while the process exits: there is no time for another one. */
  | { readonly kind: 'over' };

export const IDLE: ChannelState = { kind: 'idle' };
