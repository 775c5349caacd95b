import type { DestinationName } from '../contracts/destination.js';
import type { Entity } from '../identity/entity.js';
import { isObject, type Json, parseObject } from '../util/json.js';

/** No segment is larger, nor is its file of settled ids. Recovery refuses a larger file. */
export const MAX_SEGMENT_BYTES = 16 * 1024 * 1024;

/** Recovery does not parse a longer destination or batch line. */
export const MAX_HEADER_BYTES = 65_536;

/**
 * A segment has three kinds of lines. A destination line gives a destination a number. A batch line says that events of
 * this batch, for that destination, follow. An event line is the event's JSON as it is in a request, with the comma
 * after it.
 */
export function destinationLine(destination: number, name: DestinationName): string {
  return `${JSON.stringify({ destination, ...name })}\n`;
}

export function batchLine(batch: number, destination: number): string {
  return `{"batch":${batch},"destination":${destination}}\n`;
}

/**
 * The ids of settled batches, for the file beside the segment. A full disk may have cut off the id before; the mark in
 * front keeps that one from being read as a shorter id.
 */
export function settledLines(ids: readonly number[]): string {
  return `;\n${ids.join('\n')}\n`;
}

/** Ignores a line without its end, which may be cut. */
export function parseSettledLines(text: string): number[] {
  const lines = text.split('\n').slice(0, -1);
  return lines.filter((line) => /^\d{1,15}$/.test(line)).map(Number);
}

/** @returns undefined if the line is not valid */
export function parseDestinationLine(
  line: string,
): { destination: number; name: DestinationName } | undefined {
  const { destination, ...fields } = parseObject(line) ?? {};
  const name = isIndex(destination) ? toDestinationName(fields) : undefined;
  return isIndex(destination) && name !== undefined ? { destination, name } : undefined;
}

/** @returns undefined if the fields do not name a destination */
export function toDestinationName({
  logGroupName,
  logStreamName,
  entity,
}: Json): DestinationName | undefined {
  if (!isText(logGroupName, /^[.\-_/#A-Za-z0-9]{1,512}$/)) return undefined;
  if (!isText(logStreamName, /^[^:*]{1,512}$/)) return undefined;
  if (entity === undefined) return { logGroupName, logStreamName, entity };
  const checked = toEntity(entity);
  return checked && { logGroupName, logStreamName, entity: checked };
}

/** @returns undefined if the line is not valid */
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
