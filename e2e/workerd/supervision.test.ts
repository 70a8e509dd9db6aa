/** workerd, or the `islet up` that started it, is killed outright. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { send } from '../../cli/local/client.ts';
import { readService } from '../../cli/local/service-file.ts';
import { eventually } from '../eventually.ts';
import { childrenOf, isRunning, serverPid } from './process.ts';
import { get, Machine } from './service.ts';

interface List {
  items: { metadata: { name: string } }[];
}

test('workerd that is killed is started again, on its ports and with every acknowledged write', async () => {
  await using machine = new Machine();
  const up = await machine.up().ready();
  const cluster = await machine.cluster();
  for (const round of [1, 2, 3]) {
    const acknowledged: string[] = [];
    let going = true;
    const writers = [0, 1, 2, 3].map(async (writer) => {
      for (let count = 0; going; count++) {
        const name = `r${round}-w${writer}-${count}`;
        const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } };
        const answer = await send(cluster, 'POST', '/api/v1/namespaces/default/configmaps', body).catch(
          () => undefined,
        );
        if (answer?.status === 201) acknowledged.push(name);
      }
    });
    await eventually(() => expect(acknowledged.length).toBeGreaterThan(30));
    process.kill(serverPid(machine.state), 'SIGKILL');
    going = false;
    await Promise.all(writers);
    const { items } = await eventually(() => get<List>(cluster, '/api/v1/namespaces/default/configmaps'));
    const kept = new Set(items.map(({ metadata }) => metadata.name));
    expect(acknowledged.filter((name) => !kept.has(name))).toEqual([]);
  }
  expect(up.output.match(/workerd ended by SIGKILL: starting it again/g)).toHaveLength(3);
  up.process.kill('SIGTERM');
  expect((await up.ended).code).toBe(0);
});

test('a command that was killed takes workerd with it, and the next start finds its port free', async () => {
  await using machine = new Machine();
  const up = await machine.up().ready();
  const port = new URL(readService(machine.state).server).port;
  const server = serverPid(machine.state);
  up.process.kill('SIGKILL');
  await up.ended;
  await eventually(() => expect(isRunning(server)).toBe(false));
  const again = machine.islet('up', '--state', machine.state, '--kubeconfig', machine.kubeconfig, '--port', port);
  await again.ready();
});

test('a workerd that was left behind all the same is ended, and its place taken', async () => {
  await using machine = new Machine();
  const first = await machine.up().ready();
  const port = new URL(readService(machine.state).server).port;
  const server = serverPid(machine.state);
  // The shell that ties workerd to its launcher is killed first: it waits in the same process group.
  const tie = childrenOf(server).find((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'sh');
  process.kill(tie ?? 0, 'SIGKILL');
  first.process.kill('SIGKILL');
  await first.ended;
  expect(isRunning(server)).toBe(true);
  const again = machine.islet('up', '--state', machine.state, '--kubeconfig', machine.kubeconfig, '--port', port);
  await again.ready();
  expect(serverPid(machine.state)).not.toBe(server);
  expect(isRunning(server)).toBe(false);
});
