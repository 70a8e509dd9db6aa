/** `islet nodes` with a cluster that runs. */
import { expect, test } from 'vitest';
import type { Node } from '../../kube/types.ts';
import { eventually } from '../eventually.ts';
import { get, Machine } from './service.ts';

test('simulated nodes are added, steered, listed and removed for good, and each command says what comes next', async () => {
  await using machine = new Machine();
  await machine.up('--nodes', '2').ready();
  const own = `ISLET_STATE=${machine.state}`;
  const said = async (line: string): Promise<string> =>
    (await machine.command('env', own, process.execPath, 'cli/islet.mjs', 'nodes', ...line.split(' ')).ended).output;
  const cluster = await machine.cluster();
  const nodes = async () => (await get<{ items: Node[] }>(cluster, '/api/v1/nodes')).items;
  await eventually(async () => expect(await nodes()).toHaveLength(2));

  expect(await said('add 3 --zone a --label disk=ssd --taint own=yes:NoSchedule --capacity example.com/gpu=1')).toBe(
    'sim-2 to sim-4 added to cluster default\n' +
      'they are ready for pods: `kubectl get nodes -L topology.kubernetes.io/zone`; `islet nodes set --help` shows what they can do\n',
  );
  const added = (await nodes()).find(({ metadata }) => metadata.name === 'sim-4');
  expect(added).toMatchObject({
    metadata: { labels: { disk: 'ssd', 'topology.kubernetes.io/zone': 'a', 'kubernetes.io/hostname': 'sim-4' } },
    spec: { podCIDR: '10.245.4.0/24', taints: [{ key: 'own', value: 'yes', effect: 'NoSchedule' }] },
    status: { allocatable: { cpu: '32', 'example.com/gpu': '1' } },
  });
  expect(await said('set sim-3 --no-ready --zone b --taint own-')).toContain('`islet nodes set sim-3 --ready` ends it');
  await eventually(async () =>
    expect(await said('list')).toMatch(
      /^sim-3 +NotReady +b +32 +256Gi +(node.kubernetes.io\/not-ready:\w+ )+ +disk=ssd +capacity=example.com\/gpu=1 ready=false$/m,
    ),
  );
  expect(await said('list -o name')).toBe('sim-0\nsim-1\nsim-2\nsim-3\nsim-4\n');
  await said('add 6');
  expect(await said('list -o name')).toMatch(/sim-9\nsim-10\n$/);
  await said('remove sim-5 sim-6 sim-7 sim-8 sim-9 sim-10');
  expect(await said('set sim-0')).toBe('islet: say what shall change: `islet nodes set --help` shows what can\n');
  expect(await said('set sim-9 --unreachable')).toContain('there is no node sim-9: `islet nodes list` shows');
  expect(await said('set --images x=y --all')).toContain('--images must be images and their sizes, like');
  expect(await said('remove sim-0 sim-3')).toBe('sim-0, sim-3 removed from cluster default\n');
  await new Promise((resolve) => setTimeout(resolve, 2000));
  expect((await nodes()).map(({ metadata }) => metadata.name)).toEqual(['sim-1', 'sim-2', 'sim-4']);
  expect(await said('remove')).toBe('islet: name the nodes, like sim-1, or say --all\n');
  expect(await said('remove --all')).toContain('removed from cluster default');
  expect(await said('list')).toBe('no simulated nodes: add some with `islet nodes add 3`\n');
}, 120_000);
