/**
 * The text of a cell now. The server prints ages when it sends a row, and sends none because time goes by: those that
 * go on are counted on from here.
 */
import { humanDuration } from '../../../../kube/kinds/columns/human-duration.ts';
import type { KubeObject } from '../../../../kube/machinery/object.ts';
import type { Cell, TableColumn, TableRow } from '../../api/table.ts';
import { later } from './durations.ts';

interface Times {
  status?: { startTime?: string; completionTime?: string; lastScheduleTime?: string };
  series?: { lastObservedTime?: string };
  lastTimestamp?: string | null;
  firstTimestamp?: string | null;
  eventTime?: string | null;
}

type TimeOf = (object: KubeObject & Times) => string | null | undefined;

/** Columns whose time is in the object, by kind; `Age` is every kind's. Their rows carry the whole object. */
const TIMES: Readonly<Record<string, Readonly<Record<string, TimeOf>>>> = {
  Job: { Duration: ({ status }) => (status?.completionTime ? undefined : status?.startTime) },
  CronJob: { 'Last Schedule': ({ status }) => status?.lastScheduleTime },
  Event: {
    'Last Seen': ({ series, lastTimestamp, eventTime, firstTimestamp }) =>
      series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? firstTimestamp,
    'First Seen': ({ firstTimestamp, eventTime }) => firstTimestamp ?? eventTime,
  },
};

export function needsWholeObjects(kind: string): boolean {
  return kind in TIMES;
}

/** Milliseconds since the epoch that an age counts from; undefined where the cell is none, or its time is not known. */
export function timeIn(kind: string, { name }: TableColumn, { object }: TableRow): number | undefined {
  const time = name === 'Age' ? object.metadata.creationTimestamp : TIMES[kind]?.[name]?.(object);
  const at = time ? Date.parse(time) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** `now` in milliseconds since the epoch. */
export function cellText(kind: string, column: TableColumn, row: TableRow, index: number, now: number): string {
  const cell = row.cells[index] ?? null;
  const since = timeIn(kind, column, row);
  if (since !== undefined) return humanDuration(Math.max(0, now - since));
  if (typeof cell !== 'string') return plainText(cell);
  // A moment of the past is before its rows came.
  const passed = Math.max(0, now - row.at);
  // `3 (5m ago)`, of a pod that restarted; and the dates of custom columns.
  if (column.name === 'Restarts') return cell.replace(/\d\S*(?= ago\))/, (age) => later(age, passed));
  return column.type === 'date' ? later(cell, passed) : cell;
}

/** A cell that is not there is shown as kubectl does. */
export function plainText(cell: Cell): string {
  if (cell === null) return '<none>';
  return typeof cell === 'string' ? cell : JSON.stringify(cell);
}
