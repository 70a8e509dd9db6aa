import { expect, test } from 'vitest';
import { STREAM_WINDOW } from './stream.ts';
import { StreamReader, type StreamSocket } from './stream-reader.ts';

function memory() {
  const state = { held: 0, open: true };
  const holder = {
    grow: (bytes: number) => {
      state.held += bytes;
    },
    shrink: (bytes: number) => {
      state.held -= bytes;
    },
    close: () => {
      state.open = false;
    },
  };
  return { state, holder };
}

const readLogs = (socket: StreamSocket) => new StreamReader(socket, memory().holder).open();

function fakeSocket() {
  const listeners: Record<string, ((event: never) => void)[]> = {};
  const sent: { type: string; bytes?: number }[] = [];
  const closed: number[] = [];
  return {
    sent,
    closed,
    emit: (type: string, event: unknown) => {
      for (const listener of listeners[type] ?? []) listener(event as never);
    },
    socket: {
      send: (data: string) => void sent.push(JSON.parse(data)),
      close: (code = 1000) => void closed.push(code),
      addEventListener: (type: string, listener: (event: never) => void) => {
        listeners[type] = [...(listeners[type] ?? []), listener];
      },
    },
  };
}

const bytes = (text: string) => ({ data: new TextEncoder().encode(text).buffer });

test('A log is read to its end, and what was read is acknowledged', async () => {
  const { socket, sent, emit } = fakeSocket();
  const opening = readLogs(socket);
  emit('message', { data: '{"type":"start"}' });
  emit('message', bytes('one\n'));
  emit('message', bytes('two\n'));
  emit('close', { code: 1000, reason: '' });
  const opened = await opening;
  if (!opened.ok) throw new Error('refused');
  expect(await new Response(opened.body).text()).toBe('one\ntwo\n');
  const again = fakeSocket();
  const follow = readLogs(again.socket);
  again.emit('message', { data: '{"type":"start"}' });
  const following = await follow;
  if (!following.ok) throw new Error('refused');
  const reader = following.body.getReader();
  const reading = reader.read();
  again.emit('message', bytes('three\n'));
  expect(new TextDecoder().decode((await reading).value)).toBe('three\n');
  expect(again.sent).toEqual([{ type: 'credit', bytes: 6 }]);
  await reader.cancel();
  expect(again.closed).toEqual([1000]);
  expect(sent).toEqual([]);
});

test('a client that leaves a log which has ended on the node lets go of what was not read', async () => {
  const { socket, emit } = fakeSocket();
  const { state, holder } = memory();
  const opening = new StreamReader(socket, holder).open();
  emit('message', { data: '{"type":"start"}' });
  emit('message', bytes('unread'));
  emit('close', { code: 1000, reason: '' });
  const stream = await opening;
  if (!stream.ok) throw new Error('refused');
  expect(state.open).toBe(true);
  await stream.body.cancel();
  expect(state.open).toBe(false);
});

test('A log that cannot start is a Status, and one that breaks off is an error, not an end', async () => {
  const refused = fakeSocket();
  const opening = readLogs(refused.socket);
  refused.emit('message', { data: '{"type":"fail","status":{"code":400,"message":"waiting to start"}}' });
  expect(await opening).toMatchObject({
    ok: false,
    status: { kind: 'Status', code: 400, message: 'waiting to start' },
  });

  const broken = fakeSocket();
  const started = readLogs(broken.socket);
  broken.emit('message', { data: '{"type":"start"}' });
  broken.emit('message', bytes('half'));
  broken.emit('close', { code: 1006, reason: '' });
  const stream = await started;
  if (!stream.ok) throw new Error('refused');
  await expect(new Response(stream.body).text()).rejects.toThrow('connection broke (1006)');
});

test('an agent that sends beyond its window is cut off, and nothing of it is held', async () => {
  const { socket, closed, emit } = fakeSocket();
  const { state, holder } = memory();
  const opening = new StreamReader(socket, holder).open();
  emit('message', { data: '{"type":"start"}' });
  const stream = await opening;
  if (!stream.ok) throw new Error('refused');
  for (let sent = 0; sent < 200; sent++) emit('message', { data: new ArrayBuffer(1024 * 1024) });
  expect(closed).toEqual([1008]);
  expect(state.held).toBeLessThanOrEqual(2 * STREAM_WINDOW);
  expect(state.open).toBe(false);
  await expect(new Response(stream.body).text()).rejects.toThrow('the node sent more of the log than was asked for');
});

test('a malformed frame ends the stream, before and after its start', async () => {
  for (const frame of ['{', 'null', '"start"', '{"type":"other"}']) {
    const early = fakeSocket();
    const opening = readLogs(early.socket);
    early.emit('message', { data: frame });
    expect(await opening).toMatchObject({ ok: false, status: { code: 500 } });
    expect(early.closed).toEqual([1002]);

    const late = fakeSocket();
    const started = readLogs(late.socket);
    late.emit('message', { data: '{"type":"start"}' });
    const stream = await started;
    if (!stream.ok) throw new Error('refused');
    const reading = new Response(stream.body).text();
    late.emit('message', { data: frame });
    await expect(reading).rejects.toThrow('none of the log protocol');
  }
  const odd = fakeSocket();
  const opening = readLogs(odd.socket);
  odd.emit('message', { data: '{"type":"fail","status":null}' });
  expect(await opening).toMatchObject({ ok: false, status: { code: 500, message: 'the log stream failed' } });
});
