import { expect, test } from 'vitest';
import { openNodeSql } from '../store/sql/node.ts';
import { openIdentity } from './identity.ts';

const clock = { now: 1000 };
const open = () => openIdentity(openNodeSql(), () => clock.now);

test('an identity leads to the first account that takes it, whoever asks next', async () => {
  const identity = open();
  expect(await identity.find({ signIn: 'a', expires: 2000 })).toEqual({ account: undefined });
  expect(await identity.claim({ account: 'p-one' })).toBe('p-one');
  expect(await identity.claim({ account: 'p-two' })).toBe('p-one');
  expect(await identity.find({ signIn: 'b', expires: 2000 })).toEqual({ account: 'p-one' });
});

test('a sign-in is taken up once, and not after its time', async () => {
  const identity = open();
  await identity.find({ signIn: 'a', expires: 2000 });
  expect(await identity.find({ signIn: 'a', expires: 2000 })).toBe('spent');
  expect(await identity.find({ signIn: 'b', expires: 1000 })).toBe('spent');
});

test('it is released by the account that it leads to alone', async () => {
  const identity = open();
  await identity.claim({ account: 'p-one' });
  await identity.release({ account: 'p-two' });
  expect(await identity.claim({ account: 'p-two' })).toBe('p-one');
  await identity.release({ account: 'p-one' });
  expect(await identity.claim({ account: 'p-two' })).toBe('p-two');
});
