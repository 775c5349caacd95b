import { toJson } from '../http/json.js';
import type { Put, RequestRecord } from '../local.js';
import type { Entity } from '../store/entity.js';
import { isoTime } from './iso-time.js';
import { safe } from './safe-text.js';

/** Formats what arrives: a line for each event, and a heading whenever the group, stream or entity changes. */
export class Transcript {
  readonly #colour: boolean;
  #source = '';

  constructor(colour: boolean) {
    this.#colour = colour;
  }

  put(put: Put): string {
    const { logGroupName, logStreamName, entity, events } = put;
    const lines = events.map(({ timestamp, message }) => `${this.#dim(clock(timestamp))} ${safe(message)}`);
    const source = `${safe(logGroupName)} ${safe(logStreamName)}  ${safe(describe(entity))}`;
    if (source !== this.#source) lines.unshift('', this.#bold(source));
    this.#source = source;
    lines.push(...rejections(put).map((line) => this.#warn(line)));
    return `${lines.join('\n')}\n`;
  }

  /** Empty for a request that succeeded, whose events `put` has formatted. */
  request({ operation, status, errorType, errorMessage = '', fault, at }: RequestRecord): string {
    if (status === 200 && fault === undefined) return '';
    const parts = [operation, status === 0 ? 'not answered' : status];
    if (errorType !== undefined) parts.push(`${errorType}: ${errorMessage}`);
    if (fault !== undefined) parts.push(`(fault: ${fault})`);
    return `${this.#dim(clock(at))} ${this.#warn(safe(parts.join(' ')))}\n`;
  }

  #dim(text: string): string {
    return this.#style('2', text);
  }

  #bold(text: string): string {
    return this.#style('1', text);
  }

  #warn(text: string): string {
    return this.#style('33', text);
  }

  #style(code: string, text: string): string {
    return this.#colour ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}

/** The rejections in an answer with status 200. */
function rejections({ events, rejectedLogEventsInfo, rejectedEntityInfo }: Put): string[] {
  const lines: string[] = [];
  if (rejectedLogEventsInfo) {
    const part = events.length === 0 ? 'all events rejected' : 'rejected in part';
    lines.push(`${part}: ${JSON.stringify(rejectedLogEventsInfo)}`);
  }
  if (rejectedEntityInfo) lines.push(`entity rejected: ${safe(rejectedEntityInfo.errorType)}`);
  return lines;
}

/** A line of JSON for each event. Rejections are not included. */
export const jsonLines = ({ logGroupName, events }: Put): string =>
  events.map((event) => `${toJson({ logGroupName, ...event })}\n`).join('');

/** Such as `Service checkout ec2:my-asg (PlatformType=AWS::EC2)`: the key attributes, then the attributes. */
function describe(entity: Entity | null): string {
  if (!entity) return '(no entity)';
  const identity = Object.values(entity.keyAttributes ?? {}).join(' ');
  const rest = Object.entries(entity.attributes ?? {}).map(([key, value]) => `${key}=${value}`);
  return rest.length === 0 ? identity : `${identity} (${rest.join(', ')})`;
}

/** The time of day in UTC, or the number itself if it is out of range for a Date. */
const clock = (timestamp: number): string => isoTime(timestamp).replace(/^.*T/, '');
