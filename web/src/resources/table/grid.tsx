/** The rows of a table under their heads. Only those that are seen are drawn; keys act on the row of the cursor. */
import { useEffect, useId, useMemo, useRef } from 'preact/hooks';
import type { TableRow } from '../../api/table.ts';
import { registerCommands } from '../../ui/commands.ts';
import { t } from '../messages.ts';
import { nextSort, type Sort } from './arrange.ts';
import type { ShownColumn } from './columns.ts';
import { GridRow } from './grid-row.tsx';
import { chooseAll, keep, move, type Selection, toggle } from './selection.ts';
import { useVirtual } from './use-virtual.ts';
import { namespaceWidth, template, widthsOf } from './widths.ts';

export interface GridProps {
  kind: string;
  label: string;
  rows: readonly TableRow[];
  shown: readonly ShownColumn[];
  withNamespace: boolean;
  sort: Sort | undefined;
  onSort(sort: Sort | undefined): void;
  selection: Selection;
  onSelection(selection: Selection): void;
  hrefOf(row: TableRow): string;
  onOpen(row: TableRow): void;
  onDelete(): void;
}

/** As in resources.css, in pixels. */
const ROW_HEIGHT = 32;

export function Grid(props: GridProps) {
  const { kind, label, rows, shown, withNamespace, sort, selection, onSelection, hrefOf, onOpen } = props;
  const scroller = useRef<HTMLTableElement>(null);
  const id = useId();
  const virtualizer = useVirtual(rows.length, ROW_HEIGHT, scroller);
  const order = useMemo(() => rows.map(({ key }) => key), [rows]);
  const widths = useMemo(
    () => template([...(withNamespace ? [namespaceWidth(rows)] : []), ...widthsOf(shown, rows)]),
    // Texts that come later are mostly as long as the first ones; columns that move are hard to read.
    [shown, withNamespace, Math.ceil(Math.log2(rows.length + 1))],
  );
  const places = useMemo(() => new Map(order.map((key, at) => [key, at])), [order]);
  useEffect(() => {
    const kept = keep(selection, (key) => places.has(key));
    if (kept !== selection) onSelection(kept);
  }, [places, selection]);
  const select = (next: Selection): void => {
    onSelection(next);
    const at = places.get(next.cursor ?? '');
    if (at !== undefined) virtualizer.scrollToIndex(at);
  };
  const cursor = rows[places.get(selection.cursor ?? '') ?? -1];
  const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 2);
  const keys = (event: KeyboardEvent): void => {
    const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
    if (altKey || !(event.target as Element).closest('[role="grid"]')) return;
    const steps: Record<string, number> = {
      ArrowDown: 1,
      j: 1,
      J: 1,
      ArrowUp: -1,
      k: -1,
      K: -1,
      PageDown: page,
      PageUp: -page,
      Home: -rows.length,
      End: rows.length,
    };
    const step = steps[key];
    if (ctrlKey || metaKey) {
      if (key !== 'a') return;
      onSelection(chooseAll(selection, order));
    } else if (step !== undefined) select(move(selection, order, step, shiftKey));
    else if (key === 'Enter' && cursor && event.target === event.currentTarget) onOpen(cursor);
    else if ((key === ' ' || key === 'x') && cursor) onSelection(toggle(selection, order, cursor.key, shiftKey));
    else if (key === 'Escape' && selection.chosen.size > 0) onSelection({ ...selection, chosen: new Set() });
    else if (key === 'Delete' && (cursor || selection.chosen.size > 0)) props.onDelete();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const commands = useRef<Readonly<Record<string, () => void>>>({});
  const step = (by: number) => () => {
    scroller.current?.focus({ preventScroll: true });
    select(move(selection, order, by));
  };
  commands.current = {
    next: step(1),
    previous: step(-1),
    open: () => cursor && onOpen(cursor),
    choose: () => cursor && onSelection(toggle(selection, order, cursor.key)),
  };
  // The same keys where the table has not the focus, as in the help of keys.
  useEffect(
    () =>
      registerCommands(() => [
        { title: t('nextRow'), group: t('inTable'), shortcut: 'j', run: () => commands.current.next?.() },
        { title: t('previousRow'), group: t('inTable'), shortcut: 'k', run: () => commands.current.previous?.() },
        { title: t('chooseThis'), group: t('inTable'), shortcut: 'x', run: () => commands.current.choose?.() },
        { title: t('openRow'), group: t('inTable'), shortcut: 'o', run: () => commands.current.open?.() },
      ]),
    [],
  );
  // The same functions at each drawing, so that rows which did not change are not drawn again.
  const latest = useRef({ choose: (_key: string, _range: boolean) => {}, open: (_row: TableRow) => {} });
  latest.current = {
    choose: (key, range) => onSelection(toggle(selection, order, key, range)),
    open: (row) => {
      onSelection({ ...selection, cursor: row.key });
      onOpen(row);
    },
  };
  const onRow = useMemo(
    () => ({
      choose: (key: string, range: boolean) => latest.current.choose(key, range),
      open: (row: TableRow) => latest.current.open(row),
    }),
    [],
  );
  const items = virtualizer.getVirtualItems();
  const seesCursor = cursor && items.some(({ index }) => rows[index] === cursor);
  return (
    <table
      ref={scroller}
      class="grid"
      // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: ARIA's own pattern for tables with a cursor.
      role="grid"
      aria-label={label}
      aria-multiselectable="true"
      aria-rowcount={rows.length + 1}
      aria-activedescendant={seesCursor ? `${id}/${cursor.key}` : undefined}
      tabIndex={0}
      style={{ '--columns': widths.columns, '--least': widths.least }}
      onKeyDown={keys}
    >
      <thead>
        <tr aria-rowindex={1}>
          <th scope="col" class="box">
            <input
              type="checkbox"
              aria-label={t('chooseAll')}
              checked={rows.length > 0 && selection.chosen.size === rows.length}
              indeterminate={selection.chosen.size > 0 && selection.chosen.size < rows.length}
              onClick={() => onSelection(chooseAll(selection, order))}
            />
          </th>
          {withNamespace && <Head name="Namespace" title={t('namespace')} sort={sort} onSort={props.onSort} />}
          {shown.map(({ column }) => (
            <Head key={column.name} name={column.name} title={column.description} sort={sort} onSort={props.onSort} />
          ))}
        </tr>
      </thead>
      <tbody style={{ height: `${virtualizer.getTotalSize()}px` }}>
        {items.map(({ index, start }) => {
          const row = rows[index];
          return (
            row && (
              <GridRow
                key={row.key}
                id={`${id}/${row.key}`}
                kind={kind}
                row={row}
                start={start}
                rowIndex={index + 2}
                shown={shown}
                withNamespace={withNamespace}
                chosen={selection.chosen.has(row.key)}
                isCursor={row === cursor}
                href={hrefOf(row)}
                onOpen={onRow.open}
                onChoose={onRow.choose}
              />
            )
          );
        })}
      </tbody>
    </table>
  );
}

interface HeadProps {
  name: string;
  title: string;
  sort: Sort | undefined;
  onSort(sort: Sort | undefined): void;
}

function Head({ name, title, sort, onSort }: HeadProps) {
  const own = sort?.by === name ? sort : undefined;
  return (
    <th scope="col" aria-sort={own ? (own.descending ? 'descending' : 'ascending') : 'none'}>
      <button type="button" class="head" title={title} onClick={() => onSort(nextSort(sort, name))}>
        {name}
        <span aria-hidden="true">{own ? (own.descending ? '↓' : '↑') : ''}</span>
      </button>
    </th>
  );
}
