import { expect, test } from 'vitest';
import { NodeRig, pod } from '../../testing/node-rig.ts';

test('A container, and a sidecar, whose image was changed runs again with the new one', async () => {
  await using rig = new NodeRig();
  const sidecar = (image: string) => ({ name: 'mesh', image, restartPolicy: 'Always' });
  const made = pod('web', {}, { initContainers: [sidecar('run')] });
  rig.cluster.create(made);
  rig.startAgent();
  await rig.untilReady();
  const spec = { ...made.spec, initContainers: [sidecar('other')], containers: [{ name: 'c', image: 'another' }] };
  rig.cluster.create({ ...made, spec, status: rig.cluster.pod('web')?.status });
  await rig.until(
    'both anew',
    () => rig.runtime.running().filter(({ image }) => image === 'other' || image === 'another').length === 2,
  );
  const killing = rig.cluster.events.filter(({ reason }) => reason === 'Killing').map(({ message }) => message);
  expect(killing.sort()).toEqual([
    'Container c definition changed, will be restarted',
    'Init container mesh definition changed',
  ]);
});

test('A changed image gives a container that is ended for another reason no more time', async () => {
  await using rig = new NodeRig();
  const made = pod('web', { image: 'stubborn' });
  rig.cluster.create(made);
  rig.startAgent();
  await rig.untilPhase('Running');
  const spec = { ...made.spec, containers: [{ name: 'c', image: 'another' }] };
  rig.cluster.create({ ...made, spec, status: rig.cluster.pod('web')?.status });
  const failure = { reason: 'Evicted', message: 'low on memory', gracePeriodSeconds: 3 };
  rig.agent.kubelet.workers.fail(made.metadata.uid ?? '', failure);
  await rig.untilPhase('Failed', 'web', 10);
  expect(rig.acts().filter((act) => act.startsWith('stopContainer'))).toEqual(['stopContainer c 3']);
});
