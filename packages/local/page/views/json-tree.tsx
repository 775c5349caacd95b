import { useState } from 'preact/hooks';
import { show, view } from '../model/view.js';
import { LogText } from './text.js';

/** Larger objects and arrays are shown in parts. */
const PART = 100;
/** What is nested deeper, or has more members, is unfolded by a click. */
const MAX_UNFOLDED_DEPTH = 10;
const MAX_UNFOLDED_MEMBERS = 20;

interface TreeProperties {
  readonly value: unknown;
  /** Such as `user.id`; empty at the top. */
  readonly path: string;
  readonly depth: number;
  /** Whether parts of it may be unfolded from the start. */
  readonly isSmall: boolean;
  /** The search for a value; undefined if there is none. */
  readonly termFor: (path: string, value: unknown) => string | undefined;
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** JSON that unfolds. A click on a value searches for it. What is folded is not in the document. */
export function JsonTree({ value, path, ...shared }: TreeProperties) {
  const [shown, setShown] = useState(PART);
  if (!isContainer(value)) return <Leaf value={value} path={path} {...shared} />;
  const entries = Object.entries(value);
  return (
    <ul class="tree">
      {entries.slice(0, shown).map(([name, child]) => (
        <Entry
          key={name}
          name={name}
          value={child}
          path={Array.isArray(value) ? path : join(path, name)}
          {...shared}
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

function Entry({ name, ...tree }: TreeProperties & { readonly name: string }) {
  const { value } = tree;
  if (isContainer(value)) return <Branch name={name} {...tree} value={value} />;
  return (
    <li>
      <span class="key">
        <LogText text={name} />
      </span>{' '}
      <Leaf {...tree} />
    </li>
  );
}

function Branch({ name, ...tree }: TreeProperties & { readonly name: string; readonly value: object }) {
  const { value, depth, isSmall } = tree;
  const size = Object.keys(value).length;
  const [isOpen, setOpen] = useState(
    isSmall && depth < MAX_UNFOLDED_DEPTH && size > 0 && size <= MAX_UNFOLDED_MEMBERS,
  );
  return (
    <li>
      <details open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          <span class="key">
            <LogText text={name} />
          </span>{' '}
          <span class="dim">{Array.isArray(value) ? `[${size}]` : `{${size}}`}</span>
        </summary>
        {isOpen && <JsonTree {...tree} depth={depth + 1} />}
      </details>
    </li>
  );
}

function Leaf({ value, path, termFor }: TreeProperties) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const kind = value === null ? 'null' : typeof value;
  const term = termFor(path, value);
  if (term === undefined) {
    return (
      <span class={`leaf ${kind}`}>
        <LogText text={text} />
      </span>
    );
  }
  return (
    <button
      type="button"
      class={`leaf ${kind}`}
      title={`Search for this value of ${path}`}
      onClick={() => show({ query: `${view.peek().query} ${term}`.trim() })}
    >
      <LogText text={text} />
    </button>
  );
}
