import { expect, test } from 'vitest';
import type { Credential } from '../apiserver/request.ts';
import { openStore } from '../store/mvcc.ts';
import { openNodeSql } from '../store/sql/node.ts';
import { Timers } from '../store/timers.ts';
import { CREDENTIAL_TIMER, CredentialLifetime } from './credential-lifetime.ts';
import { SharedTimers } from './timers.ts';

const credential = (id: string, expires: number): Credential => ({ id, use: 'cluster', expires });

function setUp() {
  const sql = openNodeSql();
  openStore(sql, {});
  const clock = { now: 0 };
  const revoked = new Set<string>();
  const closed: [string, string][] = [];
  const wake = () => {
    const timers = new Timers(sql);
    const lifetime = new CredentialLifetime({
      timers: new SharedTimers(timers).port(CREDENTIAL_TIMER),
      timerIds: () => timers.ids(CREDENTIAL_TIMER),
      now: () => clock.now,
      isRevoked: (id) => revoked.has(id),
      close: (id, reason) => closed.push([id, reason]),
    });
    return { lifetime, timers };
  };
  return { clock, revoked, closed, wake, ...wake() };
}

test('sockets and watches of a token end when it expires, in a later life of the object too', () => {
  const { closed, lifetime, wake } = setUp();
  for (const id of ['long', 'short', 'short']) lifetime.opened(credential(id, id === 'long' ? 9000 : 5000));
  const later = wake();
  expect(later.timers.next()).toBe(5000);
  later.lifetime.opened(credential('long', 9000));
  later.lifetime.alarm(5000);
  expect(closed).toEqual([['short', 'the token has expired']]);
  later.lifetime.alarm(10_000);
  expect(closed).toEqual([
    ['short', 'the token has expired'],
    ['long', 'the token has expired'],
  ]);
  expect(later.timers.next()).toBeUndefined();
});

test('sockets and watches of a token end when it is revoked, once', () => {
  const { closed, lifetime, timers } = setUp();
  lifetime.opened(credential('a', 5000));
  lifetime.revoked('a');
  // An agent that is away is told when it comes back, until the token would have ended anyway.
  expect([...lifetime.endedEarly()]).toEqual(['a']);
  lifetime.alarm(6000);
  expect([timers.next(), ...lifetime.endedEarly()]).toEqual([undefined]);
  expect(closed).toEqual([['a', 'the token was revoked']]);
});

test('a token counts until it is revoked or expires', () => {
  const { clock, revoked, lifetime } = setUp();
  const held = credential('a', 5000);
  expect(lifetime.ended(held)).toBeUndefined();
  clock.now = 5000;
  expect(lifetime.ended(held)).toBe('the token has expired');
  revoked.add('a');
  expect(lifetime.ended(held)).toBe('the token was revoked');
});

test("a service account's token ends what it opened with each of the objects that it is bound to, after a wake too", () => {
  const { closed, lifetime, wake } = setUp();
  expect(lifetime.followsObjects).toBe(false);
  for (const id of ['t1/account/pod1', 't2/account/pod2', 'islet']) lifetime.opened(credential(id, 9000));
  lifetime.objectDeleted('other');
  lifetime.objectDeleted('pod1');
  const gone = 'the object that the token was bound to is gone';
  expect(closed).toEqual([['t1/account/pod1', gone]]);
  const later = wake();
  expect(later.lifetime.followsObjects).toBe(true);
  later.lifetime.objectDeleted('account');
  expect(closed.slice(1)).toEqual([['t2/account/pod2', gone]]);
  expect(later.lifetime.followsObjects).toBe(false);
  expect([...wake().lifetime.endedEarly()]).toEqual(['t1/account/pod1', 't2/account/pod2']);
  expect(wake().lifetime.followsObjects).toBe(false);
});
