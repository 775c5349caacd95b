import { useSignal } from '@preact/signals';
import type { Fault } from '../../src/faults/faults.js';
import { addFault, endFault, endFaults, setChaos } from '../connection/api.js';
import type { Service } from '../model/service.js';
import { ClockControl } from './clock-control.js';
import { FAULT_KINDS } from './fault-kinds.js';
import { percent } from './format.js';
import { LogText } from './text.js';

const OPERATIONS = ['PutLogEvents', 'CreateLogGroup', 'CreateLogStream', '*'];
const SHARES = [1, 0.5, 0.1, 0.01];
const TIMES = ['', '1', '3', '10'];

/** What goes wrong, switched on and off. */
export function FaultsPanel({ service }: { readonly service: Service }) {
  const problem = useSignal('');
  const { faults = [], isChaos = false } = service.state.value ?? {};
  const attempt = (change: Promise<unknown>): void => {
    problem.value = '';
    change.catch((error: unknown) => {
      problem.value = error instanceof Error ? error.message : String(error);
    });
  };
  return (
    <div class="faults">
      <NewFault onAdd={(fault) => attempt(addFault(fault))} />
      <section aria-label="Active faults">
        <h3>Active</h3>
        <label>
          <input
            id="chaos"
            type="checkbox"
            checked={isChaos}
            onChange={({ currentTarget }) => attempt(setChaos(currentTarget.checked))}
          />
          Chaos: a bad day, a little of everything
        </label>
        {faults.length === 0 && <p class="dim">No fault is switched on.</p>}
        <ul>
          {faults.map(({ id, fault, left }) => (
            <li key={id}>
              <button type="button" onClick={() => attempt(endFault(id))}>
                End
              </button>{' '}
              <LogText text={describe(fault, left)} />
            </li>
          ))}
        </ul>
        {faults.length > 1 && (
          <button type="button" onClick={() => attempt(endFaults())}>
            End all
          </button>
        )}
        <p class="problem" role="status">
          {problem.value}
        </p>
      </section>
      <ClockControl service={service} attempt={attempt} />
    </div>
  );
}

function describe(fault: Fault, left: number | undefined): string {
  const { operation = 'PutLogEvents', share = 1 } = fault;
  const parts = [`${fault.kind} of ${operation === '*' ? 'all operations' : operation}`];
  if (share < 1) parts.push(percent(share));
  if ('delayMs' in fault) parts.push(`${fault.delayMs} ms`);
  if ('text' in fault) parts.push(`“${fault.text}”`);
  if ('errorType' in fault) parts.push(fault.errorType);
  if (left !== undefined) parts.push(`${left} more`);
  return parts.join(', ');
}

function NewFault({ onAdd }: { readonly onAdd: (fault: Fault) => void }) {
  const operation = useSignal('PutLogEvents');
  const share = useSignal('1');
  const times = useSignal('');
  const detail = useSignal('');
  // The service checks the fault, and says what is wrong with it.
  const add = (kind: Fault['kind']): void =>
    onAdd({
      kind,
      operation: operation.value,
      ...(share.value !== '1' && { share: Number(share.value) }),
      ...(times.value !== '' && { times: Number(times.value) }),
      ...detailOf(kind, detail.value),
    } as Fault);
  return (
    <section aria-label="New fault">
      <h3>Switch on</h3>
      <div class="scope">
        <Select
          label="for"
          value={operation}
          options={OPERATIONS.map((name) => [name, name === '*' ? 'all operations' : name])}
        />
        <Select label="share" value={share} options={SHARES.map((part) => [String(part), percent(part)])} />
        <Select
          label="times"
          value={times}
          options={TIMES.map((number) => [number, number || 'until ended'])}
        />
        <label>
          text, type or ms{' '}
          <input
            id="detail"
            value={detail.value}
            placeholder="2000"
            onInput={({ currentTarget }) => {
              detail.value = currentTarget.value;
            }}
          />
        </label>
      </div>
      <div class="kinds">
        {Object.entries(FAULT_KINDS).map(([kind, meaning]) => (
          // The keys of the table are the kinds.
          <button key={kind} type="button" title={meaning} onClick={() => add(kind as Fault['kind'])}>
            <strong>{kind}</strong> <span class="dim">{meaning}</span>
          </button>
        ))}
      </div>
    </section>
  );
}

/** The member that only some kinds have. */
function detailOf(kind: Fault['kind'], detail: string): object {
  if (kind === 'slow' || kind === 'drip') return { delayMs: detail === '' ? 2_000 : Number(detail) };
  if (kind === 'poison') return { text: detail };
  if (kind === 'entityRejected') return { errorType: detail || 'InvalidKeyAttributes' };
  return {};
}

interface SelectProperties {
  readonly label: string;
  readonly value: { value: string };
  readonly options: readonly (readonly [value: string, name: string])[];
}

const Select = ({ label, value, options }: SelectProperties) => (
  <label>
    {label}{' '}
    <select
      value={value.value}
      onChange={({ currentTarget }) => {
        value.value = currentTarget.value;
      }}
    >
      {options.map(([own, name]) => (
        <option key={own} value={own}>
          {name}
        </option>
      ))}
    </select>
  </label>
);
