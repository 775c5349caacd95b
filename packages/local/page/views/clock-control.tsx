import { setClockOffset } from '../connection/api.js';
import type { Service } from '../model/service.js';
import { duration } from './format.js';

const STEPS = [
  [-3_600_000, '−1 h'],
  [-300_000, '−5 min'],
  [300_000, '+5 min'],
  [3_600_000, '+1 h'],
] as const;

interface Properties {
  readonly service: Service;
  readonly attempt: (change: Promise<unknown>) => void;
}

/** Shifts the clock of the service, as if those of its clients were wrong. */
export function ClockControl({ service, attempt }: Properties) {
  const offset = service.state.value?.clockOffsetMs ?? 0;
  return (
    <section aria-label="Clock">
      <h3>Clock of the service</h3>
      <p>{offset === 0 ? 'Correct.' : `${duration(Math.abs(offset))} ${offset > 0 ? 'ahead' : 'behind'}.`}</p>
      {STEPS.map(([step, name]) => (
        <button key={step} type="button" onClick={() => attempt(setClockOffset(offset + step))}>
          {name}
        </button>
      ))}
      <button type="button" disabled={offset === 0} onClick={() => attempt(setClockOffset(0))}>
        Correct
      </button>
      <p class="dim">
        Beyond five minutes, requests are refused as signed too early or too late, until the client corrects
        its clock.
      </p>
    </section>
  );
}
