/**
 * `/debug/api_priority_and_fairness/`: levels, queues and requests as they are now (apiserver
 * `pkg/util/flowcontrol/apf_controller_debug.go`). Queues are those in which something waits, in the order of their
 * turns; there is no virtual time here, so no request is due at one.
 */
import { type Execution, type FlowRequest, flowOf } from './execution.ts';
import type { Level } from './level.ts';

export interface FlowState {
  levels: readonly Level[];
  executions: Iterable<Execution>;
}

const ROOT = '/debug/api_priority_and_fairness/';
const NO_TIME = '0.00000000ss';

/** The text of a page; undefined for other paths. */
export function dump(path: string, withDetails: boolean, state: FlowState): string | undefined {
  if (!path.startsWith(ROOT)) return undefined;
  switch (path.slice(ROOT.length)) {
    case 'dump_priority_levels':
      return table(LEVEL_COLUMNS, levelRows(state));
    case 'dump_queues':
      return table(QUEUE_COLUMNS, queueRows(state));
    case 'dump_requests':
      return table([...REQUEST_COLUMNS, ...(withDetails ? DETAIL_COLUMNS : [])], requestRows(state, withDetails));
    default:
      return undefined;
  }
}

const LEVEL_COLUMNS = [
  ...['PriorityLevelName', 'ActiveQueues', 'IsIdle', 'IsQuiescing', 'WaitingRequests', 'ExecutingRequests'],
  ...['DispatchedRequests', 'RejectedRequests', 'TimedoutRequests', 'CancelledRequests'],
];
const QUEUE_COLUMNS = [
  ...['PriorityLevelName', 'Index', 'PendingRequests', 'ExecutingRequests', 'SeatsInUse', 'NextDispatchR'],
  ...['InitialSeatsSum', 'MaxSeatsSum', 'TotalWorkSum'],
];
const REQUEST_COLUMNS = [
  ...['PriorityLevelName', 'FlowSchemaName', 'QueueIndex', 'RequestIndexInQueue', 'FlowDistingsher', 'ArriveTime'],
  ...['InitialSeats', 'FinalSeats', 'AdditionalLatency', 'StartTime'],
];
const DETAIL_COLUMNS = ['UserName', 'Verb', 'APIPath', 'Namespace', 'Name', 'APIVersion', 'Resource', 'SubResource'];

type Cell = string | number | boolean;

const byName = (a: Level, b: Level): number => (a.configuration.name < b.configuration.name ? -1 : 1);

function* levelRows({ levels, executions }: FlowState): Generator<Cell[]> {
  const executing = new Map<string, number>();
  for (const { request } of executions) {
    const { name } = request.classified.level;
    executing.set(name, (executing.get(name) ?? 0) + 1);
  }
  for (const level of [...levels].sort(byName)) {
    const { configuration, waiting, total, isExempt } = level;
    const running = executing.get(configuration.name) ?? 0;
    const active = [...level.queues()].length;
    const isIdle = !isExempt && waiting === 0 && running === 0;
    const { dispatched, rejected, timedOut } = total;
    yield [configuration.name, active, isIdle, false, waiting, running, dispatched, rejected, timedOut, 0];
  }
}

function* queueRows({ levels, executions }: FlowState): Generator<Cell[]> {
  const running = [...executions];
  for (const level of [...levels].sort(byName)) {
    const { name } = level.configuration;
    for (const [index, { flow, waiters }] of [...level.queues()].entries()) {
      const own = running.filter(({ request }) => request.classified.level.name === name && flowOf(request) === flow);
      const widths = waiters.map(({ request }) => request.width);
      const seats = sum(own.map(({ request }) => request.width));
      yield [name, index, waiters.length, own.length, seats, NO_TIME, sum(widths), Math.max(...widths), NO_TIME];
    }
  }
}

function* requestRows({ levels, executions }: FlowState, withDetails: boolean): Generator<Cell[]> {
  const running = [...executions];
  for (const level of [...levels].sort(byName)) {
    for (const [index, { waiters }] of [...level.queues()].entries()) {
      for (const [place, { request }] of waiters.entries())
        yield requestRow(request, { queue: index, place, start: NEVER }, withDetails);
    }
    for (const { request, started } of running) {
      if (request.classified.level.name !== level.configuration.name) continue;
      yield requestRow(request, { queue: -1, place: -1, start: nanoTime(started) }, withDetails);
    }
  }
}

/** Go's zero time, as upstream prints it of what has not begun. */
const NEVER = '0001-01-01T00:00:00Z';

/** The place of a request in its queue, -1 for one that is executed, and the time at which it began. */
interface RequestState {
  queue: number;
  place: number;
  start: string;
}

function requestRow(request: FlowRequest, { queue, place, start }: RequestState, withDetails: boolean): Cell[] {
  const { classified, distinguisher, arrived, width, user, info } = request;
  const { level, schema } = classified;
  const row: Cell[] = [level.name, schema.name, queue, place, distinguisher, nanoTime(arrived), width, 0, '0s', start];
  if (!withDetails) return row;
  const { verb, path, namespace, name, group, version, resource, subresource } = info;
  const apiVersion = group === '' ? version : `${group}/${version}`;
  return [...row, user.name, verb, path, namespace, name, apiVersion, resource, subresource];
}

/** RFC3339Nano: without zeros at the end of the fraction. */
const nanoTime = (time: number): string => new Date(time).toISOString().replace(/\.?0*Z$/, 'Z');

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** `tabwriter.NewWriter(w, 8, 0, 1, ' ', 0)` of cells that end in `,\t`. */
function table(columns: readonly string[], rows: Iterable<Cell[]>): string {
  const lines = [[...columns], ...[...rows].map((row) => row.map(clean))];
  const widths = columns.map((_, i) => Math.max(8, ...lines.map((line) => (line[i]?.length ?? 0) + 2)));
  const last = columns.length - 1;
  return lines
    .map((line) => `${line.map((cell, i) => (i === last ? cell : `${cell},`.padEnd(widths[i] ?? 0))).join('')}\n`)
    .join('');
}

/** Names of users and paths are clients'. */
const clean = (cell: Cell): string => String(cell).replace(/\p{Cc}+/gu, ' ');
