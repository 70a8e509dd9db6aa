import type { WebSocket as CfWebSocket } from '@cloudflare/workers-types';
import { expect, test } from 'vitest';
import { CREDIT_STEP, encodeEvents, encodeMessage, WATCH_SUBSCRIPTION } from '../wire/socket.ts';
import { HeldBytes, type HeldLimits } from './held-bytes.ts';
import { bridgeWatch } from './watch-bridge.ts';

class FakeSocket {
  readonly sent: string[] = [];
  readonly listeners = new Map<string, ((event: { data?: string }) => void)[]>();
  closed = false;
  accept(): void {}
  addEventListener(type: string, listener: (event: { data?: string }) => void): void {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener]);
  }
  emit(type: string, data?: string): void {
    for (const listener of this.listeners.get(type) ?? []) listener({ data });
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.closed = true;
  }
}

const limits = (over: Partial<HeldLimits> = {}) =>
  new HeldBytes({ perCluster: 1000, total: 1000_000, holdersPerCluster: 10, ...over });

function start(timeoutMs = 1000, held = limits({ perCluster: 1000_000 })) {
  const socket = new FakeSocket();
  const timers: (() => void)[] = [];
  const response = bridgeWatch(
    socket as unknown as CfWebSocket,
    { contentType: 'application/json', timeoutMs },
    {
      newPipe: () => new TransformStream<Uint8Array, Uint8Array>(),
      setTimer: (run) => timers.push(run),
      clearTimer: () => {},
      hold: (giveUp) => held.open('a', giveUp),
    },
  ) as unknown as Response;
  return { socket, timers, response };
}

test('frames become lines without their prefix, and the end of the time ends the response', async () => {
  const { socket, timers, response } = start();
  const text = response.text();
  socket.emit('message', encodeEvents(WATCH_SUBSCRIPTION, '{"type":"ADDED"}\n'));
  socket.emit('message', encodeEvents(WATCH_SUBSCRIPTION, '{"type":"MODIFIED"}\n{"type":"DELETED"}\n'));
  await new Promise((resolve) => setTimeout(resolve, 10));
  timers[0]?.();
  expect(await text).toBe('{"type":"ADDED"}\n{"type":"MODIFIED"}\n{"type":"DELETED"}\n');
  expect(socket.closed).toBe(true);
});

test('a subscription that failed ends with an ERROR event', async () => {
  const { socket, response } = start();
  const text = response.text();
  socket.emit('message', encodeMessage({ type: 'end', id: WATCH_SUBSCRIPTION, status: { kind: 'Status', code: 410 } }));
  expect(await text).toBe('{"type":"ERROR","object":{"kind":"Status","code":410}}\n');
});

test('credits are given back only for what the client has taken', async () => {
  const { socket, response } = start();
  socket.emit('message', encodeEvents(WATCH_SUBSCRIPTION, 'x'.repeat(CREDIT_STEP)));
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(socket.sent).toEqual([]);
  const reader = response.body!.getReader();
  await reader.read();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(socket.sent).toEqual([JSON.stringify({ type: 'credit', bytes: CREDIT_STEP })]);
  await reader.cancel();
});

test('a client that goes away closes the socket', async () => {
  const { socket, response } = start();
  await response.body!.cancel();
  socket.emit('message', encodeEvents(WATCH_SUBSCRIPTION, 'x\n'));
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(socket.closed).toBe(true);
});

test('of the clients that do not read, the one that holds most is cut off, and lets go of all of it', async () => {
  const held = limits();
  const [slow, other] = [start(1000, held), start(1000, held)];
  other.socket.emit('message', encodeEvents(WATCH_SUBSCRIPTION, 'y'.repeat(300)));
  for (let sent = 0; sent < 3; sent++) slow.socket.emit('message', encodeEvents(WATCH_SUBSCRIPTION, 'x'.repeat(300)));
  await Promise.resolve();
  expect([slow.socket.closed, other.socket.closed]).toEqual([true, false]);
  expect(held.size).toBe(300);
  await expect(slow.response.text()).rejects.toThrow('the client is too slow');
  slow.socket.emit('message', encodeEvents(WATCH_SUBSCRIPTION, 'x'.repeat(300)));
  expect(held.size).toBe(300);
  const text = other.response.text();
  await new Promise((resolve) => setTimeout(resolve, 10));
  other.timers[0]?.();
  expect(await text).toBe('y'.repeat(300));
  expect(held.size).toBe(0);
});

test('a cluster has so many watches here; beyond, clients are asked to wait', () => {
  const held = limits({ holdersPerCluster: 1 });
  start(1000, held);
  const { socket, response } = start(1000, held);
  expect([response.status, response.headers.get('retry-after'), socket.closed]).toEqual([429, '1', true]);
});
