import { expect, test, vi } from 'vitest';
import { Api } from '../api/request.ts';
import { ShellWork } from './shell-work.ts';

vi.stubGlobal('WebSocket', { OPEN: 1 });

type Socket = WebSocket & { sent: Uint8Array[] };

function open() {
  const sockets: Socket[] = [];
  const written: string[] = [];
  const waits: { milliseconds: number; run(): void }[] = [];
  const socket = () => {
    const sent: Uint8Array[] = [];
    const made = { readyState: 1, sent, send: (frame: Uint8Array) => sent.push(frame), close: vi.fn() };
    sockets.push(made as unknown as Socket);
    return made as unknown as WebSocket;
  };
  const work = new ShellWork({
    api: new Api('', (async () =>
      Response.json({ message: 'Upgrade request required' }, { status: 400 })) as typeof fetch),
    path: '/exec',
    socket,
    screen: { cols: 80, rows: 24, write: (data) => written.push(String(data)) },
    again: () => 'again',
    later: (milliseconds, run) => {
      waits.push({ milliseconds, run });
      return () => {};
    },
  });
  return { work, sockets, written, waits };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

test('the size goes first; after a cut another connection is made, later each time, and said to be one', async () => {
  const { work, sockets, written, waits } = open();
  sockets[0]?.onopen?.({} as Event);
  expect(new TextDecoder().decode(sockets[0]?.sent[0]?.subarray(1))).toBe('{"Width":80,"Height":24}');
  expect(written).toEqual([]);
  sockets[0]?.onclose?.({} as CloseEvent);
  expect(work.state.value).toEqual({ state: 'cut' });
  waits[0]?.run();
  sockets[1]?.onclose?.({} as CloseEvent);
  await settle();
  expect(waits.map(({ milliseconds }) => milliseconds)).toEqual([300, 1_000]);
  waits[1]?.run();
  sockets[2]?.onopen?.({} as Event);
  expect(written).toEqual(['\r\nagain\r\n']);
  expect(work.state.value).toEqual({ state: 'open' });
});

test('a command that ended is not begun anew but when that is asked for', () => {
  const { work, sockets, written, waits } = open();
  sockets[0]?.onopen?.({} as Event);
  const end = Uint8Array.of(3, ...new TextEncoder().encode('{"status": "Success"}'));
  sockets[0]?.onmessage?.({ data: end.buffer } as MessageEvent);
  sockets[0]?.onclose?.({} as CloseEvent);
  expect(work.state.value).toEqual({ state: 'over', end: { ended: 'success' } });
  expect(waits).toEqual([]);
  work.restart();
  sockets[1]?.onopen?.({} as Event);
  expect(work.state.value).toEqual({ state: 'open' });
  expect(written).toEqual([]);
});
