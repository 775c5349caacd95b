import type { IncomingHttpHeaders } from 'node:http';
import type { ServiceClock } from '../clock/service-clock.js';
import type { Fault, Faults } from '../faults/faults.js';
import { parseJson } from '../http/json.js';
import { jsonReply, type Reply } from '../http/protocol.js';
import type { Changes } from '../live/changes.js';
import { isShape } from '../operations/members.js';

/** A form of another page can send any type but this one. */
const isJson = (headers: IncomingHttpHeaders): boolean =>
  headers['content-type']?.split(';')[0]?.trim() === 'application/json';

const NOT_JSON = jsonReply(415, { message: 'The content type is not application/json.' });

export function addFault(faults: Faults, headers: IncomingHttpHeaders, body: Buffer): Reply {
  if (!isJson(headers)) return NOT_JSON;
  // `add` checks all of it.
  faults.add(parseJson(body) as Fault);
  return jsonReply(200, {});
}

/** Removes the fault with the `id`, or all faults. */
export function removeFaults(faults: Faults, parameters: URLSearchParams): Reply {
  const unknown = [...parameters.keys()].find((name) => name !== 'id');
  if (unknown !== undefined) throw new TypeError(`Unknown parameter: ${unknown}; known is id.`);
  const id = parameters.get('id');
  if (id === null) {
    faults.clear();
    return jsonReply(200, {});
  }
  if (faults.remove(Number(id))) return jsonReply(200, {});
  return jsonReply(404, { message: `There is no fault with the id ${id}: it may have ended.` });
}

/** More than the rules of the service tell apart, and within what a Date can hold. */
const MAX_OFFSET_MS = 400 * 24 * 3_600_000;

export function setClock(
  clock: ServiceClock,
  changes: Changes,
  headers: IncomingHttpHeaders,
  body: Buffer,
): Reply {
  if (!isJson(headers)) return NOT_JSON;
  const content = parseJson(body);
  const offsetMs = isShape(content) ? content.offsetMs : undefined;
  if (typeof offsetMs !== 'number' || !Number.isInteger(offsetMs) || Math.abs(offsetMs) > MAX_OFFSET_MS) {
    return jsonReply(400, { message: `offsetMs is an integer from -${MAX_OFFSET_MS} to ${MAX_OFFSET_MS}.` });
  }
  clock.offsetMs = offsetMs;
  changes.notify();
  return jsonReply(200, {});
}
