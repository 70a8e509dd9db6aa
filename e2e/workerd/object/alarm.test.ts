import { runInDurableObject } from 'cloudflare:test';
import { expect, test } from 'vitest';
import { eventually } from '../../eventually.ts';
import { Cluster } from './cluster.ts';

test('an alarm that the runtime has dropped is set again by the next request', async () => {
  const cluster = await Cluster.create(1);
  const alarm = () => runInDurableObject(cluster.stub, (_, { storage }) => storage.getAlarm());
  await eventually(async () => expect(await alarm()).not.toBeNull());
  await cluster.sleep();
  await runInDurableObject(cluster.stub, (_, { storage }) => storage.deleteAlarm());
  expect(await alarm()).toBeNull();
  await cluster.send('GET', '/api/v1/namespaces/default');
  await eventually(async () => expect(await alarm()).not.toBeNull());
});
