import type { WebSocket as CfWebSocket } from '@cloudflare/workers-types';
import { expect, test } from 'vitest';
import { HeldBytes } from './held-bytes.ts';
import { followSimulatedLog } from './simulated-log.ts';

class FakeSocket {
  readonly listeners = new Map<string, ((event: { data?: string }) => void)[]>();
  closed = false;
  accept(): void {}
  addEventListener(type: string, listener: (event: { data?: string }) => void): void {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener]);
  }
  emit(type: string, data?: string): void {
    for (const listener of this.listeners.get(type) ?? []) listener({ data });
  }
  send(): void {}
  close(): void {
    this.closed = true;
  }
}

const T0 = Date.parse('2026-01-01T00:00:00Z');
const time = (seconds: number) => new Date(T0 + seconds * 1000).toISOString();
const running = (id: string, from: number) => ({ containerID: id, state: { running: { startedAt: time(from) } } });
const ended = (id: string, from: number, to: number) => ({
  terminated: { containerID: id, startedAt: time(from), finishedAt: time(to), exitCode: 0 },
});

function follow(options: object = {}) {
  const socket = new FakeSocket();
  const timers = new Map<number, { run: () => void; at: number }>();
  let [now, ids] = [T0, 0];
  const held = new HeldBytes({ perCluster: 1000_000, total: 1000_000, holdersPerCluster: 10 });
  const response = followSimulatedLog(
    socket as unknown as CfWebSocket,
    { container: 'c', options: { follow: true, previous: false, timestamps: false, ...options } },
    3600_000,
    {
      newPipe: () => new TransformStream<Uint8Array, Uint8Array>(),
      setTimer: (run, ms) => {
        timers.set(++ids, { run, at: now + ms });
        return ids;
      },
      clearTimer: (id) => void timers.delete(id as number),
      hold: (giveUp) => held.open('a', giveUp),
      now: () => now,
    },
  ) as unknown as Response;
  return {
    socket,
    text: response.text(),
    timers,
    event(type: string, status: object) {
      const annotations = { 'islet.dev/simulated-logs': 'a\nb\nc', 'islet.dev/simulated-log-interval': '10' };
      const object = {
        kind: 'Pod',
        metadata: { name: 'p', annotations },
        spec: { containers: [{ name: 'c' }] },
        status: { containerStatuses: [{ name: 'c', ...status }] },
      };
      socket.emit('message', `${JSON.stringify({ type, object })}\n`);
    },
    pass(seconds: number) {
      const end = now + seconds * 1000;
      for (;;) {
        const due = [...timers].filter(([, { at }]) => at <= end).sort(([, x], [, y]) => x.at - y.at)[0];
        if (!due) break;
        timers.delete(due[0]);
        now = Math.max(now, due[1].at);
        due[1].run();
      }
      now = end;
    },
  };
}

test('lines come when they are due, until the container ends', async () => {
  const log = follow();
  log.event('ADDED', running('x', 0));
  log.pass(12);
  // A change of the pod meanwhile does not matter.
  log.event('MODIFIED', { ...running('x', 0), ready: false });
  log.event('MODIFIED', { containerID: 'x', state: ended('x', 0, 15) });
  expect(await log.text).toBe('a\nb\n');
  expect([log.socket.closed, log.timers.size]).toEqual([true, 0]);
});

test('a container that was started anew meanwhile has another log', async () => {
  const log = follow({ tailLines: 1, timestamps: true });
  log.pass(25);
  log.event('ADDED', running('x', 0));
  log.event('MODIFIED', { ...running('y', 26), lastState: ended('x', 0, 25) });
  expect(await log.text).toBe('2026-01-01T00:00:20.000000000Z c\n');
});

test('the log of a pod that is deleted ends with it, and one of many bytes at its limit', async () => {
  const gone = follow();
  gone.event('ADDED', running('x', 0));
  gone.event('DELETED', running('x', 0));
  expect(await gone.text).toBe('a\n');
  const cut = follow({ limitBytes: 3 });
  cut.event('ADDED', running('x', 0));
  cut.pass(10);
  expect(await cut.text).toBe('a\nb');
});

test('a client that goes away closes the watch', async () => {
  const log = follow();
  log.event('ADDED', running('x', 0));
  log.socket.emit('close');
  expect(await log.text).toBe('a\n');
  expect(log.timers.size).toBe(0);
});
