import { useMemo } from 'preact/hooks';
import { fieldsOf } from '../../src/search/fields.js';
import { levelOf } from '../../src/search/level.js';
import { isoTime } from '../../src/terminal/iso-time.js';
import type { LogEvent } from '../model/log-event.js';
import { timeOfDay } from './format.js';
import { RowText } from './text.js';

/** Fields that a row shows elsewhere, or that are the same in each event. */
const NOT_LISTED = new Set([
  'level',
  'time',
  'timestamp',
  'msg',
  'message',
  'pid',
  'hostname',
  'severity',
  'v',
]);
const MAX_LISTED = 8;

interface Properties {
  readonly event: LogEvent;
  /** Whether events of several groups are shown. */
  readonly showsSource: boolean;
}

/** One line of the table. It is made once for an event, however often the table is drawn. */
export const EventRow = ({ event, showsSource }: Properties) =>
  useMemo(() => rowOf(event, showsSource), [event, showsSource]);

function rowOf(event: LogEvent, showsSource: boolean) {
  const fields = fieldsOf(event.message);
  const level = levelOf(event.message, fields);
  const text = fields && (textOf(fields.msg) ?? textOf(fields.message));
  return (
    <>
      <time dateTime={isoTime(event.timestamp)} title={isoTime(event.timestamp)}>
        {timeOfDay(event.timestamp)}
      </time>
      <span class={`level ${level ?? 'none'}`}>{level ?? '–'}</span>
      {showsSource && (
        <span class="source">
          <RowText text={event.entity?.keyAttributes?.Name ?? event.logGroupName} />
        </span>
      )}
      <span class="message">
        <RowText text={text ?? event.message} />
        {fields && text !== undefined && <Fields fields={fields} />}
      </span>
    </>
  );
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function Fields({ fields }: { readonly fields: Readonly<Record<string, unknown>> }) {
  const listed = Object.entries(fields).filter(([name]) => !NOT_LISTED.has(name));
  return (
    <>
      {listed.slice(0, MAX_LISTED).map(([name, value]) => (
        <span key={name} class="field">
          <RowText text={`${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`} />
        </span>
      ))}
    </>
  );
}
