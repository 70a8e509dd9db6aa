/** One client's misuse of its socket does not trouble the others. */
import { expect, test } from 'vitest';
import { send } from '../../cli/local/client.ts';
import { eventually } from '../eventually.ts';
import { Client } from './client.ts';
import { Machine } from './service.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

test('requests are answered between the subscriptions of one socket, which are not without end', async () => {
  await using machine = new Machine();
  await machine.up('--nodes', '0').ready();
  const cluster = await machine.cluster();
  const data = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`key-${i}`, 'x'.repeat(180)]));
  const made = await send(cluster, 'POST', CONFIG_MAPS, { metadata: { name: 'large', labels: { app: 'web' } }, data });
  expect(made.status).toBe(201);
  const socket = await Client.open(cluster);
  // Each of another selector, so that each has to look at the object; and a row of answers.
  for (let id = 1; id <= 700; id++) socket.subscribe(id, `${CONFIG_MAPS}?labelSelector=app!%3Dweb,no!%3Da${id}`);
  expect((await send(cluster, 'GET', '/api/v1/namespaces/default')).status).toBe(200);
  expect(socket.frames).toBeLessThan(600);
  await eventually(() => expect(socket.frames).toBe(700));
  for (let id = 701; id <= 1001; id++) socket.subscribe(id, CONFIG_MAPS);
  await eventually(() => expect(socket.closed).toEqual([1008, 'more than 1000 subscriptions on one socket']));
});

test('a frame larger than the runtime takes closes its own socket only', async () => {
  await using machine = new Machine();
  await machine.up('--nodes', '0').ready();
  const cluster = await machine.cluster();
  const [large, other] = await Promise.all([Client.open(cluster), Client.open(cluster)]);
  large.sendText('x'.repeat(40 * 1024 * 1024));
  expect((await send(cluster, 'GET', '/api/v1/namespaces/default')).status).toBe(200);
  await eventually(() => expect(large.closed?.[0]).toBe(1009));
  other.subscribe(1, CONFIG_MAPS);
  await eventually(() => expect(other.frames).toBe(1));
  other.close();
});

test('lists that are subscribed to by mistake take no seat', async () => {
  await using machine = new Machine();
  await machine.up('--nodes', '0').ready();
  const cluster = await machine.cluster();
  const data = { text: 'x'.repeat(200_000) };
  expect((await send(cluster, 'POST', CONFIG_MAPS, { metadata: { name: 'large' }, data })).status).toBe(201);
  const socket = await Client.open(cluster);
  for (let id = 1; id <= 450; id++) socket.subscribe(id, `${CONFIG_MAPS}?watch=false`);
  await eventually(() => expect(socket.frames).toBe(450));
  expect((await send(cluster, 'GET', '/api/v1/namespaces/default')).status).toBe(200);
  socket.close();
});

test('a node with the longest name gets its socket, and a user too large for one is told so', async () => {
  await using machine = new Machine();
  await machine.up('--nodes', '0').ready();
  const cluster = await machine.cluster();
  (await Client.open(await machine.join('n'.repeat(253)))).close();
  const groups = Array.from({ length: 1000 }, (_, index) => `group-${index}`).join(',');
  const asMany = Client.open(cluster, { 'impersonate-user': 'jane', 'impersonate-group': groups });
  await expect(asMany).rejects.toThrow('400');
});
