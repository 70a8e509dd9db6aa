/** No node is gone because a clock is wrong, jumps, or stood still while the machine slept. */
import { expect, test } from 'vitest';
import { monitored } from '../testing/monitored-nodes.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

test.each([
  ['an hour behind', -HOUR],
  ['an hour ahead', HOUR],
  ['in another century', 100 * 365 * DAY],
])('a kubelet whose clock is %s is alive while it renews its Lease, and gone 50 seconds after', async (_, skew) => {
  const { liveness, pass, ready, cluster, renew } = monitored();
  liveness.wake();
  for (let i = 0; i < 12; i++) {
    renew(cluster.now + skew);
    await pass(10);
  }
  expect(ready()?.status).toBe('True');
  await pass(39);
  expect(ready()?.status).toBe('True');
  await pass(1);
  expect(ready()?.status).toBe('Unknown');
});

test('a kubelet whose clock is set back is alive', async () => {
  const { liveness, pass, ready, cluster, renew } = monitored();
  liveness.wake();
  for (let i = 0; i < 30; i++) {
    renew(cluster.now - (i < 10 ? 0 : HOUR));
    await pass(10);
  }
  expect(ready()?.status).toBe('True');
});

test.each([HOUR, DAY])('a clock of the cluster that jumps ahead by %d ms ends no node that is heard', async (jump) => {
  const { liveness, pass, ready, cluster, renew } = monitored();
  liveness.wake();
  for (let i = 0; i < 30; i++) {
    renew(cluster.now);
    await pass(10);
    if (i === 10) cluster.now += jump;
    if (i === 20) cluster.now -= jump;
  }
  expect(ready()?.status).toBe('True');
  await pass(60 + jump / 1000);
  expect(ready()?.status).toBe('Unknown');
});

test.each([
  ['the object lives on', false],
  ['the object dies', true],
])('the machine sleeps for a day, %s: a kubelet has its grace period before it is gone', async (_, dies) => {
  const { liveness, pass, ready, cluster, renew, again } = monitored();
  liveness.wake();
  renew(cluster.now);
  await pass(20);
  cluster.now += DAY;
  if (dies) again();
  await pass(49);
  expect(ready()?.status).toBe('True');
  renew(cluster.now);
  await pass(49);
  expect(ready()?.status).toBe('True');
  cluster.now += DAY;
  if (dies) again();
  await pass(50);
  expect(ready()?.status).toBe('Unknown');
});

test.each([
  ['the object lives on', false],
  ['the object dies', true],
])('the machine sleeps for a day, %s: agents that are connected have their grace period', async (_, dies) => {
  const { liveness, pass, ready, cluster, heard, connect, again } = monitored();
  connect();
  liveness.wake();
  await pass(20);
  // Any second of the minute in which the next sweep would be.
  cluster.now += DAY + 39_000;
  if (dies) again();
  await pass(20);
  if (dies) again();
  await pass(29);
  expect(ready()?.status).toBe('True');
  heard.set('worker-1', cluster.now);
  await pass(45);
  expect(ready()?.status).toBe('True');
  cluster.now += DAY;
  await pass(50);
  expect(ready()?.status).toBe('Unknown');
});

test('an object that dies after each thing that it does finds a kubelet that went silent', async () => {
  const { liveness, pass, ready, cluster, renew, again } = monitored();
  liveness.wake();
  renew(cluster.now);
  await pass(30);
  renew(cluster.now);
  for (let i = 0; i < 10; i++) {
    await pass(10);
    again();
  }
  expect(ready()?.status).toBe('Unknown');
  expect(cluster.due.size).toBe(0);
});
