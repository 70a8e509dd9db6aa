/** One row of a table. A cell whose text changes while it is looked at lights up for a moment. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { now } from '../../api/clock.ts';
import type { TableRow } from '../../api/table.ts';
import { t } from '../messages.ts';
import { cellText, plainText, timeIn } from './cell-text.ts';
import type { ShownColumn } from './columns.ts';
import { toneOf } from './tone.ts';

export interface RowProps {
  id: string;
  kind: string;
  row: TableRow;
  /** From the top, in pixels. */
  start: number;
  /** Counted from 1, the head among them. */
  rowIndex: number;
  shown: readonly ShownColumn[];
  withNamespace: boolean;
  chosen: boolean;
  isCursor: boolean;
  href: string;
  onOpen(row: TableRow): void;
  onChoose(key: string, range: boolean): void;
}

export function GridRow(props: RowProps) {
  const { id, kind, row, start, rowIndex, shown, withNamespace, chosen, isCursor, href, onOpen, onChoose } = props;
  const { name = '', namespace = '', deletionTimestamp } = row.object.metadata;
  const click = (event: MouseEvent): void => {
    const target = event.target as Element;
    if (target.closest('.box')) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) {
      event.preventDefault();
      onChoose(row.key, event.shiftKey);
    } else if (!target.closest('a')) onOpen(row);
  };
  return (
    <tr
      id={id}
      aria-rowindex={rowIndex}
      aria-selected={chosen}
      class={`row${isCursor ? ' is-cursor' : ''}${deletionTimestamp ? ' is-leaving' : ''}`}
      style={{ top: `${start}px` }}
      data-key={row.key}
      onClick={click}
    >
      <td class="box">
        <input
          type="checkbox"
          tabIndex={-1}
          checked={chosen}
          aria-label={t('chooseRow', { name })}
          onClick={(event) => {
            event.stopPropagation();
            onChoose(row.key, event.shiftKey);
          }}
        />
      </td>
      {withNamespace && (
        <td class="quiet" title={namespace}>
          {namespace}
        </td>
      )}
      {shown.map(({ column, index }) =>
        column.name === 'Name' ? (
          <th key="Name" scope="row" title={name}>
            <a href={href} tabIndex={-1}>
              {plainText(row.cells[index] ?? name)}
            </a>
          </th>
        ) : (
          <Cell key={column.name} kind={kind} row={row} shown={{ column, index }} />
        ),
      )}
    </tr>
  );
}

function Cell({ kind, row, shown: { column, index } }: { kind: string; row: TableRow; shown: ShownColumn }) {
  const cell = useRef<HTMLTableCellElement>(null);
  const before = useRef<string>(undefined);
  const goesOn = column.type === 'date' || column.name === 'Restarts' || timeIn(kind, column, row) !== undefined;
  const text = cellText(kind, column, row, index, goesOn ? now.value : row.at);
  // What only time changes is no news.
  const news =
    timeIn(kind, column, row) !== undefined || column.type === 'date' ? '' : text.replace(/ \(.* ago\)$/, '');
  useLayoutEffect(() => {
    if (before.current !== undefined && before.current !== news) flash(cell.current);
    before.current = news;
  }, [news]);
  const tone = toneOf(column.name, text);
  return (
    <td ref={cell} class={`${tone ?? ''}${text === '<none>' ? ' is-none' : ''}`} title={text}>
      {text}
    </td>
  );
}

const FLASH_MS = 1_200;

function flash(cell: HTMLElement | null): void {
  if (!cell || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  cell.animate([{ backgroundColor: 'var(--tint)' }, { backgroundColor: 'transparent' }], {
    duration: FLASH_MS,
    easing: 'ease-out',
  });
}
