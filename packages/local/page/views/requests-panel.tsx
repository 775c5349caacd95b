import { type Signal, useSignal } from '@preact/signals';
import type { RequestRecord } from '../../src/local.js';
import { explain } from '../../src/requests/explanation.js';
import { fillOf } from '../model/rates.js';
import { hasProblem, type NumberedRequest, requestAddress } from '../model/request-list.js';
import type { Service } from '../model/service.js';
import { show, view } from '../model/view.js';
import { bytes, count, percent, short, timeOfDay } from './format.js';
import { LogText, RowText } from './text.js';
import { focusList, VirtualList } from './virtual-list.js';

const ROW_HEIGHT = 22;

/** The requests, and why the service refused them or a part of them. */
export function RequestsPanel({ service }: { readonly service: Service }) {
  const isFollowing = useSignal(true);
  const isFailedOnly = useSignal(false);
  const all = service.requests.requests.value;
  const shown = isFailedOnly.value ? all.filter(hasProblem) : all;
  const wanted = view.value.request;
  const selected = wanted === '' ? -1 : shown.findIndex((request) => requestAddress(request) === wanted);
  return (
    <div class="requests">
      <div class="requests-with-choice">
        <FailedOnly isChecked={isFailedOnly} />
        <div class="wide">
          <div class="list-with-head">
            <div class="request head" aria-hidden="true">
              <Heads />
            </div>
            <VirtualList<NumberedRequest>
              label="requests"
              rowHeight={ROW_HEIGHT}
              items={shown}
              selected={selected}
              isFollowing={isFollowing.value}
              onFollow={(isAtEnd) => {
                isFollowing.value = isAtEnd;
              }}
              onSelect={(index) => {
                isFollowing.value = false;
                const request = shown[index];
                show({ request: request ? requestAddress(request) : '' });
              }}
              placeOf={({ number }) => shown.findIndex((other) => other.number >= number)}
              keyOf={({ number }) => number}
              rowClass={({ record }) => `request ${outcomeOf(record)}`}
              row={({ record }) => <RequestRow record={record} />}
            />
          </div>
        </div>
      </div>
      <RequestDetail request={shown[selected]} />
    </div>
  );
}

const FailedOnly = ({ isChecked }: { readonly isChecked: Signal<boolean> }) => (
  <label class="failed-only">
    <input
      type="checkbox"
      checked={isChecked.value}
      onChange={({ currentTarget }) => {
        isChecked.value = currentTarget.checked;
      }}
    />
    refused, in whole or in part
  </label>
);

const Heads = () => (
  <>
    {['time', 'operation', 'outcome', 'events', 'size', 'full', 'sent', 'gzip', 'log stream'].map((name) => (
      <span key={name}>{name}</span>
    ))}
  </>
);

const outcomeOf = (record: RequestRecord): 'good' | 'partial' | 'bad' => {
  if (record.status !== 200) return 'bad';
  return record.rejectedLogEventsInfo || record.rejectedEntityInfo ? 'partial' : 'good';
};

function RequestRow({ record }: { readonly record: RequestRecord }) {
  const {
    operation,
    at,
    events,
    accountedBytes,
    wireBytes,
    bodyBytes,
    logGroupName = '',
    logStreamName = '',
  } = record;
  const isPut = events !== undefined;
  return (
    <>
      <time>{timeOfDay(at)}</time>
      <span>
        <RowText text={operation || '–'} />
      </span>
      <span class="outcome">
        <RowText text={outcomeText(record)} />
      </span>
      <span class="number">{isPut && count(events)}</span>
      <span class="number">{isPut && bytes(accountedBytes ?? 0)}</span>
      <span class="number">{isPut && percent(fillOf(record))}</span>
      <span class="number">{bytes(wireBytes)}</span>
      <span class="number">{bodyBytes !== undefined && `${short(bodyBytes / wireBytes)} : 1`}</span>
      <span>
        <RowText text={`${logGroupName} ${logStreamName}`} />
      </span>
    </>
  );
}

function outcomeText({
  status,
  errorType,
  rejectedLogEventsInfo,
  rejectedEntityInfo,
  fault,
}: RequestRecord): string {
  const parts = [status === 0 ? 'not answered' : String(status)];
  if (errorType !== undefined) parts.push(errorType);
  if (rejectedLogEventsInfo) parts.push('events rejected');
  if (rejectedEntityInfo) parts.push('entity rejected');
  if (fault !== undefined) parts.push(`(fault: ${fault})`);
  return parts.join(' ');
}

function RequestDetail({ request }: { readonly request: NumberedRequest | undefined }) {
  if (!request) return null;
  const explanations = explain(request.record);
  return (
    <section class="request-detail" aria-label="Request">
      <button
        type="button"
        class="close"
        aria-label="Close the request"
        onClick={() => {
          show({ request: '' });
          focusList('requests');
        }}
      >
        ✕
      </button>
      {explanations.length === 0 && <p>Accepted in full.</p>}
      {explanations.map(({ words, rule, source }) => (
        <div key={words} class="explanation">
          <p class="words">
            <LogText text={words} />
          </p>
          <p>{rule}</p>
          {source !== undefined && (
            <a href={source} target="_blank" rel="noreferrer">
              The rule, in the documentation of AWS
            </a>
          )}
        </div>
      ))}
    </section>
  );
}
