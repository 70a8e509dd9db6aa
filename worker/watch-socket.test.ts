import type { WebSocket as CfWebSocket } from '@cloudflare/workers-types';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CREDIT_STEP, encodeMessage, WATCH_SUBSCRIPTION } from '../wire/socket.ts';
import { HeldBytes } from './held-bytes.ts';
import { bridgeWatchSocket, MAX_SENT, offeredProtocols } from './watch-socket.ts';

class FakeSocket {
  readonly sent: (string | Uint8Array)[] = [];
  readonly listeners = new Map<string, ((event: { data?: string }) => void)[]>();
  closed?: number;
  accept(): void {}
  addEventListener(type: string, listener: (event: { data?: string }) => void): void {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener]);
  }
  emit(type: string, data?: string): void {
    for (const listener of this.listeners.get(type) ?? []) listener({ data });
  }
  send(message: string | Uint8Array): void {
    this.sent.push(message);
  }
  close(code: number): void {
    this.closed ??= code;
  }
}

// Node's Response knows no 101.
beforeEach(() => {
  vi.stubGlobal(
    'Response',
    class {
      readonly status: number;
      readonly headers: Record<string, string>;
      constructor(_body: null, init: { status: number; headers: Record<string, string> }) {
        this.status = init.status;
        this.headers = init.headers;
      }
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

function start(options: { isProtobuf?: boolean; protocol?: string } = {}) {
  const [socket, own, client] = [new FakeSocket(), new FakeSocket(), new FakeSocket()];
  const timers: (() => void)[] = [];
  const held = new HeldBytes();
  const answer = bridgeWatchSocket(
    socket as unknown as CfWebSocket,
    { isProtobuf: false, timeoutMs: 1000, ...options },
    {
      newPair: () => [client as unknown as CfWebSocket, own as unknown as CfWebSocket],
      setTimer: (run) => timers.push(run),
      clearTimer: () => {},
      hold: (giveUp) => held.open('a', giveUp),
    },
  );
  return { socket, own, timers, held, answer };
}

const line = (name: string): string =>
  `{"type":"ADDED","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"${name}"}}}\n`;

test('each event is a message, and the end of the time closes both sockets', () => {
  const { socket, own, timers, held, answer } = start({ protocol: 'base64.binary.k8s.io' });
  expect([answer.status, answer.headers]).toEqual([101, { 'Sec-WebSocket-Protocol': 'base64.binary.k8s.io' }]);
  socket.emit('message', line('a') + line('b'));
  expect(own.sent).toEqual([line('a'), line('b')]);
  timers[0]?.();
  expect([socket.closed, own.closed, held.size]).toEqual([1000, 1000, 0]);
});

test('protobuf comes as binary messages without the length of a frame', () => {
  const { socket, own } = start({ isProtobuf: true });
  socket.emit('message', line('a'));
  expect([...(own.sent[0] as Uint8Array).slice(0, 8)]).toEqual([0x0a, 5, ...Buffer.from('ADDED'), 0x12]);
});

test('a subscription that failed ends with an ERROR event, and a client that leaves ends it', () => {
  const failed = start();
  failed.socket.emit('message', encodeMessage({ type: 'end', id: WATCH_SUBSCRIPTION, status: { code: 410 } }));
  expect([failed.own.sent, failed.own.closed]).toEqual([['{"type":"ERROR","object":{"code":410}}\n'], 1000]);
  const left = start();
  left.own.emit('close');
  expect(left.socket.closed).toBe(1000);
});

test('a socket whose client does not read is closed at a bound of bytes sent', () => {
  const { socket, own, held } = start();
  const lines = line('x'.repeat(CREDIT_STEP));
  for (let sent = 0; sent + lines.length <= MAX_SENT; sent += lines.length) socket.emit('message', lines);
  expect([own.closed, socket.sent.length > 0, held.size > MAX_SENT - lines.length]).toEqual([undefined, true, true]);
  socket.emit('message', lines);
  expect([own.closed, held.size]).toEqual([1000, 0]);
});

test('the token and at most one other subprotocol may be offered', () => {
  const bearer = 'base64url.bearer.authorization.k8s.io.abc';
  expect(offeredProtocols(null)).toEqual({ protocol: undefined });
  expect(offeredProtocols(`${bearer}, foo`)).toEqual({ protocol: 'foo' });
  expect(offeredProtocols(bearer)).toEqual({ refusal: 401 });
  expect(offeredProtocols('a,b')).toEqual({ refusal: 400 });
  fc.assert(
    fc.property(fc.string(), (header) => {
      const { protocol, refusal } = offeredProtocols(header);
      expect(refusal === undefined || protocol === undefined).toBe(true);
      if (protocol !== undefined) expect(header).toContain(protocol);
    }),
  );
});
