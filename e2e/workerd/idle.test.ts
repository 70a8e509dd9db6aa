/** An idle cluster costs nothing, even with a dashboard open. */
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { send } from '../../cli/local/client.ts';
import { type ClientMessage, SUBPROTOCOL } from '../../wire/socket.ts';
import { eventually } from '../eventually.ts';
import { clockTicks, serverPid, wakeUps } from './process.ts';
import { get, Machine } from './service.ts';

/** The last writes come two seconds after all pods run, and the runtime lets an object sleep ten seconds after them. */
const FALLING_ASLEEP_MS = 16_000;
const IDLE_MS = 20_000;
/** The dashboard's subscriptions. */
const WATCHED = ['/api/v1/nodes', '/api/v1/pods', '/apis/apps/v1/deployments', '/api/v1/events', '/api/v1/namespaces'];

interface Stats {
  awakeSince: number;
  watches: number;
  alarms: number;
}

test('with a dashboard connected and pods on simulated nodes, an idle cluster does not wake, and uses no CPU', async () => {
  await using machine = new Machine();
  await machine.up().ready();
  const cluster = await machine.cluster();
  const labels = { app: 'web' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx' }] } };
  const web = { metadata: { name: 'web' }, spec: { replicas: 6, selector: { matchLabels: labels }, template } };
  expect(await send(cluster, 'POST', '/apis/apps/v1/namespaces/default/deployments', web)).toMatchObject({
    status: 201,
  });

  const headers = { authorization: `Bearer ${cluster.token}` };
  const url = `${cluster.server.replace(/^http/, 'ws')}/islet/v1/socket`;
  const socket = new WebSocket(url, SUBPROTOCOL, { ca: cluster.ca, headers });
  let [frames, running] = [0, ''];
  socket.on('message', (data) => {
    frames++;
    running += String(data);
  });
  await new Promise((resolve) => socket.once('open', resolve));
  for (const [index, path] of WATCHED.entries()) {
    socket.send(JSON.stringify({ type: 'subscribe', id: index + 1, path } satisfies ClientMessage));
  }
  await eventually(() => expect(running).toContain('"availableReplicas":6'));
  await new Promise((resolve) => setTimeout(resolve, FALLING_ASLEEP_MS));

  const pid = serverPid(machine.state);
  const before = { ticks: clockTicks(pid), wakeUps: wakeUps(pid), frames };
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const asleepAt = Date.now();
  const idle = {
    ticks: clockTicks(pid) - before.ticks,
    wakeUps: wakeUps(pid) - before.wakeUps,
    frames: frames - before.frames,
  };
  expect(idle.ticks, JSON.stringify(idle)).toBeLessThanOrEqual(2);
  // The runtime's own threads look up about once a second.
  expect(idle.wakeUps).toBeLessThan(100);
  expect(idle.frames).toBe(0);

  // This request is what wakes it.
  const stats = await get<Stats>(cluster, '/islet/v1/stats');
  expect(stats).toMatchObject({ alarms: 0, watches: WATCHED.length });
  expect(stats.awakeSince).toBeGreaterThanOrEqual(asleepAt);
  socket.close();
});
