/** Follows the log of one container through cuts, restarts and its end, until it is stopped. */
import { ApiError } from '../api/request.ts';
import { LineSplitter, parseLine, type RawLine } from './line.ts';
import { Resume } from './resume.ts';

export interface ContainerNow {
  /** Tells a run of the container from the next one; empty before the first. */
  run: string;
  ended: boolean;
  /** Anything of its state: it is tried again when this changes. */
  version: string;
}

export interface LogQuery {
  previous: boolean;
  tailLines?: number;
  sinceSeconds?: number;
}

/** Parameters of a request for the log. */
export type LogParams = Record<string, string | number | boolean | undefined>;

export interface FollowerPorts {
  /** The body of the answer; throws an {@link ApiError}. */
  open(params: LogParams, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  /** undefined when the pod is gone. */
  now(): ContainerNow | undefined;
  /** Resolves once the container's state is another one than the one given, or the wait is over. */
  changed(version: string, signal: AbortSignal): Promise<void>;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Milliseconds between two requests, where there is no connection to spare for one that stays open. */
  pollEvery?(): number;
  lines(lines: RawLine[]): void;
  state(state: FollowerState): void;
}

export type FollowerState =
  | { state: 'connecting' | 'following' | 'reconnecting' | 'ended' | 'gone' }
  /** Said by the server: it has not started, or has no log. */
  | { state: 'refused'; message: string };

const RETRY_MS = [500, 1_000, 2_000, 5_000];

export async function follow(query: LogQuery, ports: FollowerPorts, signal: AbortSignal): Promise<void> {
  const resume = new Resume();
  let run = ports.now()?.run ?? '';
  let failures = 0;
  ports.state({ state: 'connecting' });
  while (!signal.aborted) {
    const before = ports.now();
    if (before && run !== before.run && !query.previous) {
      // The last lines of the run before may have come after a cut.
      if (resume.since !== undefined) {
        await readOnce({ previous: true }, resume, ports, true, signal).catch(() => undefined);
      }
      resume.forget();
      run = before.run;
    }
    try {
      const isLast = query.previous || before?.ended === true;
      await readOnce(query, resume, ports, isLast, signal);
      failures = 0;
      const pause = ports.pollEvery?.();
      if (pause !== undefined && !isLast && before) {
        await ports.sleep(pause, signal);
        continue;
      }
      if (signal.aborted) return;
      if (isLast || !before) {
        ports.state({ state: before ? 'ended' : 'gone' });
        if (query.previous || !before) return;
        await ports.changed(before.version, signal);
        continue;
      }
      // It ended, or the connection did: the next request tells, and brings what is missing.
    } catch (error) {
      if (signal.aborted) return;
      if (isFinal(error)) {
        if (error.code === 404 && !ports.now()) {
          ports.state({ state: 'gone' });
          return;
        }
        ports.state({ state: 'refused', message: error.message });
        await ports.changed(before?.version ?? '', signal);
        continue;
      }
      ports.state({ state: 'reconnecting' });
    }
    await ports.sleep(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)] as number, signal);
  }
}

/** The server says no, and will until the container changes. */
function isFinal(error: unknown): error is ApiError {
  if (!(error instanceof ApiError)) return false;
  return error.code === 501 || (error.code >= 400 && error.code < 500 && error.code !== 429);
}

async function readOnce(
  query: LogQuery,
  resume: Resume,
  ports: FollowerPorts,
  isLast: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { since } = resume;
  const first = since === undefined ? { tailLines: query.tailLines, sinceSeconds: query.sinceSeconds } : {};
  const stays = !isLast && ports.pollEvery === undefined;
  const which = query.previous ? { previous: true } : { follow: stays || undefined };
  const body = await ports.open({ timestamps: true, ...which, ...first, sinceTime: since }, signal);
  ports.state({ state: 'following' });
  resume.restart();
  const splitter = new LineSplitter();
  const take = (lines: string[]): void => {
    const fresh = lines.filter((line) => resume.isNew(line)).map(parseLine);
    if (fresh.length > 0) ports.lines(fresh);
  };
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    take(splitter.add(value));
  }
  // A last line without its newline is whole only where the log is over.
  if (isLast) take(splitter.end());
}
