import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { type Fields, fieldOf, fieldsOf } from '../../src/search/fields.js';
import { fieldTerm } from '../../src/search/query.js';
import { isoTime } from '../../src/terminal/iso-time.js';
import type { LogEvent } from '../model/log-event.js';
import type { Service } from '../model/service.js';
import { indexOf } from '../model/sorted-events.js';
import { traceIdOf, traceQuery } from '../model/traces.js';
import { show, showSearch, view } from '../model/view.js';
import { EntityCard } from './entity-card.js';
import { dateAndTime, duration } from './format.js';
import { JsonTree } from './json-tree.js';
import { LogText } from './text.js';
import { focusList } from './virtual-list.js';

/** The parts of a longer message are unfolded by a click. */
const SMALL_CHARACTERS = 20_000;
const MAX_SEARCHED_CHARACTERS = 1_000;

/** All about the event that is selected. */
export function EventDetail({ service }: { readonly service: Service }) {
  // Read, so that the details of a link appear once the event has arrived.
  const version = service.events.version.value;
  const wanted = view.value.event;
  if (wanted === '') return null;
  const event = service.events.all[indexOf(service.events.all, wanted)];
  return (
    <aside class="detail" aria-label="Event" data-version={version}>
      {event ? (
        <FoundOnce key={wanted} event={event} />
      ) : (
        <p class="empty">This event is not kept (any more).</p>
      )}
    </aside>
  );
}

/** Drawn once, however many events arrive meanwhile. */
const FoundOnce = ({ event }: { readonly event: LogEvent }) =>
  useMemo(() => <Found event={event} />, [event]);

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
          <button type="button" id="trace" onClick={() => showSearch(traceQuery(trace))}>
            Trace
          </button>
        )}
        <button type="button" aria-label="Close" title="Close (Esc)" onClick={close}>
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
          <JsonTree
            value={fields}
            path=""
            depth={0}
            isSmall={event.message.length <= SMALL_CHARACTERS}
            termFor={(path, value) => termFor(fields, path, value)}
          />
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

function close(): void {
  show({ event: '' });
  focusList('events');
}

/** The search that finds a value where it is; undefined if there is none. */
function termFor(fields: Fields, path: string, value: unknown): string | undefined {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (text.length > MAX_SEARCHED_CHARACTERS) return undefined;
  const found = fieldOf(fields, path);
  const isFound = Array.isArray(found) ? found.includes(value) : found === value;
  return isFound ? fieldTerm(path, text) : undefined;
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
