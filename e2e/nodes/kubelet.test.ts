/** A kubelet's duties besides running pods: heartbeats, and admission. Agent, containerd and kubectl are real. */
import { expect, test } from 'vitest';
import type { Lease } from '../../kube/types.ts';
import { eventually } from '../eventually.ts';
import { describeOnNode } from './machine.ts';

describeOnNode('the kubelet of a machine', (rig) => {
  const get = (name: string) => rig.pod(name);
  const isFailed = (name: string, reason: string) =>
    eventually(async () => expect((await get(name)).status).toMatchObject({ phase: 'Failed', reason }));

  test('its Lease says when it was last heard, and goes on to', async () => {
    const renewed = async () => {
      const { spec } = await rig.json<Lease>('get lease real-1 -n kube-node-lease');
      return Date.parse(String(spec?.renewTime));
    };
    const first = await renewed();
    expect(Date.now() - first).toBeLessThan(20_000);
    await eventually(async () => expect(await renewed()).toBeGreaterThan(first), 25_000);
    expect(await rig.ok('describe node real-1')).toMatch(/HolderIdentity: +real-1/);
  });

  test('a pod that asks for more than the machine has is Failed with OutOfcpu, and nothing of it runs', async () => {
    await rig.apply('huge', { resources: { requests: { cpu: '1000' } } });
    await isFailed('huge', 'OutOfcpu');
    const { status } = await get('huge');
    expect(status?.message).toMatch(
      /^Pod was rejected: Node didn't have enough resource: cpu, requested: 1000000, used: \d+, capacity: \d+$/,
    );
    expect(status?.conditions ?? []).toEqual([]);
    expect(status).not.toHaveProperty('containerStatuses');
    expect(await rig.ok('get pod huge --no-headers')).toMatch(/0\/1 +OutOfcpu +0/);
    await eventually(async () =>
      expect(await rig.ok('describe pod huge')).toMatch(/Warning +OutOfcpu .*kubelet.*requested: 1000000/),
    );
  });

  test('labels that were set a moment ago count; those that are not there do not match', async () => {
    await rig.apply('wrong', {}, { nodeSelector: { disk: 'ssd' } });
    await isFailed('wrong', 'NodeAffinity');
    await rig.ok('label node real-1 disk=ssd');
    await rig.apply('right', {}, { nodeSelector: { disk: 'ssd' } });
    await rig.ready('right');
    await rig.killAgent();
    await rig.ok('label node real-1 disk-');
    await rig.startAgent();
    await rig.ready('right');
  });

  test('a host port is one pod’s, also after the agent was started anew', async () => {
    const listening = { ports: [{ containerPort: 80, hostPort: 18_080 }] };
    await rig.apply('first', listening);
    await rig.ready('first');
    await rig.killAgent();
    await rig.startAgent();
    await rig.apply('second', listening);
    await isFailed('second', 'NodePorts');
    await rig.ok('delete pod first --timeout=20s');
    await rig.apply('third', listening);
    await rig.ready('third');
  });
});
