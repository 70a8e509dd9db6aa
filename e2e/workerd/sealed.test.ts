/** What a Secret holds cannot be read on the disk. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
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

/** Is this text in any file of the objects, logs of the database included? */
function held(state: string, text: string): boolean {
  const folder = join(state, 'objects');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(0);
  return files.some(({ parentPath, name }) => readFileSync(join(parentPath, name)).includes(text));
}
