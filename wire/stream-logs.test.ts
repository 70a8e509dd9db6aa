import { expect, test } from 'vitest';
import { readLogs } from './stream-logs.ts';

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

test('A log that cannot start is a Status, and one that breaks off is an error, not an end', async () => {
  const refused = fakeSocket();
  const opening = readLogs(refused.socket);
  refused.emit('message', { data: '{"type":"fail","status":{"code":400,"message":"waiting to start"}}' });
  expect(await opening).toEqual({ ok: false, status: { code: 400, message: 'waiting to start' } });

  const broken = fakeSocket();
  const started = readLogs(broken.socket);
  broken.emit('message', { data: '{"type":"start"}' });
  broken.emit('message', bytes('half'));
  broken.emit('close', { code: 1006, reason: '' });
  const stream = await started;
  if (!stream.ok) throw new Error('refused');
  await expect(new Response(stream.body).text()).rejects.toThrow('connection broke (1006)');
});
