/**
 * The logs that simulated containers are said to write: which lines there are by when follows from the annotations and
 * from the pod's status, so nothing is kept, and the edge can follow a log while the cluster sleeps. Pure.
 */
import { ownSteerOf, steerOf } from '../kinds/core/simulated-annotations.ts';
import type { ContainerStatus, Pod } from '../types.ts';

/** Times in milliseconds. */
export interface Said {
  lines: readonly string[];
  /** Between two lines; 0: all are written at the start. */
  interval: number;
  repeats: boolean;
}

/** One run of a container. */
export interface Run {
  id: string;
  startedAt: number;
  /** Undefined while it runs. */
  endedAt: number | undefined;
}

/** As much of a log is kept, as kubelets rotate it. Code units, each with its newline. */
const KEPT_LINES = 10_000;
const KEPT_SIZE = 2 * 1024 * 1024;
const REPEATED_EVERY = 1000;

/**
 * The lines that a container writes; undefined where the pod has none for it. Init containers and sidecars write only what
 * is said of them alone.
 */
export function saidBy({ metadata: { annotations = {} }, spec }: Pod, container: string): Said | undefined {
  const text = steerOf(annotations, 'logs', container);
  if (text === undefined) return undefined;
  const isMain = spec?.containers.some(({ name }) => name === container);
  const writes = text !== '' && (isMain || ownSteerOf(annotations, 'logs', container) !== undefined);
  const repeats = steerOf(annotations, 'log-repeat', container) === 'true';
  const seconds = steerOf(annotations, 'log-interval', container);
  return {
    lines: writes ? text.replace(/\n$/, '').split('\n') : [],
    interval: seconds === undefined ? (repeats ? REPEATED_EVERY : 0) : Number(seconds) * 1000,
    repeats,
  };
}

/** The container's run now, or its last one; the one before that for `previous`. */
export function runOf(pod: Pod, container: string, previous: boolean): Run | undefined {
  const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = pod.status ?? {};
  const all = [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses];
  const status = all.find(({ name }) => name === container);
  if (!status) return undefined;
  if (!previous && status.state?.running) {
    // Another client may have written the status without it: when a line is due is unknown then.
    const startedAt = Date.parse(status.state.running.startedAt ?? '');
    if (Number.isNaN(startedAt)) return undefined;
    return { id: status.containerID ?? '', startedAt, endedAt: undefined };
  }
  return (previous ? undefined : endedRun(status, status.state)) ?? endedRun(status, status.lastState);
}

function endedRun(status: ContainerStatus, state: ContainerStatus['state']): Run | undefined {
  const ended = state?.terminated;
  if (!ended?.startedAt || !ended.finishedAt) return undefined;
  const id = ended.containerID ?? status.containerID ?? '';
  return { id, startedAt: Date.parse(ended.startedAt), endedAt: Date.parse(ended.finishedAt) };
}

/** The number of lines that were written by now. */
export function written(
  { lines, interval, repeats }: Said,
  { startedAt, endedAt = Infinity }: Run,
  now: number,
): number {
  const elapsed = Math.min(now, endedAt) - startedAt;
  if (lines.length === 0 || !(elapsed >= 0)) return 0;
  if (interval === 0) return lines.length;
  const count = Math.floor(elapsed / interval) + 1;
  return repeats ? count : Math.min(count, lines.length);
}

/** The time of the line after `count`; undefined when there is none. */
export function nextLineAt({ lines, interval, repeats }: Said, run: Run, count: number): number | undefined {
  if (lines.length === 0 || interval === 0 || (!repeats && count >= lines.length)) return undefined;
  const at = run.startedAt + count * interval;
  return run.endedAt !== undefined && at > run.endedAt ? undefined : at;
}

export interface LogChoice {
  tailLines?: number;
  sinceSeconds?: number;
  sinceTime?: string;
}

/** The first line to show, of so many: what is kept, of that the last ones, and of those what is new enough. */
export function firstLine(said: Said, run: Run, count: number, choice: LogChoice, now: number): number {
  let first = Math.max(0, count - KEPT_LINES);
  for (let at = count - 1, size = 0; at >= first; at--) {
    size += (said.lines[at % said.lines.length] ?? '').length + 1;
    if (size > KEPT_SIZE) first = at + 1;
  }
  if (choice.tailLines !== undefined) first = Math.max(first, count - choice.tailLines);
  const { sinceSeconds, sinceTime } = choice;
  const since = sinceSeconds !== undefined ? now - sinceSeconds * 1000 : sinceTime ? Date.parse(sinceTime) : undefined;
  if (since === undefined || since <= run.startedAt) return first;
  return Math.min(
    count,
    said.interval === 0 ? count : Math.max(first, Math.ceil((since - run.startedAt) / said.interval)),
  );
}

/** Lines from `first` on, before `end`, each with its time where that is asked for. */
export function logText(said: Said, run: Run, first: number, end: number, timestamps: boolean): string {
  let text = '';
  for (let index = first; index < end; index++) {
    const at = new Date(run.startedAt + index * said.interval).toISOString().replace('Z', '000000Z');
    text += `${timestamps ? `${at} ` : ''}${said.lines[index % said.lines.length]}\n`;
  }
  return text;
}
