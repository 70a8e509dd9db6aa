/** Which rows are chosen, and which one the keys act on. Pure: each change makes a new one. */
export interface Selection {
  chosen: ReadonlySet<string>;
  /** The row that the keys act on. */
  cursor?: string;
  /** Where a range began. */
  anchor?: string;
}

export const NOTHING_CHOSEN: Selection = { chosen: new Set() };

/** A click on a row's box; with Shift, all from the last one to this. */
export function toggle(selection: Selection, order: readonly string[], key: string, range = false): Selection {
  const chosen = new Set(selection.chosen);
  if (range && selection.anchor !== undefined) {
    for (const each of between(order, selection.anchor, key)) chosen.add(each);
    return { chosen, cursor: key, anchor: selection.anchor };
  }
  if (!chosen.delete(key)) chosen.add(key);
  return { chosen, cursor: key, anchor: key };
}

/** Moves the cursor by so many rows; `extend` chooses what it passes. */
export function move(selection: Selection, order: readonly string[], by: number, extend = false): Selection {
  if (order.length === 0) return selection;
  const at = selection.cursor === undefined ? -1 : order.indexOf(selection.cursor);
  // Without a cursor the first step is to an end of the list.
  const to = at < 0 ? (by > 0 ? 0 : order.length - 1) : Math.min(order.length - 1, Math.max(0, at + by));
  const cursor = order[to] as string;
  if (!extend) return { ...selection, cursor };
  const anchor = selection.anchor ?? selection.cursor ?? cursor;
  return { chosen: new Set([...selection.chosen, ...between(order, anchor, cursor)]), cursor, anchor };
}

export function chooseAll(selection: Selection, order: readonly string[]): Selection {
  const all = order.length > 0 && order.every((key) => selection.chosen.has(key));
  return { ...selection, chosen: all ? new Set() : new Set(order) };
}

/** Rows that are gone are not chosen. The same selection where none is. */
export function keep(selection: Selection, isThere: (key: string) => boolean): Selection {
  const left = [...selection.chosen].filter(isThere);
  const cursor = selection.cursor !== undefined && isThere(selection.cursor) ? selection.cursor : undefined;
  if (left.length === selection.chosen.size && cursor === selection.cursor) return selection;
  return { chosen: new Set(left), cursor, anchor: selection.anchor };
}

function between(order: readonly string[], one: string, other: string): readonly string[] {
  const [a, b] = [order.indexOf(one), order.indexOf(other)];
  if (a < 0) return [other];
  return order.slice(Math.min(a, b), Math.max(a, b) + 1);
}
