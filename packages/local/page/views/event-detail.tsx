import { useSignal } from '@preact/signals';
import { fieldsOf } from '../../src/search/fields.js';
import type { LogEvent } from '../model/log-event.js';
import type { Service } from '../model/service.js';
import { traceIdOf, traceQuery } from '../model/traces.js';
import { show, view } from '../model/view.js';
import { EntityCard } from './entity-card.js';
import { dateAndTime, duration, isoTime } from './format.js';
import { JsonTree } from './json-tree.js';
import { LogText } from './text.js';

/** All about the event that is selected. */
export function EventDetail({ service }: { readonly service: Service }) {
  // Read, so that the details of a link appear once the event has arrived.
  const version = service.events.version.value;
  const wanted = view.value.event;
  if (wanted === '') return null;
  const event = service.events.all.find(({ sequence }) => sequence === Number(wanted));
  return (
    <aside class="detail" aria-label="Event" data-version={version}>
      {event ? <Found event={event} /> : <p class="empty">This event is not kept (any more).</p>}
    </aside>
  );
}

function Found({ event }: { readonly event: LogEvent }) {
  const fields = fieldsOf(event.message);
  const trace = traceIdOf(fields);
  return (
    <>
      <header>
        <h2>{dateAndTime(event.timestamp)}</h2>
        <CopyButton label="Copy message" text={() => event.message} />
        <CopyButton label="Copy as JSON" text={() => asJson(event)} />
        {trace && (
          <button
            type="button"
            id="trace"
            onClick={() => show({ query: traceQuery(trace), group: '', stream: '' })}
          >
            Trace
          </button>
        )}
        <button type="button" aria-label="Close" title="Close (Esc)" onClick={() => show({ event: '' })}>
          ✕
        </button>
      </header>
      <dl>
        <div>
          <dt>UTC</dt>
          <dd>{isoTime(event.timestamp)}</dd>
        </div>
        <div>
          <dt>arrived</dt>
          <dd>{duration(event.ingestionTime - event.timestamp)} later</dd>
        </div>
        <div>
          <dt>group</dt>
          <dd>
            <LogText text={event.logGroupName} />
          </dd>
        </div>
        <div>
          <dt>stream</dt>
          <dd>
            <LogText text={event.logStreamName} />
          </dd>
        </div>
      </dl>
      <section class="card" aria-label="Message">
        <h3>Message</h3>
        {fields ? (
          <JsonTree value={fields} path="" onPick={pick} />
        ) : (
          <pre class="text">
            <Lines text={event.message} />
          </pre>
        )}
      </section>
      <EntityCard entity={event.entity} />
    </>
  );
}

/** A text of several lines, such as a stack, keeps them. */
const Lines = ({ text }: { readonly text: string }) => (
  <>
    {text.split(/\r?\n/).map((line, index) => (
      // Lines have no identity but their place.
      <div key={index}>
        <LogText text={line} />
      </div>
    ))}
  </>
);

/** Searches for a value, too. */
function pick(path: string, value: unknown): void {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const { query } = view.peek();
  const quoted = /^[\w./:@-]+$/.test(text) ? text : JSON.stringify(text);
  show({ query: `${query} ${path}=${quoted}`.trim() });
}

const asJson = ({ sequence: _, message, ...rest }: LogEvent): string =>
  JSON.stringify({ ...rest, message: fieldsOf(message) ?? message }, undefined, 2);

function CopyButton({ label, text }: { readonly label: string; readonly text: () => string }) {
  const result = useSignal('');
  const copy = async (): Promise<void> => {
    // The clipboard may be forbidden, for example on an address that is not a loopback one.
    result.value = await navigator.clipboard.writeText(text()).then(
      () => 'Copied',
      () => 'Not allowed',
    );
    setTimeout(() => {
      result.value = '';
    }, 1_500);
  };
  return (
    <button type="button" onClick={copy} data-copy={label}>
      {result.value || label}
    </button>
  );
}
