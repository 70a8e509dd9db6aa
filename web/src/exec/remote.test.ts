import { expect, test, vi } from 'vitest';
import { Api } from '../api/request.ts';
import { stdinFrame } from './channels.ts';
import { openRemote, type RemoteEnd } from './remote.ts';

vi.stubGlobal('WebSocket', { OPEN: 1 });

function open(answer: () => Response = () => new Response()) {
  const sent: Uint8Array[] = [];
  const ends: RemoteEnd[] = [];
  const outputs: string[] = [];
  const socket = {
    readyState: 1,
    send: (frame: Uint8Array) => sent.push(frame),
    close: vi.fn(),
  } as unknown as WebSocket;
  const api = new Api('', (async () => answer()) as typeof fetch);
  const remote = openRemote(api, '/exec', socket, {
    opened: () => {},
    output: (data) => outputs.push(new TextDecoder().decode(data)),
    ended: (end) => ends.push(end),
  });
  const receive = (channel: number, text: string) =>
    socket.onmessage?.({ data: Uint8Array.of(channel, ...new TextEncoder().encode(text)).buffer } as MessageEvent);
  return { socket, remote, sent, ends, outputs, receive };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
const refusal = (code: number, message: string) => () =>
  new Response(JSON.stringify({ code, message }), { status: code });

test('output comes, what is typed goes, and the end is told once', () => {
  const { socket, remote, sent, ends, outputs, receive } = open();
  socket.onopen?.({} as Event);
  receive(1, 'hello');
  remote.send(stdinFrame('x'));
  remote.resize(80, 24);
  receive(3, '{"status": "Success"}');
  socket.onclose?.({} as CloseEvent);
  expect(outputs).toEqual(['hello']);
  expect(sent.map(([channel]) => channel)).toEqual([0, 4]);
  expect(ends).toEqual([{ ended: 'success' }]);
});

test('a connection that breaks is a cut; one that is closed here is nothing', () => {
  const broken = open();
  broken.socket.onopen?.({} as Event);
  broken.socket.onclose?.({} as CloseEvent);
  expect(broken.ends).toEqual([{ ended: 'cut' }]);
  const closed = open();
  closed.remote.close();
  closed.socket.onclose?.({} as CloseEvent);
  expect(closed.ends).toEqual([]);
});

test.each([
  [
    501,
    'the simulated node runs no containers',
    { ended: 'refused', code: 501, message: 'the simulated node runs no containers' },
  ],
  [403, 'forbidden', { ended: 'refused', code: 403, message: 'forbidden' }],
  [400, 'Upgrade request required: exec needs a WebSocket client', { ended: 'cut' }],
  [500, 'error dialing backend: node "a" is not connected', { ended: 'cut' }],
])('one that does not open is asked about: %i %s', async (code, message, end) => {
  const { socket, ends } = open(refusal(code, message));
  socket.onclose?.({} as CloseEvent);
  await settle();
  expect(ends).toEqual([end]);
});
