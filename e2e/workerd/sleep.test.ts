/** An unused cluster sleeps with its watchers connected, and wakes unnoticed. */
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { type Endpoint, send } from '../../cli/local/client.ts';
import { type ClientMessage, decodeServerFrame, PING, PONG, SUBPROTOCOL } from '../../wire/socket.ts';
import { eventually } from '../eventually.ts';
import { get, Machine } from './service.ts';
import { watchOverHttp } from './watch.ts';

/** The runtime puts an object to sleep after ten seconds in which nothing happened. */
const ASLEEP_MS = 12_000;

interface Stats {
  awakeSince: number;
  watches: number;
  alarms: number;
}

test('watchers of both sorts see what happens after their cluster slept', async () => {
  await using machine = new Machine();
  await machine.up().ready();
  const cluster = await machine.cluster();
  const bridged = watchOverHttp(cluster, '/api/v1/namespaces/default/configmaps');
  const direct = await watchOverSocket(cluster, '/api/v1/configmaps');
  await create(cluster, 'before');
  await eventually(() => expect([bridged.text, direct.text]).toEqual([seen('before'), seen('before')]));
  const before = await get<Stats>(cluster, '/islet/v1/stats');
  expect(before.watches).toBe(2);

  await new Promise((resolve) => setTimeout(resolve, ASLEEP_MS));
  // The runtime answers this itself.
  direct.socket.send(PING);
  await eventually(() => expect(direct.pongs).toBe(1));
  await create(cluster, 'after');
  await eventually(() => expect([bridged.text, direct.text]).toEqual([seen('after'), seen('after')]));
  const after = await get<Stats>(cluster, '/islet/v1/stats');
  expect(after.awakeSince).toBeGreaterThan(before.awakeSince);
  expect(after).toMatchObject({ watches: 2, alarms: 0 });

  bridged.close();
  direct.socket.close();
  // The absence of an HTTP client shows when something is written to it.
  let count = 0;
  await eventually(async () => {
    await create(cluster, `later-${count++}`);
    expect((await get<Stats>(cluster, '/islet/v1/stats')).watches).toBe(0);
  });
});

const seen = (name: string) => expect.stringContaining(`"name":"${name}"`);

async function create(cluster: Endpoint, name: string): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } };
  const answer = await send(cluster, 'POST', '/api/v1/namespaces/default/configmaps', body);
  expect(answer.status, answer.text).toBe(201);
}

async function watchOverSocket({ server, ca, token }: Endpoint, path: string) {
  const headers = { authorization: `Bearer ${token}` };
  const socket = new WebSocket(`${server.replace(/^http/, 'ws')}/islet/v1/socket`, SUBPROTOCOL, { ca, headers });
  const watch = { socket, text: '', pongs: 0 };
  socket.on('message', (data) => {
    if (String(data) === PONG) watch.pongs++;
    const frame = decodeServerFrame(String(data));
    if (frame.type === 'events') watch.text += frame.lines;
  });
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(JSON.stringify({ type: 'subscribe', id: 7, path } satisfies ClientMessage));
  return watch;
}
