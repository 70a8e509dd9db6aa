import { expect, test } from 'vitest';
import { replicaSetController } from '../replicaset-controller.ts';
import { Harness } from './testing/harness.ts';
import { nginxDeployment } from './testing/kubelet.ts';

test('work that fails is tried once a second, however many changes have come meanwhile', async () => {
  const harness = new Harness([replicaSetController]);
  const { api, time } = harness;
  const list = api.list.bind(api);
  api.list = () => {
    throw new Error('cannot list');
  };
  for (let change = 0; change < 50; change++) {
    const set = nginxDeployment();
    await api.apply('replicasets.apps', {
      ...set,
      kind: 'ReplicaSet',
      metadata: { ...set.metadata, name: `s${change}` },
    });
    for (const end = time.now() + 100; await time.step(end); ) {}
    time.advance(10);
  }
  harness.errors.length = 0;
  for (const end = time.now() + 10_000; await time.step(end); ) {}
  expect(harness.errors.length).toBeGreaterThan(5);
  expect(harness.errors.length).toBeLessThan(15);
  api.list = list;
  await harness.settle();
  expect(api.all('pods/')).toHaveLength(150);
});
