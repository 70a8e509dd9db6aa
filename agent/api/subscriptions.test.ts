import { expect, test } from 'vitest';
import type { ClientMessage } from '../../wire/socket.ts';
import { Subscriptions } from './subscriptions.ts';

function rig() {
  const sent: ClientMessage[] = [];
  const later: (() => void)[] = [];
  const subscriptions = new Subscriptions({
    send: (message) => void sent.push(message),
    clock: {
      after: (_, run) => {
        later.push(run);
        return () => {};
      },
    },
    random: () => 0.5,
    warn: () => {},
  });
  const seen: string[] = [];
  const stop = subscriptions.watch('/api/v1/pods?fieldSelector=x', {
    changed: ({ metadata }) => void seen.push(`+${metadata.name}`),
    deleted: ({ metadata }) => void seen.push(`-${metadata.name}`),
    synced: () => void seen.push('synced'),
  });
  const last = () => sent.at(-1) as ClientMessage & { type: 'subscribe' };
  const event = (type: string, name: string, resourceVersion: string, annotations = {}) =>
    JSON.stringify({ type, object: { metadata: { name, namespace: 'd', resourceVersion, annotations } } });
  const synced = (revision: string) => event('BOOKMARK', '', revision, { 'k8s.io/initial-events-end': 'true' });
  return { subscriptions, sent, later, seen, stop, last, event, synced };
}

test('A watch begins with the existing objects, and resumes at its revision after the connection was lost', () => {
  const { subscriptions, seen, last, event, synced } = rig();
  subscriptions.up();
  expect(last().path).toContain('fieldSelector=x&watch=true');
  expect(last().path).toContain('sendInitialEvents=true');
  const first = last().id;
  subscriptions.events(first, `${event('ADDED', 'a', '5')}\n${synced('7')}\n${event('MODIFIED', 'a', '9')}`);
  subscriptions.down();
  subscriptions.up();
  expect(last().path).toContain('resourceVersion=9');
  expect(last().path).not.toContain('sendInitialEvents');
  subscriptions.events(first, event('ADDED', 'late frame of the old one', '1'));
  subscriptions.events(last().id, event('DELETED', 'a', '12'));
  expect(seen).toEqual(['+a', 'synced', '+a', '-a']);
});

test('A watch whose revision was compacted starts over, and reports the objects that were deleted meanwhile', () => {
  const { subscriptions, later, seen, last, event, synced } = rig();
  subscriptions.up();
  subscriptions.events(last().id, `${event('ADDED', 'a', '5')}\n${event('ADDED', 'b', '6')}\n${synced('7')}`);
  subscriptions.ended({ type: 'end', id: last().id, status: { code: 410 } });
  for (const run of later.splice(0)) run();
  expect(last().path).toContain('sendInitialEvents=true');
  subscriptions.events(last().id, `${event('ADDED', 'b', '6')}\n${synced('90')}`);
  expect(seen).toEqual(['+a', '+b', 'synced', '+b', '-a']);
});

test('A watch that was stopped is not begun again', () => {
  const { subscriptions, sent, later, stop, last } = rig();
  subscriptions.up();
  subscriptions.ended({ type: 'end', id: last().id, status: { code: 500 } });
  stop();
  const before = sent.filter(({ type }) => type === 'subscribe').length;
  for (const run of later.splice(0)) run();
  subscriptions.up();
  expect(sent.filter(({ type }) => type === 'subscribe')).toHaveLength(before);
});

test('A watch that was cut off within its initial list starts the list over', () => {
  const { subscriptions, last, event } = rig();
  subscriptions.up();
  subscriptions.events(last().id, event('ADDED', 'a', '5'));
  subscriptions.down();
  subscriptions.up();
  expect(last().path).toContain('sendInitialEvents=true');
});

test('An object that took the name of another while the watch starts over does not hide that the other is gone', () => {
  const { subscriptions, later, stop, last } = rig();
  stop();
  const seen: string[] = [];
  subscriptions.watch('/api/v1/pods', {
    changed: ({ metadata }) => void seen.push(`+${metadata.uid}`),
    deleted: ({ metadata }) => void seen.push(`-${metadata.uid}`),
  });
  const added = (uid: string) =>
    JSON.stringify({
      type: 'ADDED',
      object: { metadata: { name: 'web-0', namespace: 'd', uid, resourceVersion: '5' } },
    });
  subscriptions.up();
  subscriptions.events(last().id, added('first'));
  subscriptions.ended({ type: 'end', id: last().id, status: { code: 410 } });
  for (const run of later.splice(0)) run();
  subscriptions.events(last().id, added('second'));
  expect(seen).toEqual(['+first', '-first', '+second']);
});

test('A watch goes on after an event that cannot be read, from the one before', () => {
  const { subscriptions, sent, later, seen, last, event, synced } = rig();
  subscriptions.up();
  const { id } = last();
  subscriptions.events(id, `${event('ADDED', 'a', '5')}\n${synced('7')}\n{"type":"ADD\n${event('ADDED', 'b', '9')}`);
  expect(seen).toEqual(['+a', 'synced']);
  expect(sent.at(-1)).toEqual({ type: 'unsubscribe', id });
  for (const run of later.splice(0)) run();
  expect(last().path).toContain('resourceVersion=7');
});
