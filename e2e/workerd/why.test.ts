/** `islet why` with a cluster that runs. */

import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { send } from '../../cli/local/client.ts';
import { eventually } from '../eventually.ts';
import { Machine } from './service.ts';

test('a pod and a workload tell why they have no node, in the namespace of the current context', async () => {
  await using machine = new Machine();
  await machine.up('--nodes', '2').ready();
  const cluster = await machine.cluster();
  const make = async (path: string, body: object): Promise<void> =>
    expect((await send(cluster, 'POST', path, body)).status).toBe(201);
  await make('/api/v1/namespaces', { metadata: { name: 'shop' } });
  const resources = { requests: { cpu: '1000' } };
  const template = {
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'c', image: 'nginx', resources }] },
  };
  await make('/apis/apps/v1/namespaces/shop/deployments', {
    metadata: { name: 'web' },
    spec: { replicas: 7, selector: { matchLabels: { app: 'web' } }, template },
  });
  await make('/api/v1/namespaces/shop/pods', { metadata: { name: 'huge' }, spec: template.spec });
  const kubeconfig = parse(readFileSync(machine.kubeconfig, 'utf8'));
  kubeconfig.contexts[0].context.namespace = 'shop';
  writeFileSync(machine.kubeconfig, stringify(kubeconfig));
  await eventually(async () => {
    const text = await machine.run('why', 'deploy/web');
    expect(text).toMatch(
      /^7 pods have no node for the same reason: (web-\S+, ){4}web-\S+ and 2 more\n\npod shop\/web-\S+ has no node/,
    );
    expect(text).toContain('Insufficient cpu (asks for 1000, ');
    expect(text).toContain('What helps:');
  });
  expect(await machine.run('why', 'pod/huge')).toMatch(/^pod shop\/huge has no node/);
  const elsewhere = await machine.islet('why', 'pod/huge', '-n', 'default', '--state', machine.state).ended;
  expect(elsewhere.output).toContain('looked in namespace default of cluster default');
  expect((await machine.islet('why', 'node/a', '--state', machine.state).ended).output).toBe(
    'islet: name a pod or a workload, like pod/web-0 or deploy/web\n',
  );
}, 120_000);
