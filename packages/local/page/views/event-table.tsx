import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { addressOf } from '../model/log-event.js';
import type { Service } from '../model/service.js';
import { indexOf, placeOf } from '../model/sorted-events.js';
import { show, view } from '../model/view.js';
import { EventRow } from './event-row.js';
import { bytes, count } from './format.js';
import { VirtualList } from './virtual-list.js';

const ROW_HEIGHT = 22;

/** The events that the view wants, the newest at the bottom. */
export function EventTable({ service }: { readonly service: Service }) {
  const { events } = service;
  const isFollowing = useSignal(true);
  const version = events.version.value;
  const { group, stream, query, pattern, since, from, to, event: wanted } = view.value;
  // Another search begins at the newest event again.
  useEffect(() => {
    isFollowing.value = true;
  }, [group, stream, query, pattern, since, from, to]);
  // Whoever reads an event does not want it to move.
  useEffect(() => {
    if (wanted !== '') isFollowing.value = false;
  }, [wanted]);
  const found = events.found;
  const selected = wanted === '' ? -1 : indexOf(found, wanted);
  return (
    <section class="events" aria-label="Events" data-version={version}>
      <PruneNotice service={service} />
      <RoomNotice leftOut={service.events.leftOut.value} shown={service.events.all.length} />
      {found.length === 0 && <Nothing service={service} />}
      <VirtualList
        label="events"
        rowHeight={ROW_HEIGHT}
        items={found}
        selected={selected}
        isFollowing={isFollowing.value}
        onFollow={(isAtEnd) => {
          isFollowing.value = isAtEnd;
        }}
        onSelect={(index) => {
          const event = found[index];
          show({ event: event ? addressOf(event) : '' });
        }}
        placeOf={(event) => placeOf(found, event)}
        keyOf={({ sequence }) => sequence}
        rowClass={() => 'event'}
        row={(event) => <EventRow event={event} showsSource={group === ''} />}
      />
      {!isFollowing.value && (
        <button
          type="button"
          class="follow"
          onClick={() => {
            isFollowing.value = true;
          }}
        >
          ↓ Follow
        </button>
      )}
    </section>
  );
}

function PruneNotice({ service }: { readonly service: Service }) {
  const { discardedEvents = 0, keepEventBytes } = service.state.value ?? {};
  if (discardedEvents === 0) return null;
  const limit = keepEventBytes === undefined ? '' : `: the service keeps the newest ${bytes(keepEventBytes)}`;
  return (
    <p class="notice">
      {count(discardedEvents)} older events are no longer kept{limit}. They are still counted.
    </p>
  );
}

function RoomNotice({ leftOut, shown }: { readonly leftOut: number; readonly shown: number }) {
  if (leftOut === 0) return null;
  return (
    <p class="notice" role="status">
      The page has room for the newest {count(shown)} events, and searches these: {count(leftOut)} older ones
      left it. Export, and <code>putlogs-local query</code>, also find those that the service still keeps.
    </p>
  );
}

function Nothing({ service }: { readonly service: Service }) {
  if (service.state.value?.keepsEvents === false)
    return <p class="empty">Events are only counted here: keepEvents is off.</p>;
  if (service.events.isScanning.value) return <p class="empty">Searching …</p>;
  if (service.events.all.length > 0) return <p class="empty">No event matches.</p>;
  return (
    <div class="empty">
      <p>No events yet. Point an application here:</p>
      <pre>
        {`export AWS_ENDPOINT_URL_CLOUDWATCH_LOGS=${location.origin}
export AWS_REGION=us-east-1
export AWS_ACCESS_KEY_ID=local
export AWS_SECRET_ACCESS_KEY=local`}
      </pre>
    </div>
  );
}
