import { useState } from 'preact/hooks';
import { LogText } from './text.js';

/** Larger objects and arrays are shown in parts. */
const PART = 100;

interface TreeProperties {
  readonly value: unknown;
  /** Such as `user.id`; empty at the top. */
  readonly path: string;
  /** Called with the field of a value that was clicked. */
  readonly onPick: (path: string, value: unknown) => void;
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** JSON that unfolds. A click on a value searches for it. */
export function JsonTree({ value, path, onPick }: TreeProperties) {
  const [shown, setShown] = useState(PART);
  if (!isContainer(value)) return <Leaf value={value} path={path} onPick={onPick} />;
  const entries = Object.entries(value);
  return (
    <ul class="tree">
      {entries.slice(0, shown).map(([name, child]) => (
        <Entry
          key={name}
          name={name}
          value={child}
          path={Array.isArray(value) ? path : join(path, name)}
          onPick={onPick}
        />
      ))}
      {entries.length > shown && (
        <li>
          <button type="button" onClick={() => setShown(shown + PART)}>
            {entries.length - shown} more
          </button>
        </li>
      )}
    </ul>
  );
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

function Entry({ name, value, path, onPick }: TreeProperties & { readonly name: string }) {
  const isArray = Array.isArray(value);
  if (!isContainer(value)) {
    return (
      <li>
        <span class="key">
          <LogText text={name} />
        </span>{' '}
        <Leaf value={value} path={path} onPick={onPick} />
      </li>
    );
  }
  const size = Object.keys(value).length;
  return (
    <li>
      <details open={size > 0 && size <= 20}>
        <summary>
          <span class="key">
            <LogText text={name} />
          </span>{' '}
          <span class="dim">{isArray ? `[${size}]` : `{${size}}`}</span>
        </summary>
        <JsonTree value={value} path={path} onPick={onPick} />
      </details>
    </li>
  );
}

function Leaf({ value, path, onPick }: TreeProperties) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return (
    <button
      type="button"
      class={`leaf ${value === null ? 'null' : typeof value}`}
      title={`Search for this value of ${path}`}
      onClick={() => onPick(path, value)}
    >
      <LogText text={text} />
    </button>
  );
}
