/** A page that is opened shows the last hour of a machine at once, as its agent remembers it. */
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { type ServerMessage, SOCKET_PATH, SUBPROTOCOL } from '../../wire/socket.ts';
import { eventually } from '../eventually.ts';
import { joinNode } from '../workerd/serving-node.ts';
import { screenshot } from './browser.ts';
import { DashboardRig, skip } from './rig.ts';

const MIB = 1024 ** 2;

test.skipIf(skip)('the hour before is there at once', { timeout: 120_000 }, async () => {
  await using rig = await DashboardRig.open();
  const { page, cluster } = rig;
  const node = await joinNode(cluster);
  const headers = { authorization: `Bearer ${node.token}` };
  const socket = new WebSocket(`${node.server.replace(/^http/, 'ws')}${SOCKET_PATH}`, SUBPROTOCOL, {
    ca: node.ca,
    headers,
  });
  const asked: ServerMessage[] = [];
  socket.on('message', (data) => {
    if (!String(data).startsWith('!')) return;
    const message = JSON.parse(String(data).slice(1)) as ServerMessage;
    asked.push(message);
    const minutes = Array.from({ length: 60 }, (_, ago) =>
      ago > 20 && ago < 30 ? null : [(1 + ago) * 1e7, ago * MIB],
    );
    const { id = 0 } = message as { id?: number };
    const usage = { type: 'usage', id, at: Date.now(), window: 15_000, node: [250e6, 64 * MIB], pods: [] };
    if (message.type === 'measure') socket.send(JSON.stringify(usage));
    if (message.type === 'recall-usage') socket.send(JSON.stringify({ type: 'recalled-usage', id, minutes }));
  });
  await new Promise((resolve) => socket.once('open', resolve));
  await rig.enter();
  await page.evaluate(() => {
    location.hash = '#cluster=default&show=nodes//n1&tab=Usage';
  });
  // An hour ago the most was used.
  await page.getByRole('img', { name: 'CPU in the last hour: 250m now, 600m at most.' }).waitFor();
  await page.getByText('As a table').click();
  // A row for each five minutes, without those in which nothing was seen.
  await eventually(async () => expect(await page.locator('.usage tbody tr').count()).toBeGreaterThan(9));
  await screenshot(page, 'usage-machine');
  expect(asked.filter(({ type }) => type === 'recall-usage')).toHaveLength(1);
  expect(rig.problems).toEqual([]);
  socket.close();
});
