import type { WebSocket as CfWebSocket } from '@cloudflare/workers-types';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HeldBytes } from './held-bytes.ts';
import { bridgeLogSocket, MAX_LOG } from './log-socket.ts';

class FakeSocket {
  readonly sent: (string | Uint8Array)[] = [];
  readonly listeners = new Map<string, () => void>();
  closed: number | undefined;
  accept(): void {}
  addEventListener(type: string, listener: () => void): void {
    this.listeners.set(type, listener);
  }
  send(message: string | Uint8Array): void {
    this.sent.push(message);
  }
  close(code: number): void {
    this.closed = code;
  }
}

beforeEach(() => {
  // That of Node knows no sockets.
  const Answer = class {
    readonly status: number;
    readonly headers: unknown;
    constructor(_: null, init: { status: number; headers: unknown }) {
      this.status = init.status;
      this.headers = init.headers;
    }
  };
  vi.stubGlobal('Response', Answer);
});
afterEach(() => vi.unstubAllGlobals());

function start(protocol: string) {
  const own = new FakeSocket();
  const held = new HeldBytes();
  const cancelled = vi.fn();
  // Its types know no `cancel`, which the stream has.
  const transformer: object = { cancel: cancelled };
  const pipe = new TransformStream<Uint8Array, Uint8Array>(transformer);
  const pair = [new FakeSocket(), own] as unknown as readonly [CfWebSocket, CfWebSocket];
  const answer = bridgeLogSocket(pipe.readable, protocol, pair, (giveUp) => held.open('a', giveUp));
  return { own, held, cancelled, answer, log: pipe.writable.getWriter() };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('an empty message comes first, then what is written as it is written, then the end', async () => {
  const { own, held, log, answer } = start('binary.k8s.io');
  expect([answer.status, answer.headers]).toEqual([101, { 'Sec-WebSocket-Protocol': 'binary.k8s.io' }]);
  await log.write(bytes('a\n'));
  await vi.waitFor(() => expect(own.sent).toEqual([new Uint8Array(), bytes('a\n')]));
  expect([own.closed, held.size]).toEqual([undefined, 2]);
  await log.close();
  await vi.waitFor(() => expect([own.closed, held.size]).toEqual([1000, 0]));
});

test('base64 of a long log is in pieces, of which each can be read by itself', async () => {
  const { own, log } = start('base64.binary.k8s.io');
  const text = 'ä'.repeat(50_000);
  void log.write(bytes(text)).then(() => log.close());
  await vi.waitFor(() => expect(own.closed).toBe(1000));
  expect([own.sent[0], own.sent.length]).toEqual(['', 6]);
  const read = own.sent.map((piece) => Buffer.from(piece as string, 'base64'));
  expect(Buffer.concat(read).toString()).toBe(text);
});

test('a client that goes away ends the log, and so does a log that is too long', async () => {
  const left = start('');
  left.own.listeners.get('close')?.();
  await vi.waitFor(() => expect(left.cancelled).toHaveBeenCalled());
  expect(left.held.size).toBe(0);
  const long = start('');
  void long.log.write(new Uint8Array(MAX_LOG));
  await vi.waitFor(() => expect(long.own.closed).toBe(1000));
  expect(long.held.size).toBe(0);
});
