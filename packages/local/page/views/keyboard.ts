import { addressOf, type EventKey } from '../model/log-event.js';
import type { Service } from '../model/service.js';
import { indexOf } from '../model/sorted-events.js';
import { PANELS, show, view } from '../model/view.js';
import { focusList } from './virtual-list.js';

const focus = (id: string): void => document.getElementById(id)?.focus();
const click = (selector: string): void => document.querySelector<HTMLElement>(selector)?.click();

/** The keys of the page, wherever the focus is but in a field. */
export function onKey(event: KeyboardEvent, service: Service, onHelp: () => void): void {
  // A list has moved its selection.
  if (event.defaultPrevented) return;
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
  if (event.target instanceof HTMLElement && event.target.matches('input, select, textarea')) {
    if (event.key === 'Escape') event.target.blur();
    return;
  }
  if (event.key.startsWith('Arrow') && isScrolling(event.target)) return;
  const act = actionOf(event.key, service, onHelp);
  if (!act) return;
  event.preventDefault();
  act();
}

/** Whether the arrow keys move what is around the focus. */
const isScrolling = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('.detail, .panel, .sidebar') !== null;

function actionOf(key: string, service: Service, onHelp: () => void): (() => void) | undefined {
  const panel = PANELS[Number(key) - 1];
  if (panel) return () => show({ panel: view.peek().panel === panel ? '' : panel });
  const { found } = service.events;
  const actions: Readonly<Record<string, () => void>> = {
    '/': () => focus('search'),
    p: () => focus('pattern'),
    j: () => move(service, 1),
    k: () => move(service, -1),
    ArrowDown: () => move(service, 1),
    ArrowUp: () => move(service, -1),
    g: () => select(found[0]),
    G: () => select(found.at(-1)),
    f: () => click('.follow'),
    c: () => click('[data-copy="Copy message"]'),
    t: () => click('#trace'),
    '?': onHelp,
    Escape: close,
  };
  return Object.hasOwn(actions, key) ? actions[key] : undefined;
}

function move({ events: { found } }: Service, step: number): void {
  const { event } = view.peek();
  const index = event === '' ? found.length : indexOf(found, event);
  select(found[Math.min(Math.max(index + step, 0), found.length - 1)]);
}

function select(event: EventKey | undefined): void {
  if (event) show({ event: addressOf(event) });
}

/** Closes the details that are open, else ends the search. */
function close(): void {
  const { event, request } = view.peek();
  if (event !== '') {
    show({ event: '' });
    focusList('events');
  } else if (request !== '') {
    show({ request: '' });
    focusList('requests');
  } else show({ query: '', pattern: '' });
}
