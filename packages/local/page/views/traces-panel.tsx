import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Service } from '../model/service.js';
import { type Trace, traceQuery, tracesOf } from '../model/traces.js';
import { showSearch } from '../model/view.js';
import { count, duration, timeOfDay } from './format.js';
import { LogText } from './text.js';

const MAX_TRACES = 200;
const RENEWED_EACH_MS = 1_000;

/** Traces with their events, over all log groups. */
export function TracesPanel({ service }: { readonly service: Service }) {
  const traces = useSignal<readonly Trace[]>([]);
  useEffect(() => {
    let shown = -1;
    const renew = (): void => {
      const version = service.events.version.peek();
      if (version === shown) return;
      shown = version;
      traces.value = tracesOf(service.events.all);
    };
    renew();
    const timer = setInterval(renew, RENEWED_EACH_MS);
    return () => clearInterval(timer);
  }, []);
  if (traces.value.length === 0) return <p class="empty">No event has a trace_id.</p>;
  return (
    <table class="traces">
      <thead>
        <tr>
          <th>time</th>
          <th>trace</th>
          <th>events</th>
          <th>errors</th>
          <th>span</th>
          <th>written by</th>
        </tr>
      </thead>
      <tbody>
        {traces.value.slice(0, MAX_TRACES).map(({ id, events, errors, start, end, services }) => (
          <tr key={id.value}>
            <td>{timeOfDay(start)}</td>
            <td>
              <button type="button" class="link" onClick={() => showSearch(traceQuery(id))}>
                <LogText text={id.value} />
              </button>
            </td>
            <td>{count(events)}</td>
            <td class={errors > 0 ? 'bad' : ''}>{count(errors)}</td>
            <td>{duration(end - start)}</td>
            <td>
              <LogText text={services.join(', ')} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
