/** The runtime and the agent are restarted under running pods. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { CriRuntime } from '../../agent/runtimes/cri/index.ts';
import { eventually } from '../eventually.ts';
import { describeOnNode } from './machine.ts';

describeOnNode('restarts', (rig) => {
  const running = async (name: string) => {
    const { containerID, restartCount } = (await rig.pod(name)).status?.containerStatuses?.[0] ?? {};
    return { containerID, restartCount };
  };

  test('containers outlive their runtime’s daemon, and the node goes on with the next one', async () => {
    await rig.apply('lasting');
    await rig.ready('lasting');
    const before = await running('lasting');
    await rig.containerd.restart();
    await eventually(async () => expect(await rig.inside('lasting', 'echo', 'here')).toBe('here\n'));
    await rig.apply('next');
    await rig.ready('next');
    expect(await running('lasting')).toEqual(before);
    await rig.ok('delete pod lasting next --timeout=30s');
  });

  test('an agent that is killed leaves pods alone, and the next one knows their volumes and ends them', async () => {
    await rig.ok('create configmap live --from-literal=a=1');
    const volumes = [
      { name: 'live', configMap: { name: 'live' } },
      { name: 'memory', emptyDir: { medium: 'Memory' } },
    ];
    const volumeMounts = [
      ...volumes.map(({ name }) => ({ name, mountPath: `/${name}` })),
      {
        name: 'memory',
        mountPath: '/part',
        subPath: 'part',
      },
    ];
    await rig.apply('adopted', { volumeMounts }, { volumes });
    await rig.ready('adopted');
    const before = await running('adopted');
    await rig.inside('adopted', 'touch', '/part/file');
    await rig.killAgent();
    await rig.ok('patch configmap live -p {"data":{"a":"2"}}');
    await rig.startAgent();
    await eventually(async () => expect(await rig.inside('adopted', 'cat', '/live/a')).toBe('2'));
    expect(await rig.inside('adopted', 'ls', '/memory/part')).toBe('file\n');
    expect(await running('adopted')).toEqual(before);
    await rig.ok('delete pod adopted --timeout=30s');
  });

  test('a pod that is deleted while no agent runs is ended by the next one', async () => {
    await rig.apply(
      'orphan',
      { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
      {
        volumes: [{ name: 'data', emptyDir: { medium: 'Memory' } }],
      },
    );
    await rig.ready('orphan');
    await rig.killAgent();
    await rig.ok('delete pod orphan --force --grace-period=0');
    await rig.startAgent();
    await eventually(() => rig.expectNothingLeft(), 60_000);
  });

  test('a pod whose sandbox has died gets another; its containers have their time before', async () => {
    const loop = 'trap "echo ended; exit 0" TERM; echo begun; while :; do sleep 0.1; done';
    await rig.apply('moved', { command: ['sh', '-c', loop] }, { terminationGracePeriodSeconds: 20 });
    await rig.ready('moved');
    const { metadata, status } = await rig.pod('moved');
    const runtime = new CriRuntime(rig.containerd.endpoint);
    const sandbox = (await runtime.sandboxes()).find(({ labels }) => labels['io.kubernetes.pod.uid'] === metadata.uid);
    runtime.close();
    const ctr = ['-a', rig.containerd.endpoint, '-n', 'k8s.io', 'tasks', 'kill', '-s', 'SIGKILL', sandbox?.id ?? ''];
    execFileSync('ctr', ctr);
    await eventually(async () => expect((await running('moved')).restartCount).toBe(1), 30_000);
    await rig.ready('moved');
    expect(await rig.ok('logs moved --previous')).toBe('begun\nended\n');
    expect((await rig.pod('moved')).status?.containerStatuses?.[0]?.lastState?.terminated).toMatchObject({
      exitCode: 0,
      containerID: status?.containerStatuses?.[0]?.containerID,
    });
    await rig.ok('delete pod moved --grace-period=1 --timeout=30s');
  });
});
