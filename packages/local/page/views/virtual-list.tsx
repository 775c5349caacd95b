import type { ComponentChildren, TargetedEvent } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Rows above and below the visible ones, so that a small scroll shows no gap. */
const MARGIN_ROWS = 8;
/** Within so many pixels of the end, the list follows what is added. */
const END_PX = 4;

interface Properties<Item> {
  readonly label: string;
  /** In pixels; all rows have the same. */
  readonly rowHeight: number;
  readonly items: readonly Item[];
  /** The index of the selected item; -1: none. */
  readonly selected: number;
  readonly isFollowing: boolean;
  readonly onFollow: (isFollowing: boolean) => void;
  readonly onSelect: (index: number) => void;
  /** Where an item is now that was in the list, or would be. */
  readonly placeOf: (item: Item) => number;
  /** What no other item of the list has. */
  readonly keyOf: (item: Item) => number;
  readonly row: (item: Item) => ComponentChildren;
  readonly rowClass: (item: Item) => string;
}

/** The first row that is visible, and by how many pixels it is cut. */
interface Anchor<Item> {
  readonly item: Item;
  readonly cut: number;
}

/** A list of any length, of which only the visible rows are in the document. */
export function VirtualList<Item>(properties: Properties<Item>) {
  const { items, rowHeight, isFollowing, selected, label, row, rowClass, onSelect, keyOf } = properties;
  const box = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(600);
  const [, drawAnew] = useState({});
  /** The pixels above the visible rows in the rows that are drawn. */
  const top = useRef(0);
  const anchor = useRef<Anchor<Item> | undefined>(undefined);
  useKeptPlace(properties, box.current, anchor.current, height);
  useSize(box, setHeight);
  const chosen = items[selected];
  useVisible(box.current, selected, rowHeight, chosen === undefined ? undefined : keyOf(chosen));

  // Known before the browser scrolls there: each search would else be drawn twice.
  if (isFollowing) top.current = Math.max(0, items.length * rowHeight - height);
  const first = Math.max(0, Math.floor(top.current / rowHeight) - MARGIN_ROWS);
  const shown = items.slice(first, first + Math.ceil(height / rowHeight) + 2 * MARGIN_ROWS);
  const onScroll = ({ currentTarget }: TargetedEvent<HTMLDivElement>): void => {
    const { scrollTop, clientHeight, scrollHeight } = currentTarget;
    const index = Math.floor(scrollTop / rowHeight);
    const item = items[index];
    anchor.current = item === undefined ? undefined : { item, cut: scrollTop - index * rowHeight };
    if (Math.abs(scrollTop - top.current) >= 1) {
      top.current = scrollTop;
      drawAnew({});
    }
    properties.onFollow(scrollTop + clientHeight >= scrollHeight - END_PX);
  };
  return (
    <div
      ref={box}
      id={`list-${label}`}
      class="list"
      role="listbox"
      tabIndex={0}
      aria-label={label}
      {...(selected >= 0 && { 'aria-activedescendant': `${label}-${selected}` })}
      data-following={isFollowing}
      onScroll={onScroll}
      onClick={({ target }) => {
        const index =
          target instanceof Element && target.closest('[role=option]')?.getAttribute('aria-posinset');
        if (index) onSelect(Number(index) - 1);
      }}
      onKeyDown={(event) => moveByKey(event, properties, height)}
    >
      <div class="list-space" role="presentation" style={{ height: `${items.length * rowHeight}px` }}>
        <div
          class="list-window"
          role="presentation"
          style={{ transform: `translateY(${first * rowHeight}px)` }}
        >
          {shown.map((item, offset) => (
            // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus, and names the active option.
            <div
              key={keyOf(item)}
              id={`${label}-${first + offset}`}
              role="option"
              aria-posinset={first + offset + 1}
              aria-setsize={items.length}
              aria-selected={first + offset === selected}
              class={`row ${rowClass(item)}`}
            >
              {row(item)}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

/** Puts the focus on a list, when what it was on goes. */
export const focusList = (label: string): void => document.getElementById(`list-${label}`)?.focus();

/** Stays at the end while following. Otherwise, the rows that are read stay where they are when others come or go. */
function useKeptPlace<Item>(
  { items, rowHeight, isFollowing, placeOf }: Properties<Item>,
  box: HTMLDivElement | null,
  anchor: Anchor<Item> | undefined,
  height: number,
): void {
  useLayoutEffect(() => {
    if (!box) return;
    if (isFollowing) box.scrollTop = box.scrollHeight;
    else if (anchor) {
      const top = placeOf(anchor.item) * rowHeight + anchor.cut;
      if (Math.abs(box.scrollTop - top) >= rowHeight) box.scrollTop = top;
    }
  }, [items, items.length, isFollowing, height]);
}

function useSize(box: { readonly current: HTMLDivElement | null }, onHeight: (height: number) => void): void {
  useLayoutEffect(() => {
    if (!box.current) return undefined;
    const observer = new ResizeObserver(([entry]) => onHeight(entry?.contentRect.height ?? 0));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
}

/** Scrolls to the selected row when another one is selected, and not when it has moved among the others. */
function useVisible(
  box: HTMLDivElement | null,
  selected: number,
  rowHeight: number,
  key: number | undefined,
): void {
  useLayoutEffect(() => {
    if (!box || selected < 0) return;
    const top = selected * rowHeight;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + rowHeight > box.scrollTop + box.clientHeight)
      box.scrollTop = top + rowHeight - box.clientHeight;
  }, [key, box]);
}

function moveByKey<Item>(
  event: KeyboardEvent,
  { items, selected, rowHeight, onSelect }: Properties<Item>,
  height: number,
): void {
  const page = Math.max(1, Math.floor(height / rowHeight) - 1);
  const end = items.length - 1;
  const from = selected < 0 ? end + 1 : selected;
  const target = {
    ArrowDown: from + 1,
    ArrowUp: from - 1,
    PageDown: from + page,
    PageUp: from - page,
    Home: 0,
    End: end,
  }[event.key];
  if (target === undefined || end < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  onSelect(Math.min(Math.max(target, 0), end));
}
