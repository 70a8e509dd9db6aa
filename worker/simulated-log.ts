/**
 * A log of a simulated container that is followed: the object sleeps behind a watch of the pod, and this Worker, where
 * time costs nothing, writes each line when it is due, until the container ends.
 */
import type { WebSocket as CfWebSocket } from '@cloudflare/workers-types';
import { firstLine, logText, nextLineAt, type Run, runOf, saidBy, written } from '../kube/simulated/logs.ts';
import type { Pod } from '../kube/types.ts';
import { type ClientMessage, CREDIT_STEP } from '../wire/socket.ts';
import type { SimulatedLog } from '../wire/stream.ts';
import { closeQuietly } from './close-quietly.ts';
import { type EdgeResponse, respond } from './env.ts';
import { tooManyRequests } from './statuses.ts';
import type { BridgeRuntime } from './watch-bridge.ts';

export interface LogRuntime extends BridgeRuntime {
  now(): number;
}

/** `setTimeout` takes no more. */
const MAX_WAIT = 2 ** 31 - 1;
const encoder = new TextEncoder();

/** `socket` is what the object answered with; the log ends after `timeoutMs` at the latest. */
export function followSimulatedLog(
  socket: CfWebSocket,
  { container, options }: SimulatedLog,
  timeoutMs: number,
  runtime: LogRuntime,
): EdgeResponse {
  socket.accept();
  const held = runtime.hold(() => giveUp());
  if (!held) {
    closeQuietly(socket);
    return tooManyRequests();
  }
  const pipe = runtime.newPipe();
  const writer = pipe.writable.getWriter();
  let pod: Pod | undefined;
  let run: Run | undefined;
  /** The lines up to this one are written, or are not to be. */
  let done = 0;
  let left = options.limitBytes ?? Number.POSITIVE_INFINITY;
  let timer: unknown;
  let ended = false;
  let [partial, owed] = ['', 0];
  const end = runtime.setTimer(() => finish(), Math.min(timeoutMs, MAX_WAIT));

  const finish = (): void => {
    if (ended) return;
    ended = true;
    runtime.clearTimer(end);
    runtime.clearTimer(timer);
    closeQuietly(socket);
    void writer.close().catch(ignore);
    held.close();
  };

  /** The client reads too slowly: what waits for it is dropped. */
  const giveUp = (): void => {
    void writer.abort(new Error('the log was not read fast enough')).catch(ignore);
    finish();
  };

  const write = (text: string): void => {
    const bytes = encoder.encode(text).subarray(0, left);
    left -= bytes.length;
    held.grow(bytes.length);
    writer.write(bytes).then(() => held.shrink(bytes.length), finish);
  };

  /** Writes the lines that are due. `last`: the container writes no more. */
  const proceed = (last: boolean): void => {
    const said = pod && saidBy(pod, container);
    if (ended || !said || !run) {
      finish();
      return;
    }
    const now = runtime.now();
    const count = written(said, run, now);
    const text =
      count > done
        ? logText(said, run, Math.max(done, firstLine(said, run, count, {}, now)), count, options.timestamps)
        : '';
    done = Math.max(done, count);
    if (text !== '') write(text);
    if (last || left <= 0) {
      finish();
      return;
    }
    runtime.clearTimer(timer);
    const next = nextLineAt(said, run, done);
    timer =
      next === undefined
        ? undefined
        : runtime.setTimer(() => proceed(false), Math.min(Math.max(0, next - now), MAX_WAIT));
  };

  const seen = (type: string, object: Pod): void => {
    pod = object;
    const current = runOf(object, container, false);
    if (!run) {
      const said = saidBy(object, container);
      if (!current || !said) {
        finish();
        return;
      }
      run = current;
      const now = runtime.now();
      done = firstLine(said, run, written(said, run, now), options, now);
    }
    // Of a container that was started anew, the log is another.
    const isOver = type === 'DELETED' || current?.id !== run.id || current.endedAt !== undefined;
    const before = isOver ? [current, runOf(object, container, true)].find((each) => each?.id === run?.id) : undefined;
    if (isOver) run = before ?? { ...run, endedAt: runtime.now() };
    proceed(isOver);
  };

  socket.addEventListener('message', ({ data: frame }) => {
    if (ended || typeof frame !== 'string') return;
    if (frame.startsWith('!')) {
      finish();
      return;
    }
    owed += frame.length;
    if (owed >= CREDIT_STEP) {
      socket.send(JSON.stringify({ type: 'credit', bytes: owed } satisfies ClientMessage));
      owed = 0;
    }
    const lines = (partial + frame).split('\n');
    partial = lines.pop() ?? '';
    for (const line of lines) {
      const { type, object } = JSON.parse(line) as { type: string; object: Pod };
      if (!ended && object.kind === 'Pod') seen(type, object);
    }
  });
  socket.addEventListener('close', finish);
  socket.addEventListener('error', finish);
  void writer.closed.catch(finish);
  return respond(pipe.readable as unknown as BodyInit, {
    headers: { 'Content-Type': 'text/plain', 'Cache-Control': 'no-cache, private', 'Content-Encoding': 'identity' },
  });
}

function ignore(): void {}
