import { expect, test, vi } from 'vitest';
import { openStream } from './exec-stream.ts';

class FakeSocket {
  static readonly OPEN = 1;
  static last: FakeSocket;
  readonly readyState = 1;
  readonly sent: number[][] = [];
  onopen = (): void => {};
  onmessage = (_: { data: ArrayBuffer }): void => {};
  onclose = (): void => {};

  constructor() {
    FakeSocket.last = this;
  }

  send(frame: Uint8Array): void {
    this.sent.push([...frame]);
  }

  close(): void {
    this.onclose();
  }

  say(...bytes: number[]): void {
    this.onmessage({ data: Uint8Array.from(bytes).buffer });
  }
}

function open(answer: () => Response = () => new Response()) {
  vi.stubGlobal('WebSocket', FakeSocket);
  async function* input(): AsyncGenerator<Uint8Array> {
    yield Uint8Array.of(104, 105);
  }
  let said = '';
  const stop = new AbortController();
  const ended = openStream({ fetch: async () => answer() }, 'wss://x', '/x', {
    input: input(),
    output: (bytes) => {
      said += new TextDecoder().decode(bytes);
    },
    error: () => {},
    size: () => ({ width: 80, height: 24 }),
    signal: stop.signal,
  });
  return { ended, socket: FakeSocket.last, said: () => said, stop };
}

const bytes = (value: object): number[] => [...new TextEncoder().encode(JSON.stringify(value))];

test('input goes in frames, and its end closes the channel; output comes out', async () => {
  const { ended, socket, said } = open();
  socket.onopen();
  await vi.waitFor(() => expect(socket.sent).toContainEqual([255, 0]));
  expect(socket.sent).toContainEqual([0, 104, 105]);
  expect(socket.sent[0]).toEqual([4, ...bytes({ Width: 80, Height: 24 })]);
  socket.say(1, 104, 111);
  const failure = {
    status: 'Failure',
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: '3' }] },
  };
  socket.say(3, ...bytes(failure));
  socket.close();
  expect(await ended).toEqual(failure);
  expect(said()).toBe('ho');
});

test('why a stream does not open is asked for', async () => {
  const { ended, socket } = open(() =>
    Response.json({ status: 'Failure', message: 'no containers run there' }, { status: 501 }),
  );
  socket.close();
  expect(await ended).toMatchObject({ message: 'no containers run there', refused: true });
});

test('a connection that breaks is a failure; one that Ctrl-C ends is not', async () => {
  const broken = open();
  broken.socket.onopen();
  broken.socket.close();
  expect(await broken.ended).toMatchObject({ status: 'Failure' });
  const stopped = open();
  stopped.socket.onopen();
  stopped.stop.abort();
  expect(await stopped.ended).toEqual({ status: 'Success' });
});
