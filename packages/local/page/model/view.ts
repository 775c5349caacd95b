import { signal } from '@preact/signals';

export const PANELS = ['requests', 'traces', 'rates', 'faults'] as const;
export type Panel = (typeof PANELS)[number];

/** What the page shows. All of it is in the address, so that it can be linked to. */
export interface View {
  readonly group: string;
  /** Of the group; empty: all. */
  readonly stream: string;
  /** In the language of the page. */
  readonly query: string;
  /** In that of the service. */
  readonly pattern: string;
  /** Such as `15m`: the last 15 minutes. Empty: no limit, or `from` and `to`. */
  readonly since: string;
  /** As of a date-time input: local time, such as `2026-11-24T12:00`. */
  readonly from: string;
  readonly to: string;
  /** The address of the event whose details are open: see `addressOf`. */
  readonly event: string;
  /** The address of the request whose details are open: its time and its number. */
  readonly request: string;
  /** The panel at the foot; empty: none. */
  readonly panel: Panel | '';
}

const EMPTY: View = {
  group: '',
  stream: '',
  query: '',
  pattern: '',
  since: '',
  from: '',
  to: '',
  event: '',
  request: '',
  panel: 'requests',
};

/** The present view. Change it with `show`. */
export const view = signal<View>(readAddress());

addEventListener('hashchange', () => {
  view.value = readAddress();
});

/** Changes the view and the address. What is typed replaces the entry in the browser's history, all else adds one. */
export function show(change: Partial<View>, isTyped = false): void {
  const next = { ...view.peek(), ...change };
  view.value = next;
  const address = `#${toAddress(next)}`;
  if (address === location.hash || (address === '#' && location.hash === '')) return;
  if (isTyped) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
}

/** Searches all events for this, whatever else was chosen. */
export const showSearch = (query: string): void =>
  show({ query, pattern: '', group: '', stream: '', since: '', from: '', to: '' });

function toAddress(shown: View): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(shown)) {
    if (value !== EMPTY[name as keyof View]) parameters.set(name, value);
  }
  return parameters.toString();
}

function readAddress(): View {
  const given = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  const known = Object.entries(EMPTY).map(([name, value]) => [name, given[name] ?? value]);
  const read: Record<keyof View, string> = Object.fromEntries(known);
  const panel = PANELS.find((name) => name === read.panel) ?? '';
  return { ...read, panel };
}

// Going back in the history changes the hash without a `hashchange` in some browsers.
addEventListener('popstate', () => {
  view.value = readAddress();
});
