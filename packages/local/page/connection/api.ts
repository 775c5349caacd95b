import type { GroupDescription } from '../../src/control/groups.js';
import type { Fault } from '../../src/faults/faults.js';

/** Requests to the service that the page is from. */
const PATH = '/_putlogs/';

async function send(method: string, path: string, content?: object): Promise<unknown> {
  const response = await fetch(`${PATH}${path}`, {
    method,
    ...(content && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(content) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}

export const readGroups = async (): Promise<readonly GroupDescription[]> =>
  // The service and its page are of the same version.
  (await send('GET', 'groups')) as readonly GroupDescription[];

export const addFault = (fault: Fault): Promise<unknown> => send('POST', 'faults', fault);
export const endFault = (id: number): Promise<unknown> => send('DELETE', `faults?id=${id}`);
export const endFaults = (): Promise<unknown> => send('DELETE', 'faults');
export const setChaos = (isOn: boolean): Promise<unknown> => send(isOn ? 'POST' : 'DELETE', 'chaos');
export const setClockOffset = (offsetMs: number): Promise<unknown> => send('POST', 'clock', { offsetMs });

/** The address of all events that match, as NDJSON. */
export const exportAddress = (parameters: URLSearchParams): string => `${PATH}export?${parameters}`;

export const LIVE_ADDRESS = `${PATH}live`;
