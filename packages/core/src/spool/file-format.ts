import type { Entity } from '../identity/entity.js';
import { isObject, parseObject } from '../util/json.js';

/** Where events go, and who wrote them. */
export interface SpoolHead {
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly entity?: Entity | undefined;
}

/** The longest line that is looked at of those that are no events. */
export const MAX_HEAD_BYTES = 65_536;

/**
 * A line of a segment: where events go, under a number; that the events of a batch follow, and where they go; or an event,
 * as it stands in a request, with the comma behind it.
 */
export function destinationLine(destination: number, head: SpoolHead): string {
  return `${JSON.stringify({ destination, ...head })}\n`;
}

export function batchLine(batch: number, destination: number): string {
  return `{"batch":${batch},"destination":${destination}}\n`;
}

/**
 * The ids of batches that need not be sent any more. What a full disk cut off may stand before them: the mark in front keeps it
 * from being taken for an id.
 */
export function settledLines(ids: readonly number[]): string {
  return `;\n${ids.join('\n')}\n`;
}

/** A line without its end may be cut. */
export function parseSettledLines(text: string): number[] {
  const lines = text.split('\n').slice(0, -1);
  return lines.filter((line) => /^\d{1,15}$/.test(line)).map(Number);
}

/** Nothing in a line is taken on trust. */
export function parseDestinationLine(line: string): { destination: number; head: SpoolHead } | undefined {
  const { destination, logGroupName, logStreamName, entity } = parseObject(line) ?? {};
  if (!isIndex(destination)) return undefined;
  if (!isText(logGroupName, /^[.\-_/#A-Za-z0-9]{1,512}$/)) return undefined;
  if (!isText(logStreamName, /^[^:*]{1,512}$/)) return undefined;
  if (entity === undefined) return { destination, head: { logGroupName, logStreamName } };
  const checked = toEntity(entity);
  return checked && { destination, head: { logGroupName, logStreamName, entity: checked } };
}

export function parseBatchLine(line: string): { batch: number; destination: number } | undefined {
  const { batch, destination } = parseObject(line) ?? {};
  return isIndex(batch) && isIndex(destination) ? { batch, destination } : undefined;
}

function toEntity(value: unknown): Entity | undefined {
  if (!isObject(value)) return undefined;
  const { keyAttributes, attributes } = value;
  if (!isTexts(keyAttributes) || !isTexts(attributes)) return undefined;
  return { keyAttributes, attributes };
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return isObject(value) && Object.values(value).every((text) => typeof text === 'string');
}

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isText(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}
