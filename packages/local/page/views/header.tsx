import { useState } from 'preact/hooks';
import { exportAddress } from '../connection/api.js';
import { timesOf } from '../model/event-filter.js';
import type { Service } from '../model/service.js';
import { show, type View, view } from '../model/view.js';
import { count } from './format.js';
import { ThemeButton } from './theme.js';

const RANGES = [
  ['', 'All times'],
  ['1m', 'Last minute'],
  ['5m', 'Last 5 minutes'],
  ['15m', 'Last 15 minutes'],
  ['1h', 'Last hour'],
  ['1d', 'Last day'],
  ['range', 'From … to …'],
] as const;

/** The search, and all that holds for the whole page. */
export function Header({ service, onHelp }: { readonly service: Service; readonly onHelp: () => void }) {
  return (
    <header class="top">
      <h1>
        <span class={`dot ${service.isConnected.value ? 'on' : 'off'}`} role="status">
          {service.isConnected.value ? <span class="unseen">connected</span> : 'not connected'}
        </span>
        putlogs <small>{service.hello.value?.version}</small>
      </h1>
      <div class="searches">
        <SearchField
          id="search"
          label="Search"
          placeholder="level:error checkout path:/orders status>=500 -health"
          field="query"
        />
        <SearchField id="pattern" label="Filter pattern" placeholder="{ $.status >= 500 }" field="pattern" />
        <TimeRange />
      </div>
      <Result service={service} />
      <button
        type="button"
        disabled={service.events.problem.value !== ''}
        onClick={() => save(view.peek(), service.now())}
        title="All events that match, as NDJSON"
      >
        Export
      </button>
      <ThemeButton />
      <button type="button" onClick={onHelp} aria-label="Help" title="Help (?)">
        ?
      </button>
    </header>
  );
}

interface SearchFieldProperties {
  readonly id: string;
  readonly label: string;
  readonly placeholder: string;
  readonly field: 'query' | 'pattern';
}

const SearchField = ({ id, label, placeholder, field }: SearchFieldProperties) => (
  <label class={`search-field ${field}`}>
    <span>{label}</span>
    <input
      id={id}
      type="search"
      spellcheck={false}
      autocomplete="off"
      placeholder={placeholder}
      value={view.value[field]}
      onInput={({ currentTarget }) => show({ [field]: currentTarget.value }, true)}
    />
  </label>
);

function TimeRange() {
  const { since, from, to } = view.value;
  const [isOpen, setOpen] = useState(false);
  const isRange = (isOpen && since === '') || from !== '' || to !== '';
  const choose = (value: string): void => {
    setOpen(value === 'range');
    if (value === 'range') show({ since: '' });
    else show({ since: value, from: '', to: '' });
  };
  return (
    <div class="times">
      <label>
        <span>Time</span>
        <select
          id="time"
          value={isRange ? 'range' : since}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
        >
          {RANGES.map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {isRange && (
        <>
          <TimeField label="From" value={from} onChange={(value) => show({ from: value })} />
          <TimeField label="To" value={to} onChange={(value) => show({ to: value })} />
        </>
      )}
    </div>
  );
}

interface TimeFieldProperties {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

const TimeField = ({ label, value, onChange }: TimeFieldProperties) => (
  <label>
    <span>{label}</span>
    <input
      type="datetime-local"
      step="1"
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  </label>
);

function Result({ service }: { readonly service: Service }) {
  const { events } = service;
  const version = events.version.value;
  const problem = events.problem.value;
  return (
    <p class={`result ${problem === '' ? '' : 'problem'}`} data-version={version}>
      {problem ||
        `${count(events.found.length)} of ${count(events.all.length)}${events.isScanning.value ? ' …' : ''}`}
      <span class="unseen" role="status">
        {problem === '' ? events.outcome.value : ''}
      </span>
      <span class="unseen" role="alert">
        {problem}
      </span>
    </p>
  );
}

/** The service searches once more: it also has what the page has no room for. */
function save({ group, stream, query, pattern, since, from, to }: View, now: number): void {
  const [startTime, endTime] = timesOf({ since, from, to }, now);
  const given = {
    query,
    filterPattern: pattern,
    logGroupName: group,
    logStreamName: group === '' ? '' : stream,
    startTime: startTime > 0 ? String(Math.floor(startTime)) : '',
    endTime: endTime < Infinity ? String(endTime) : '',
  };
  const parameters = new URLSearchParams(Object.entries(given).filter(([, value]) => value !== ''));
  const link = document.createElement('a');
  link.href = exportAddress(parameters);
  link.download = 'putlogs.ndjson';
  link.click();
}
