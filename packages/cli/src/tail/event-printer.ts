import { safe, stdout } from '../terminal/output.js';
import { parseMessage } from './parsed-message.js';
import type { TailEvent } from './tail-event.js';

type Style = Parameters<typeof stdout.style>[0];

const STYLES: ReadonlyMap<string, Style> = new Map<string, Style>([
  ['trace', 'dim'],
  ['debug', 'dim'],
  ['verbose', 'dim'],
  ['silly', 'dim'],
  ['info', 'green'],
  ['http', 'green'],
  ['warn', 'yellow'],
  ['warning', 'yellow'],
  ['error', 'red'],
  ['fatal', ['bold', 'red']],
]);

export interface PrinterOptions {
  /** Lines of JSON instead. */
  readonly json: boolean;
  /** Messages as they are, without unfolding. */
  readonly raw: boolean;
  /** Whether events of several log groups come. */
  readonly showGroup: boolean;
}

/** Prints events, one after the other. */
export class EventPrinter {
  readonly #options: PrinterOptions;
  #place = '';
  #day = '';

  constructor(options: PrinterOptions) {
    this.#options = options;
  }

  print(event: TailEvent): void {
    if (this.#options.json) {
      stdout.line(safe(JSON.stringify(event)));
      return;
    }
    this.#printPlace(event);
    const { level, text, fields, stack } = this.#options.raw
      ? { level: undefined, text: event.message, fields: [], stack: [] }
      : parseMessage(event.message, event.timestamp);
    const time = stdout.style('dim', new Date(event.timestamp).toISOString().slice(11, 23));
    const label = level === undefined ? '' : `${this.#label(level)} `;
    const rest = fields.map(
      ([name, value]) => `${stdout.style('dim', `${safe(name)}=`)}${safe(textOf(value))}`,
    );
    const [first = '', ...more] = [...text.split('\n'), ...stack].map(safe);
    stdout.line(`${time} ${label}${[first, ...rest].join(' ')}`);
    for (const line of more) stdout.line(`             ${line}`);
  }

  /** A heading when the day or the log stream changes. */
  #printPlace({ logGroupName, logStreamName, timestamp }: TailEvent): void {
    const day = new Date(timestamp).toISOString().slice(0, 10);
    const place = [...(this.#options.showGroup ? [logGroupName] : []), logStreamName].join(' ');
    if (place === this.#place && day === this.#day) return;
    this.#place = place;
    this.#day = day;
    stdout.line(stdout.style('dim', `${day} ${safe(place)}`));
  }

  #label(level: string): string {
    const text = safe(level.toUpperCase()).padEnd(5);
    const style = STYLES.get(level);
    return style === undefined ? text : stdout.style(style, text);
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}
