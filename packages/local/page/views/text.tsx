import { safe } from '../../src/terminal/safe-text.js';

/** A row shows the first characters of a text. */
const MAX_ROW_CHARACTERS = 600;

/**
 * Text from a log. Control characters are shown as escapes, and it cannot change the direction of the text beside it: this
 * is the only way that such text gets into the page, always as text.
 */
export const LogText = ({ text }: { readonly text: string }) => <bdi>{safe(text)}</bdi>;

export const RowText = ({ text }: { readonly text: string }) => (
  <LogText text={text.slice(0, MAX_ROW_CHARACTERS)} />
);
