import type { Format } from './formats.js';

/** Documents that can be printed alone. */
export const DOCUMENTS = ['permissions', 'trust', 'assume'] as const;

/** What the user wants to see. */
export interface Wanted {
  readonly format: Format;
  readonly document: (typeof DOCUMENTS)[number];
  readonly account: string | undefined;
  /** The ARN of who assumes the role. */
  readonly principal: string | undefined;
}
