import { useEffect, useRef } from 'preact/hooks';

const SEARCH = [
  ['checkout', 'text in the message, in any case'],
  ['"payment failed"', 'words that follow each other'],
  ['"status:500"', 'text too, since it is in quotation marks'],
  ['path:/orders', 'a field that contains the text'],
  ['status>=500', 'a field that compares so: = != > >= < <='],
  ['level>=warn', 'the level, by name or number'],
  ['user.id:*', 'events that have the field'],
  ['@service:checkout', '@group, @stream, @service, @environment'],
  ['-health', 'events that do not match the term'],
] as const;

const KEYS = [
  ['/', 'search'],
  ['p', 'filter pattern'],
  ['j k, ↓ ↑', 'next and previous event'],
  ['g G', 'oldest and newest event'],
  ['f', 'follow what arrives'],
  ['c', 'copy the message'],
  ['t', 'the trace of the event'],
  ['1 2 3 4', 'the panels at the foot'],
  ['Esc', 'close, or leave a field'],
  ['?', 'this help'],
] as const;

/** What can be searched for, and by which keys. */
export function Help({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} onClose={onClose} aria-label="Help">
      <h2>Search</h2>
      <p>An event matches if all terms do.</p>
      <Table rows={SEARCH} />
      <p>
        The filter pattern is the one of the service, such as{' '}
        <code>{'{ $.status >= 500 && $.path = "/orders*" }'}</code>.
      </p>
      <h2>Keys</h2>
      <Table rows={KEYS} />
      <button type="button" onClick={onClose}>
        Close
      </button>
    </dialog>
  );
}

const Table = ({ rows }: { readonly rows: readonly (readonly [string, string])[] }) => (
  <table>
    <tbody>
      {rows.map(([name, meaning]) => (
        <tr key={name}>
          <th scope="row">
            <code>{name}</code>
          </th>
          <td>{meaning}</td>
        </tr>
      ))}
    </tbody>
  </table>
);
