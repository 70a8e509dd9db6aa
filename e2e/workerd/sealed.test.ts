/** The content of a Secret cannot be read on the disk. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { send } from '../../cli/local/client.ts';
import { get, Machine } from './service.ts';

const SECRET = 'correct-horse-battery-staple';
const CODED = Buffer.from(SECRET).toString('base64');
const OPEN = 'nothing-to-hide-in-a-configmap';
const NAMESPACE = '/api/v1/namespaces/default';

test('Secrets are sealed in the database, and open again after a restart', async () => {
  await using machine = new Machine();
  const first = await machine.up('--nodes', '0').ready();
  const cluster = await machine.cluster();
  const metadata = { name: 'sealed' };
  const secret = await send(cluster, 'POST', `${NAMESPACE}/secrets`, { metadata, stringData: { password: SECRET } });
  expect(secret.status, secret.text).toBe(201);
  const map = await send(cluster, 'POST', `${NAMESPACE}/configmaps`, { metadata, data: { open: OPEN } });
  expect(map.status, map.text).toBe(201);
  expect([held(machine.state, OPEN), held(machine.state, SECRET), held(machine.state, CODED)]).toEqual([
    true,
    false,
    false,
  ]);
  expect(statSync(join(machine.state, 'sealing-key')).mode & 0o077).toBe(0);
  first.process.kill();
  await first.ended;
  expect([held(machine.state, SECRET), held(machine.state, CODED)]).toEqual([false, false]);

  await machine.up().ready();
  const again = await get<{ data: object }>(await machine.cluster(), `${NAMESPACE}/secrets/sealed`);
  expect(again.data).toEqual({ password: CODED });
});

test('with another key the cluster goes on, only what the old one sealed cannot be read', async () => {
  await using machine = new Machine();
  const first = await machine.up('--nodes', '0').ready();
  const created = await send(await machine.cluster(), 'POST', `${NAMESPACE}/secrets`, { metadata: { name: 'lost' } });
  expect(created.status, created.text).toBe(201);
  first.process.kill();
  await first.ended;
  writeFileSync(join(machine.state, 'sealing-key'), randomBytes(32).toString('base64'));

  const second = await machine.up().ready();
  const cluster = await machine.cluster();
  const status = async (method: string, path: string, body?: unknown) =>
    (await send(cluster, method, NAMESPACE + path, body)).status;
  expect(await status('POST', '/configmaps', { metadata: { name: 'fine' } })).toBe(201);
  expect(await status('POST', '/secrets', { metadata: { name: 'new' } })).toBe(201);
  expect(await status('GET', '/secrets/new')).toBe(200);
  const { code, message } = JSON.parse((await send(cluster, 'GET', `${NAMESPACE}/secrets`)).text);
  expect(code).toBe(500);
  expect(message).toContain('unable to transform key "/registry/secrets/default/lost": it is sealed with key');
  expect(await status('GET', '/secrets/lost')).toBe(500);
  expect(second.output.match(/secrets\/default\/lost: it is sealed with key/g)).toHaveLength(1);
});

/** Is this text in any file of the objects, logs of the database included? */
function held(state: string, text: string): boolean {
  const folder = join(state, 'objects');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(0);
  return files.some(({ parentPath, name }) => readFileSync(join(parentPath, name)).includes(text));
}
