import { expect, test } from 'vitest';
import { decodeClientMessage, decodeServerFrame, encodeEvents, encodeMessage, WATCH_SUBSCRIPTION } from './socket.ts';

test('frames say which subscription they are of, except the only one of a bridge', () => {
  expect(decodeServerFrame(encodeEvents(7, '{"a":1}\n'))).toEqual({
    type: 'events',
    subscription: 7,
    lines: '{"a":1}\n',
  });
  expect(encodeEvents(WATCH_SUBSCRIPTION, '{"a":1}\n')).toBe('{"a":1}\n');
  expect(decodeServerFrame(encodeMessage({ type: 'end', id: 3 }))).toEqual({
    type: 'message',
    message: { type: 'end', id: 3 },
  });
});

test('malformed messages are refused', () => {
  expect(decodeClientMessage('{"type":"subscribe","id":1,"path":"/api/v1/pods","more":1}')).toEqual({
    type: 'subscribe',
    id: 1,
    path: '/api/v1/pods',
  });
  expect(decodeClientMessage('{"type":"subscribe","id":1,"path":"/","as":"table"}')).toEqual({
    type: 'subscribe',
    id: 1,
    path: '/',
    as: 'table',
  });
  expect(decodeClientMessage('{"type":"credit","bytes":9}')).toEqual({ type: 'credit', bytes: 9 });
  expect(decodeClientMessage('{"type":"credit","mark":"a1"}')).toEqual({ type: 'credit', mark: 'a1' });
  expect(decodeClientMessage('{"type":"unsubscribe","id":2}')).toEqual({ type: 'unsubscribe', id: 2 });
  for (const text of [
    '',
    'null',
    '7',
    '[]',
    '{"type":"subscribe","id":0,"path":"/"}',
    '{"type":"subscribe","id":1.5,"path":"/"}',
    '{"type":"subscribe","id":1}',
    '{"type":"subscribe","id":1,"path":"/","as":"chair"}',
    `{"type":"subscribe","id":1,"path":"${'x'.repeat(20_000)}"}`,
    '{"type":"credit","bytes":"9"}',
    '{"type":"credit","bytes":1e999}',
    '{"type":"other","id":1}',
  ]) {
    expect([text, decodeClientMessage(text)]).toEqual([text, undefined]);
  }
});

test('a message about streams names sessions, and no more than fit', () => {
  const session = '3f0a1c9e-0000-4000-8000-000000000001';
  const read = (message: object) => decodeClientMessage(JSON.stringify({ type: 'streams', ...message }));
  expect(read({ ended: [session], open: [] })).toEqual({ type: 'streams', ended: [session], open: [] });
  expect(read({ ended: [], more: 1 })).toEqual({ type: 'streams', ended: [] });
  for (const wrong of [{}, { ended: 'a' }, { ended: ['../x'] }, { ended: [], open: [1] }]) {
    expect([wrong, read(wrong)]).toEqual([wrong, undefined]);
  }
  expect(read({ ended: Array.from({ length: 1001 }, () => session) })).toBeUndefined();
});
